#include "app/quantize_package.h"

#include <functional>
#include <map>
#include <span>
#include <utility>

#include "app/average_precision.h"
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
constexpr std::size_t kWantedPictures = 64;    // for a detector
constexpr std::size_t kWindowsOfPicture = 64;  // at most, for each network
constexpr std::size_t kMostLevelValues = std::size_t{32} << 20;

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

// Calls look(image) for the pictures until it says that it has seen enough.
Status ForEachPicture(const std::vector<fs::path>& roots, const DecodeOptions& decode, const StopFlag& stop,
                      const std::function<Result<bool>(const Image&)>& look) {
  ASSIGN_OR_RETURN(const WalkResult found, Walk(roots, {}, stop));
  for (const fs::path& path : Spread(found.files)) {
    if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "stopped");
    const Result<LoadedPhoto> photo = LoadPhotoFile(path, decode);
    if (!photo) continue;  // another will do
    ASSIGN_OR_RETURN(const bool enough, look(photo->image));
    if (enough) break;
  }
  return {};
}

Status CheckFaces(std::size_t faces) {
  if (faces >= kLeastFaces) return {};
  return Fail(ErrorCode::kInvalidArgument, "the pictures show {} faces; {} at least are needed, {} are best", faces,
              kLeastFaces, kWantedFaces);
}

// Crops of faces in the pictures, a whole number of batches.
Result<std::vector<Image>> FaceCropsIn(const std::vector<fs::path>& roots, const Mtcnn& detector, const CropRule& rule,
                                       const DecodeOptions& decode, const ProgressFunction& progress,
                                       const StopFlag& stop) {
  std::vector<Image> crops;
  const auto look = [&](const Image& image) -> Result<bool> {
    ASSIGN_OR_RETURN(const std::vector<Detection> faces, detector.Detect(image));
    for (const Detection& face : faces) {
      if (crops.size() < kWantedFaces) crops.push_back(CropFace(image, face, rule));
    }
    if (progress) progress({crops.size(), kWantedFaces, 0, {}});
    return crops.size() == kWantedFaces;
  };
  RETURN_IF_ERROR(ForEachPicture(roots, decode, stop, look));
  RETURN_IF_ERROR(CheckFaces(crops.size()));
  crops.resize(crops.size() / kCropsInBatch * kCropsInBatch);
  return crops;
}

std::vector<Tensor> InBatches(const ModelManifest& manifest, std::span<const Image> crops) {
  std::vector<Tensor> batches;
  for (std::size_t first = 0; first < crops.size(); first += kCropsInBatch)
    batches.push_back(EmbedderInput(manifest, crops.subspan(first, kCropsInBatch)));
  return batches;
}

Result<QuantizedNetwork> Quantized(const ModelPackage& package, const std::string& role,
                                   std::span<const Tensor> batches, const ProgressFunction& progress,
                                   const StopFlag& stop) {
  RETURN_IF_ERROR(VerifyFile(package.file(role), package.manifest.files.at(role)));
  ASSIGN_OR_RETURN(const Graph graph, ReadOnnxFile(package.file(role)));
  return QuantizeNetwork(graph, batches, progress, stop);
}

// The weights first: a package without its manifest is none.
Status WriteDerived(const ModelPackage& from, const std::string& id, const std::map<std::string, Graph>& networks,
                    const fs::path& folder) {
  ASSIGN_OR_RETURN(const std::string json, ReadTextFile(from.folder / kManifestName, kMaxManifestBytes));
  RETURN_IF_ERROR(MakeFolders(folder));
  std::map<std::string, ModelFile> files;
  for (const auto& [role, graph] : networks) {
    ASSIGN_OR_RETURN(const std::vector<std::byte> onnx, WriteOnnx(graph));
    const std::string name = networks.size() == 1 ? id + ".onnx" : fmt::format("{}-{}.onnx", id, role);
    files[role] = ModelFile{name, Sha256Of(onnx), onnx.size()};
    RETURN_IF_ERROR(WriteFileAtomically(folder / name, onnx));
  }
  const std::string description = from.manifest.description + " (8-bit weights)";
  return WriteFileAtomically(folder / kManifestName, Derived(json, id, description, files));
}

Result<QuantizeResult> QuantizeEmbedder(const ModelPackage& package, const QuantizeRequest& request,
                                        const Settings& settings, const Environment& environment,
                                        const ProgressFunction& progress, const StopFlag& stop) {
  ASSIGN_OR_RETURN(const ModelPackage detector_package, DetectorPackage(settings, environment));
  ASSIGN_OR_RETURN(const Mtcnn detector, Mtcnn::Load(detector_package, {}));
  ASSIGN_OR_RETURN(const std::vector<Image> crops, FaceCropsIn(request.pictures, detector, package.manifest.crop,
                                                               DecodeOptionsOf(settings), progress, stop));
  ASSIGN_OR_RETURN(QuantizedNetwork network,
                   Quantized(package, "embedder", InBatches(package.manifest, crops), progress, stop));
  QuantizeResult result;
  result.folder = request.models / request.id;
  result.convolutions = network.convolutions;
  result.in_8_bits = network.in_8_bits;
  result.faces = crops.size();
  result.cosine = 1 - network.error / 2;
  RETURN_IF_ERROR(WriteDerived(package, request.id, {{"embedder", std::move(network.graph)}}, result.folder));
  return result;
}

