#include "train/mtcnn_stage.h"

#include "nn/face_networks.h"

namespace kinfolder {
namespace {

struct StageFacts {
  std::string_view name;
  int side;
  float extra;
  Graph (*network)(std::uint64_t seed);
};

// In the order of MtcnnStage.
constexpr std::array<StageFacts, 3> kStageFacts = {
    {{"pnet", 12, 0, &Pnet}, {"rnet", 24, 1, &Rnet}, {"onet", 48, 1, &Onet}}};

const StageFacts& FactsOf(MtcnnStage stage) { return kStageFacts[static_cast<std::size_t>(stage)]; }

}  // namespace

std::string_view StageName(MtcnnStage stage) { return FactsOf(stage).name; }
int StageSide(MtcnnStage stage) { return FactsOf(stage).side; }
float StageExtra(MtcnnStage stage) { return FactsOf(stage).extra; }
Graph StageNetwork(MtcnnStage stage, std::uint64_t seed) { return FactsOf(stage).network(seed); }

}  // namespace kinfolder
