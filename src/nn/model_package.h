// Model packages: a folder with ONNX files and a manifest.json that says what they are and how to use them.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/result.h"

namespace kinfolder {

enum class ModelKind { kDetector, kEmbedder };

struct ModelFile {
  std::string name;  // file name inside the package's folder, e.g. "mtcnn-pnet.onnx"
  Sha256Digest sha256;
  std::uint64_t bytes = 0;
};

// How a face is cut out of the photo for an embedder.
struct CropRule {
  enum class Kind { kBox, kLandmarks } kind = Kind::kBox;
  int size = 160;       // pixels, width and height of the crop
  float margin = 0;     // kBox: pixels of the crop that are margin around the box, both sides together; the box is
                        // widened by margin / (size - margin) of its size
  std::array<float, 10> landmarks{};  // kLandmarks: x0, y0, ... x4, y4 in pixels of the crop
};

// How pixels become numbers: (value - mean) * scale, values 0 to 255, channels R, G, B.
struct Normalization {
  float mean = 127.5F;
  float scale = 1 / 128.0F;
};

struct ModelManifest {
  std::string id;           // [a-z0-9-]+, e.g. "facenet-vggface2"; embeddings carry it
  ModelKind kind = ModelKind::kEmbedder;
  std::string description;
  std::string licence;
  std::string provenance;
  std::map<std::string, ModelFile> files;  // by role: "pnet", "rnet", "onet" of a detector, "embedder"
  Normalization normalization;
  // Embedders only:
  int dimension = 0;
  float threshold = 0;      // L2 distance below which two faces are taken for one person
  CropRule crop;
  bool average_flipped = false;  // embed the mirrored crop too and take the normalised sum
};

struct ModelPackage {
  ModelManifest manifest;
  std::filesystem::path folder;

  // The path of the file with this role; CHECKs that the manifest has it.
  std::filesystem::path file(const std::string& role) const;
};

// Reads and checks FOLDER/manifest.json; kCorrupt with the field that is wrong. Does not look at the weights.
Result<ModelPackage> ReadPackage(const std::filesystem::path& folder);

// Are all files there and do their hashes agree? kNotFound or kCorrupt with the file that is wrong.
Status VerifyPackage(const ModelPackage& package);

// The package `id` in the first folder of `search_path` that holds FOLDER/id/manifest.json with its weights beside
// it; kNotFound with what to do (kinfolder models install) when only the manifest, or nothing, is there. Sizes are
// checked here, hashes when the weights are loaded (LoadWeights) and by VerifyPackage.
Result<ModelPackage> FindPackage(const std::string& id, const std::vector<std::filesystem::path>& search_path);

// All packages of the search path by id, with the problem of those that can't be used.
struct ListedPackage {
  ModelPackage package;
  std::optional<Error> problem;
};
std::vector<ListedPackage> ListPackages(const std::vector<std::filesystem::path>& search_path);

}  // namespace kinfolder
