// What a model package says of itself (manifest.json): which files, whose they are, and how to use them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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

// The public files that a package's ONNX files can be made from (nn/convert.h).
struct ModelSources {
  enum class Layout {
    kFaceApiMtcnn,  // "face-api-mtcnn": the weights_manifest.json and the shard of face-api.js
    kKerasFacenet,  // "keras-facenet": a NumPy file for each of the tensors that Keras has for Inception-ResNet-v1
  } layout = Layout::kFaceApiMtcnn;
  std::string url;  // of their folder; https
  std::string licence;
  std::vector<ModelFile> files;
};

// How a face is cut out of the photo for an embedder (faces/align.h).
struct CropRule {
  enum class Kind { kBox, kLandmarks } kind = Kind::kBox;
  int size = 160;    // pixels, width and height of the crop
  float margin = 0;  // kBox: pixels of the crop that are margin around the box, both sides together; the box is
                     // widened by margin / (size - margin) of its size
  std::array<float, 10> landmarks{};  // kLandmarks: x0, y0, ... x4, y4 in pixels of the crop
};

// How pixels become numbers: (value - mean) * scale, values 0 to 255, channels R, G, B.
struct Normalization {
  float mean = 127.5F;
  float scale = 1 / 128.0F;
};

struct ModelManifest {
  std::string id;  // [a-z0-9-]+, e.g. "facenet-vggface2"; embeddings carry it
  ModelKind kind = ModelKind::kEmbedder;
  std::string description;
  std::string licence;
  std::string provenance;
  std::map<std::string, ModelFile> files;  // by role: "pnet", "rnet", "onet" of a detector, "embedder"
  std::optional<ModelSources> sources;
  // What part was right where it was measured (docs/accuracy.md), for choosing among packages: of an embedder the pairs
  // of LFW, of a detector the average precision on WIDER FACE. 0 where nothing was measured.
  double accuracy = 0;
  Normalization normalization;
  // Embedders only:
  int dimension = 0;
  float threshold = 0;  // L2 distance below which two faces are taken for one person
  CropRule crop;
  bool average_flipped = false;  // embed the mirrored crop too and take the normalised sum
};

// True for [a-z0-9-]+ of at most 64 characters: safe as a folder's name everywhere.
bool IsModelId(std::string_view text);

// Reads and checks a manifest's JSON. kCorrupt with the field that is wrong, missing or not known; `file` is what
// messages call the file.
Result<ModelManifest> ParseManifest(std::string_view json, std::string_view file);

// The JSON of a manifest, which ParseManifest took, with the sizes and hashes of `files` (by role) in place of its own:
// the manifest of what was converted here.
std::string WithFiles(std::string_view json, const std::map<std::string, ModelFile>& files);

// The JSON of the manifest of a package made from that one: another id, description and files. What was measured of
// that one, and what it can be made from, is left out.
std::string Derived(std::string_view json, const std::string& id, const std::string& description,
                    const std::map<std::string, ModelFile>& files);

}  // namespace kinfolder
