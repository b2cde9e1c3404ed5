// The networks of this run: which packages they come from, and their weights, loaded only when a photo needs them.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/photo_stages.h"
#include "app/settings.h"
#include "base/result.h"
#include "nn/model_package.h"

namespace kinfolder {

// Where model packages are looked for, best first: what the user says, their data folder, the system's, and beside the
// program: ../share/kinfolder/models.
std::vector<std::filesystem::path> ModelSearchPath(const Settings& settings, const Environment& environment);

// The package that the setting means: the one of this name, or the best of this kind (kBestPackage). kNotFound with
// what to do when it or its weights are missing, kInvalidArgument for a package of the other kind.
Result<ModelPackage> DetectorPackage(const Settings& settings, const Environment& environment);
Result<ModelPackage> EmbedderPackage(const Settings& settings, const Environment& environment);

// The working size of photos.
DecodeOptions DecodeOptionsOf(const Settings& settings);

// Safe to use from many threads at once.
class Networks {
 public:
  // Looks at the manifests only. Errors are those of DetectorPackage and EmbedderPackage.
  static Result<std::unique_ptr<Networks>> Find(const Settings& settings, const Environment& environment);

  const std::string& detector_id() const { return detector_id_; }
  const std::string& embedder_id() const { return embedder_.manifest.id; }
  // The user's threshold, or the model's.
  float threshold() const { return threshold_; }
  float model_threshold() const { return embedder_.manifest.threshold; }
  const DecodeOptions& decode_options() const { return decode_; }

  // Loads the weights at the first call (their hashes are checked: about half a second).
  Result<const FaceScanner*> Scanner();

 private:
  Networks() = default;
  Result<FaceScanner> Load() const;

  ModelPackage detector_;
  ModelPackage embedder_;
  MtcnnOptions mtcnn_;
  std::string detector_id_;
  float threshold_ = 0;
  DecodeOptions decode_;
  std::mutex loading_;
  std::optional<Result<FaceScanner>> scanner_;
};

}  // namespace kinfolder
