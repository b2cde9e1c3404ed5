#include "train/package_writer.h"

#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "nn/model_package.h"
#include "nn/onnx.h"
#include "train/half.h"

namespace kinfolder {

Graph InHalfPrecision(Graph graph) {
  for (auto& [name, tensor] : graph.constants) {
    for (float& value : tensor.values) value = FromHalf(ToHalf(value));
  }
  return graph;
}

Status WritePackage(const PackageText& text, const nlohmann::json& details, std::span<const PackagedNetwork> networks,
                    const std::filesystem::path& folder) {
  if (!IsModelId(text.id)) {
    return Fail(ErrorCode::kInvalidArgument, "a model's name consists of a-z, 0-9 and -, unlike \"{}\"", text.id);
  }
  std::vector<std::vector<std::byte>> contents;
  nlohmann::json files = nlohmann::json::object();
  for (const PackagedNetwork& network : networks) {
    ASSIGN_OR_RETURN(std::vector<std::byte> onnx, WriteOnnx(network.graph));
    files[network.role] = {{"name", network.file}, {"bytes", onnx.size()}, {"sha256", ToHex(Sha256Of(onnx))}};
    contents.push_back(std::move(onnx));
  }
  nlohmann::json manifest{
      {"id", text.id},           {"description", text.description},
      {"licence", text.licence}, {"provenance", text.provenance},
      {"files", files},          {"preprocessing", {{"channels", "RGB"}, {"mean", 127.5}, {"scale", 1 / 128.0}}}};
  if (text.accuracy > 0) manifest["accuracy"] = text.accuracy;
  manifest.update(details);
  const std::string json = manifest.dump(2) + "\n";
  if (const auto parsed = ParseManifest(json, "the manifest"); !parsed) {
    return Fail(ErrorCode::kInvalidArgument, "{}", parsed.error().message);
  }
  RETURN_IF_ERROR(MakeFolders(folder));
  for (std::size_t i = 0; i < networks.size(); ++i) {
    RETURN_IF_ERROR(WriteFileAtomically(folder / networks[i].file, contents[i]));
  }
  return WriteFileAtomically(folder / kManifestName, json);
}

}  // namespace kinfolder
