// The three networks of MTCNN as things to train: what each is called, sees and answers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "nn/graph.h"

namespace kinfolder {

enum class MtcnnStage { kPnet, kRnet, kOnet };

inline constexpr std::array<MtcnnStage, 3> kMtcnnStages = {MtcnnStage::kPnet, MtcnnStage::kRnet, MtcnnStage::kOnet};

// "pnet", "rnet", "onet": also the role of its file in a package.
std::string_view StageName(MtcnnStage stage);
// Of the windows that it sees, in pixels.
int StageSide(MtcnnStage stage);
// What faces/window.h's MoveEdges adds to a window's sides before this network's offsets are applied.
float StageExtra(MtcnnStage stage);
// With initial weights (nn/face_networks.h).
Graph StageNetwork(MtcnnStage stage, std::uint64_t seed);

}  // namespace kinfolder
