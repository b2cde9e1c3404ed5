#include "app/quantize_embedder.h"

#include <map>
#include <span>
#include <utility>

#include "app/networks.h"
#include "app/walk.h"
#include "base/file.h"
#include "faces/align.h"
#include "nn/onnx.h"
#include "nn/quantize.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWantedFaces = 256;
constexpr std::size_t kLeastFaces = 16;
constexpr std::size_t kCropsInBatch = 8;

// Of pictures in an order in which any first part of them is spread over all: 0, 1/2, 1/4, 3/4, 1/8, ...
std::vector<fs::path> Spread(const std::vector<FoundPhoto>& files) {
  std::vector<fs::path> spread;
  std::vector<bool> taken(files.size());
  for (std::size_t parts = 1; spread.size() < files.size(); parts *= 2) {
    for (std::size_t part = 0; part < parts; ++part) {
      const std::size_t place = part * files.size() / parts;
      if (taken[place]) continue;
      taken[place] = true;
      spread.push_back(files[place].path);
    }
  }
  return spread;
}

// Crops of faces in the pictures, a whole number of batches.
Result<std::vector<Image>> FaceCropsIn(const std::vector<fs::path>& roots, const Mtcnn& detector, const CropRule& rule,
                                       const DecodeOptions& decode, const ProgressFunction& progress,
                                       const StopFlag& stop) {
  ASSIGN_OR_RETURN(const WalkResult found, Walk(roots, {}, stop));
  std::vector<Image> crops;
  ProgressUpdate update;
  update.total = kWantedFaces;
  for (const fs::path& path : Spread(found.files)) {
    if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "stopped");
    const Result<LoadedPhoto> photo = LoadPhotoFile(path, decode);
    if (!photo) continue;  // another will do
    ASSIGN_OR_RETURN(const std::vector<Detection> faces, detector.Detect(photo->image));
    for (const Detection& face : faces) {
      if (crops.size() == kWantedFaces) return crops;
      crops.push_back(CropFace(photo->image, face, rule));
    }
    update.done = crops.size();
    if (progress) progress(update);
  }
  if (crops.size() < kLeastFaces) {
    return Fail(ErrorCode::kInvalidArgument, "the pictures show {} faces; {} at least are needed, {} are best",
                crops.size(), kLeastFaces, kWantedFaces);
  }
  crops.resize(crops.size() / kCropsInBatch * kCropsInBatch);
  return crops;
}

std::vector<Tensor> InBatches(const ModelManifest& manifest, std::span<const Image> crops) {
  std::vector<Tensor> batches;
  for (std::size_t first = 0; first < crops.size(); first += kCropsInBatch)
    batches.push_back(EmbedderInput(manifest, crops.subspan(first, kCropsInBatch)));
  return batches;
}

// The weights first: a package without its manifest is none.
Status WriteDerived(const ModelPackage& from, const std::string& id, const Graph& graph, const fs::path& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::byte> onnx, WriteOnnx(graph));
  ASSIGN_OR_RETURN(const std::string json, ReadTextFile(from.folder / kManifestName, kMaxManifestBytes));
  const ModelFile file{id + ".onnx", Sha256Of(onnx), onnx.size()};
  RETURN_IF_ERROR(MakeFolders(folder));
  RETURN_IF_ERROR(WriteFileAtomically(folder / file.name, onnx));
  const std::string description = from.manifest.description + " (8-bit weights)";
  return WriteFileAtomically(folder / kManifestName, Derived(json, id, description, {{"embedder", file}}));
}

}  // namespace

Result<QuantizeResult> QuantizeEmbedder(const QuantizeRequest& request, const Settings& settings,
                                        const Environment& environment, const ProgressFunction& progress,
                                        const StopFlag& stop) {
  if (!IsModelId(request.id)) {
    return Fail(ErrorCode::kInvalidArgument, "a model's name consists of a-z, 0-9 and -, unlike \"{}\"", request.id);
  }
  const std::vector<fs::path> search_path = ModelSearchPath(settings, environment);
  ASSIGN_OR_RETURN(const ModelPackage package, FindPackage(request.package, search_path));
  if (package.manifest.kind != ModelKind::kEmbedder) {
    return Fail(ErrorCode::kInvalidArgument,
                "{} finds faces: its networks are too small for 8-bit numbers to be faster", request.package);
  }
  QuantizeResult result;
  result.folder = request.models / request.id;
  std::error_code error;
  if (fs::exists(result.folder / kManifestName, error)) {
    return Fail(ErrorCode::kAlreadyExists, "there is a package {} already; choose another name", request.id);
  }

  const fs::path weights = package.file("embedder");
  RETURN_IF_ERROR(VerifyFile(weights, package.manifest.files.at("embedder")));
  ASSIGN_OR_RETURN(const Graph graph, ReadOnnxFile(weights));
  ASSIGN_OR_RETURN(const ModelPackage detector_package, DetectorPackage(settings, environment));
  ASSIGN_OR_RETURN(const Mtcnn detector, Mtcnn::Load(detector_package, {}));
  ASSIGN_OR_RETURN(const std::vector<Image> crops, FaceCropsIn(request.pictures, detector, package.manifest.crop,
                                                               DecodeOptionsOf(settings), progress, stop));
  ASSIGN_OR_RETURN(const QuantizedNetwork network,
                   QuantizeNetwork(graph, InBatches(package.manifest, crops), progress, stop));
  RETURN_IF_ERROR(WriteDerived(package, request.id, network.graph, result.folder));
  result.faces = crops.size();
  result.convolutions = network.convolutions;
  result.in_8_bits = network.in_8_bits;
  result.cosine = 1 - network.error / 2;
  return result;
}

}  // namespace kinfolder
