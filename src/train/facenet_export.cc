#include "train/facenet_export.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "nn/passes.h"
#include "nn/shapes.h"
#include "train/face_view.h"
#include "train/facenet_trainer.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr double kUsualThreshold = 1;  // where nothing was measured

double ThresholdOf(const History& history) {
  double threshold = kUsualThreshold;
  for (const HistoryRow& row : history) {
    if (row.validation) threshold = row.validation->threshold;
  }
  return std::clamp(std::round(threshold * 1000) / 1000, 0.01, 2.0);
}

}  // namespace

Result<Graph> ExportedNetwork(const Checkpoint& checkpoint) {
  ASSIGN_OR_RETURN(Graph graph, AveragedNetwork(checkpoint));
  graph = DropUnused(FoldAffine(NormalizeGemm(FoldConstants(std::move(graph)))));
  return InHalfPrecision(std::move(graph));
}

Status ExportEmbedder(const Checkpoint& checkpoint, const PackageText& text, const EmbeddingUse& use,
                      const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(Graph graph, ExportedNetwork(checkpoint));
  ASSIGN_OR_RETURN(const ShapeMap shapes, InferShapes(graph));
  const std::int64_t side = graph.inputs.front().shape.back();
  const Json crop{{"rule", "box"}, {"size", side}, {"margin", std::round(static_cast<double>(side) * kViewMargin)}};
  const Json details{{"kind", "embedder"},
                     {"embedding",
                      {{"dimension", shapes.at("embedding").back()},
                       {"threshold", use.threshold.value_or(ThresholdOf(checkpoint.history))},
                       {"average_flipped", use.average_flipped},
                       {"crop", crop}}}};
  return WritePackage(text, details, std::array{PackagedNetwork{"embedder", text.id + ".onnx", std::move(graph)}},
                      folder);
}

}  // namespace kinfolder