void Append(std::vector<Tensor>& batches, std::vector<Tensor> more) {
  std::ranges::move(more, std::back_inserter(batches));
}

// What the networks see in the pictures. Of the pyramids as many levels as fit kMostLevelValues.
Result<CascadeInputs> InputsIn(const std::vector<fs::path>& roots, const Mtcnn& detector, const DecodeOptions& decode,
                               const ProgressFunction& progress, const StopFlag& stop) {
  CascadeInputs all;
  std::size_t pictures = 0;
  std::size_t level_values = 0;
  const auto look = [&](const Image& image) -> Result<bool> {
    ASSIGN_OR_RETURN(CascadeInputs inputs, detector.InputsFor(image, kWindowsOfPicture));
    for (Tensor& level : inputs.pnet) {
      level_values += level.values.size();
      if (level_values <= kMostLevelValues) all.pnet.push_back(std::move(level));
    }
    Append(all.rnet, std::move(inputs.rnet));
    Append(all.onet, std::move(inputs.onet));
    ++pictures;
    if (progress) progress({pictures, kWantedPictures, 0, {}});
    return pictures == kWantedPictures;
  };
  RETURN_IF_ERROR(ForEachPicture(roots, decode, stop, look));
  return all;
}

// Counts in `result` what both detectors find in the pictures.
Status Compare(const Mtcnn& before, const Mtcnn& after, const std::vector<fs::path>& roots, const DecodeOptions& decode,
               const StopFlag& stop, QuantizeResult& result) {
  std::size_t pictures = 0;
  result.found = result.others = 0;
  return ForEachPicture(roots, decode, stop, [&](const Image& image) -> Result<bool> {
    ASSIGN_OR_RETURN(const std::vector<Detection> old_faces, before.Detect(image));
    ASSIGN_OR_RETURN(const std::vector<Detection> new_faces, after.Detect(image));
    std::vector<bool> taken(new_faces.size());
    for (const Detection& face : old_faces) {
      for (std::size_t i = 0; i < new_faces.size(); ++i) {
        if (taken[i] || IntersectionOverUnion(face.box, new_faces[i].box) < kMatchingIou) continue;
        taken[i] = true;
        ++*result.found;
        break;
      }
    }
    result.faces += old_faces.size();
    *result.others += static_cast<std::size_t>(std::ranges::count(taken, false));
    return ++pictures == kWantedPictures;
  });
}

Result<QuantizeResult> QuantizeDetector(const ModelPackage& package, const QuantizeRequest& request,
                                        const Settings& settings, const ProgressFunction& progress,
                                        const StopFlag& stop) {
  const DecodeOptions decode = DecodeOptionsOf(settings);
  ASSIGN_OR_RETURN(const Mtcnn detector, Mtcnn::Load(package, {}));
  ASSIGN_OR_RETURN(const CascadeInputs inputs, InputsIn(request.pictures, detector, decode, progress, stop));
  std::size_t windows = 0;
  for (const Tensor& batch : inputs.onet) windows += static_cast<std::size_t>(batch.shape[0]);
  RETURN_IF_ERROR(CheckFaces(windows));
  QuantizeResult result;
  result.folder = request.models / request.id;
  std::map<std::string, Graph> networks;
  for (const auto& [role, batches] :
       {std::pair{"pnet", &inputs.pnet}, std::pair{"rnet", &inputs.rnet}, std::pair{"onet", &inputs.onet}}) {
    ASSIGN_OR_RETURN(QuantizedNetwork network, Quantized(package, role, *batches, progress, stop));
    result.convolutions += network.convolutions;
    result.in_8_bits += network.in_8_bits;
    networks[role] = std::move(network.graph);
  }
  RETURN_IF_ERROR(WriteDerived(package, request.id, networks, result.folder));
  ASSIGN_OR_RETURN(const ModelPackage made, FindPackage(request.id, {request.models}));
  ASSIGN_OR_RETURN(const Mtcnn quantized, Mtcnn::Load(made, {}));
  RETURN_IF_ERROR(Compare(detector, quantized, request.pictures, decode, stop, result));
  return result;
}

}  // namespace

Result<QuantizeResult> QuantizePackage(const QuantizeRequest& request, const Settings& settings,
                                       const Environment& environment, const ProgressFunction& progress,
                                       const StopFlag& stop) {
  if (!IsModelId(request.id)) {
    return Fail(ErrorCode::kInvalidArgument, "a model's name consists of a-z, 0-9 and -, unlike \"{}\"", request.id);
  }
  ASSIGN_OR_RETURN(const ModelPackage package, FindPackage(request.package, ModelSearchPath(settings, environment)));
  std::error_code error;
  if (fs::exists(request.models / request.id / kManifestName, error)) {
    return Fail(ErrorCode::kAlreadyExists, "there is a package {} already; choose another name", request.id);
  }
  for (const auto& [role, file] : package.manifest.files) {
    ASSIGN_OR_RETURN(const Graph graph, ReadOnnxFile(package.file(role)));
    if (!graph.quantized.empty()) {
      return Fail(ErrorCode::kInvalidArgument, "{} is in 8-bit numbers already", package.manifest.id);
    }
  }
  return package.manifest.kind == ModelKind::kDetector
             ? QuantizeDetector(package, request, settings, progress, stop)
             : QuantizeEmbedder(package, request, settings, environment, progress, stop);
}

}  // namespace kinfolder
