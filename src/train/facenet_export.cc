#include "train/facenet_export.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "nn/model_package.h"
#include "nn/onnx.h"
#include "nn/passes.h"
#include "nn/shapes.h"
#include "train/face_view.h"
#include "train/facenet_trainer.h"
#include "train/half.h"

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
  for (auto& [name, tensor] : graph.constants) {
    for (float& value : tensor.values) value = FromHalf(ToHalf(value));
  }
  return graph;
}

Status ExportEmbedder(const Checkpoint& checkpoint, const PackageText& text, const std::filesystem::path& folder) {
  if (!IsModelId(text.id)) {
    return Fail(ErrorCode::kInvalidArgument, "a model's name consists of a-z, 0-9 and -, unlike \"{}\"", text.id);
  }
  ASSIGN_OR_RETURN(const Graph graph, ExportedNetwork(checkpoint));
  ASSIGN_OR_RETURN(const std::vector<std::byte> onnx, WriteOnnx(graph));
  ASSIGN_OR_RETURN(const ShapeMap shapes, InferShapes(graph));
  const std::int64_t side = graph.inputs.front().shape.back();
  const std::string file = text.id + ".onnx";
  const Json embedder{{"name", file}, {"bytes", onnx.size()}, {"sha256", ToHex(Sha256Of(onnx))}};
  const Json crop{{"rule", "box"}, {"size", side}, {"margin", std::round(static_cast<double>(side) * kViewMargin)}};
  const Json manifest{{"id", text.id},
                      {"kind", "embedder"},
                      {"description", text.description},
                      {"licence", text.licence},
                      {"provenance", text.provenance},
                      {"files", {{"embedder", embedder}}},
                      {"preprocessing", {{"channels", "RGB"}, {"mean", 127.5}, {"scale", 1 / 128.0}}},
                      {"embedding",
                       {{"dimension", shapes.at("embedding").back()},
                        {"threshold", ThresholdOf(checkpoint.history)},
                        {"average_flipped", false},
                        {"crop", crop}}}};
  const std::string json = manifest.dump(2) + "\n";
  if (const auto parsed = ParseManifest(json, "the manifest"); !parsed) {
    return Fail(ErrorCode::kInvalidArgument, "{}", parsed.error().message);
  }
  RETURN_IF_ERROR(MakeFolders(folder));
  RETURN_IF_ERROR(WriteFileAtomically(folder / file, onnx));
  return WriteFileAtomically(folder / kManifestName, json);
}

}  // namespace kinfolder
