#include "train/detector_export.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "base/check.h"
#include "train/mtcnn_stage.h"

namespace kinfolder {

Graph WithLogOdds(Graph graph, float added) {
  const auto softmax =
      std::ranges::find_if(graph.nodes, [](const Node& node) { return std::holds_alternative<Softmax>(node.op); });
  CHECK(softmax != graph.nodes.end());
  const auto layer = std::ranges::find(graph.nodes, softmax->Input(0), &Node::output);
  CHECK(layer != graph.nodes.end());
  std::vector<float>& bias = graph.constants.at(layer->Input(kBias)).values;
  CHECK(bias.size() == 2);
  bias[0] -= added / 2;
  bias[1] += added / 2;
  return graph;
}

Status ExportDetector(const std::array<Graph, 3>& networks, const std::array<float, 3>& face_odds,
                      const PackageText& text, const std::filesystem::path& folder) {
  std::vector<PackagedNetwork> packaged;
  for (const MtcnnStage stage : kMtcnnStages) {
    const std::string role(StageName(stage));
    const auto i = static_cast<std::size_t>(stage);
    packaged.push_back({role, text.id + "-" + role + ".onnx", InHalfPrecision(WithLogOdds(networks[i], face_odds[i]))});
  }
  return WritePackage(text, {{"kind", "detector"}}, packaged, folder);
}

}  // namespace kinfolder
