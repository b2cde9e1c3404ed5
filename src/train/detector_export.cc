#include "train/detector_export.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "nn/model_package.h"
#include "nn/onnx.h"
#include "train/half.h"
#include "train/mtcnn_stage.h"

namespace kinfolder {

Status ExportDetector(const std::array<Graph, 3>& networks, const PackageText& text,
                      const std::filesystem::path& folder) {
  if (!IsModelId(text.id)) {
    return Fail(ErrorCode::kInvalidArgument, "a model's name consists of a-z, 0-9 and -, unlike \"{}\"", text.id);
  }
  RETURN_IF_ERROR(MakeFolders(folder));
  nlohmann::json files = nlohmann::json::object();
  for (const MtcnnStage stage : kMtcnnStages) {
    Graph graph = networks[static_cast<std::size_t>(stage)];
    for (auto& [name, tensor] : graph.constants) {
      for (float& value : tensor.values) value = FromHalf(ToHalf(value));
    }
    ASSIGN_OR_RETURN(const std::vector<std::byte> onnx, WriteOnnx(graph));
    const std::string role(StageName(stage));
    const std::string name = text.id + "-" + role + ".onnx";
    RETURN_IF_ERROR(WriteFileAtomically(folder / name, onnx));
    files[role] = {{"name", name}, {"bytes", onnx.size()}, {"sha256", ToHex(Sha256Of(onnx))}};
  }
  const nlohmann::json manifest{{"id", text.id},
                                {"kind", "detector"},
                                {"description", text.description},
                                {"licence", text.licence},
                                {"provenance", text.provenance},
                                {"files", files},
                                {"preprocessing", {{"channels", "RGB"}, {"mean", 127.5}, {"scale", 1 / 128.0}}}};
  const std::string json = manifest.dump(2) + "\n";
  if (const auto parsed = ParseManifest(json, "the manifest"); !parsed) {
    return Fail(ErrorCode::kInvalidArgument, "{}", parsed.error().message);
  }
  return WriteFileAtomically(folder / kManifestName, json);
}

}  // namespace kinfolder
