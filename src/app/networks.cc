#include "app/networks.h"

#include <utility>

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// PREFIX/bin/kinfolder -> PREFIX/share/kinfolder/models.
fs::path FolderBesideProgram() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path().parent_path() / "share" / "kinfolder" / "models";
}

Result<ModelPackage> Find(const std::string& id, ModelKind kind, const std::vector<fs::path>& search_path) {
  if (id == kBestPackage) return FindBestPackage(kind, search_path);
  ASSIGN_OR_RETURN(ModelPackage package, FindPackage(id, search_path));
  if (package.manifest.kind == kind) return package;
  return Fail(ErrorCode::kInvalidArgument, "the model package {} does not {}", id,
              kind == ModelKind::kDetector ? "find faces: choose another --detector"
                                           : "tell faces apart: choose another --model");
}

}  // namespace

std::vector<fs::path> ModelSearchPath(const Settings& settings, const Environment& environment) {
  std::vector<fs::path> folders = settings.models;
  if (!settings.data.empty()) folders.push_back(settings.data / "models");
  for (const fs::path& folder : SystemDataFolders(environment)) folders.push_back(folder / "models");
  if (fs::path beside = FolderBesideProgram(); !beside.empty()) folders.push_back(std::move(beside));
  return folders;
}

Result<ModelPackage> DetectorPackage(const Settings& settings, const Environment& environment) {
  return Find(settings.detector, ModelKind::kDetector, ModelSearchPath(settings, environment));
}

Result<ModelPackage> EmbedderPackage(const Settings& settings, const Environment& environment) {
  return Find(settings.model, ModelKind::kEmbedder, ModelSearchPath(settings, environment));
}

DecodeOptions DecodeOptionsOf(const Settings& settings) {
  DecodeOptions options;
  options.longest_side = LongestSide(settings.detail);
  return options;
}

Result<std::unique_ptr<Networks>> Networks::Find(const Settings& settings, const Environment& environment) {
  std::unique_ptr<Networks> networks(new Networks);
  ASSIGN_OR_RETURN(networks->detector_, DetectorPackage(settings, environment));
  ASSIGN_OR_RETURN(networks->embedder_, EmbedderPackage(settings, environment));
  networks->mtcnn_.min_face = settings.min_face;
  networks->detector_id_ = DetectorId(networks->detector_.manifest.id, settings.detail, networks->mtcnn_);
  networks->threshold_ = settings.threshold.value_or(networks->embedder_.manifest.threshold);
  networks->decode_ = DecodeOptionsOf(settings);
  return networks;
}

Result<const FaceScanner*> Networks::Scanner() {
  const std::lock_guard lock(loading_);
  if (!scanner_) scanner_.emplace(Load());
  if (!*scanner_) return Fail(scanner_->error());
  return &**scanner_;
}

Result<FaceScanner> Networks::Load() const {
  ASSIGN_OR_RETURN(Mtcnn detector, Mtcnn::Load(detector_, mtcnn_));
  ASSIGN_OR_RETURN(Embedder embedder, Embedder::Load(embedder_));
  return FaceScanner(std::move(detector), std::move(embedder), detector_id_);
}

}  // namespace kinfolder
