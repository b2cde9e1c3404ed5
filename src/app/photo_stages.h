// A photo on its way into the catalogue: FoundPhoto -> ReadPhoto -> LoadedPhoto -> ScannedPhoto. Each stage is a type
// of its own, so that a wrong order does not compile.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/face.h"
#include "domain/photo.h"
#include "faces/embedder.h"
#include "faces/mtcnn.h"
#include "image/decode.h"
#include "image/image.h"

namespace kinfolder {

// How much of a photo's resolution is looked at.
enum class Detail { kFast, kNormal, kFull };

// Longest side of the working image in pixels; 0: as stored.
int LongestSide(Detail detail);

// The file's bytes and what they hash to: enough to tell whether the photo is known already.
struct ReadPhoto {
  FoundPhoto file;
  ContentHash content;
  std::vector<std::byte> bytes;
};

// Decoded once; faces are cropped while these pixels are in memory.
struct LoadedPhoto {
  FoundPhoto file;
  ContentHash content;
  PhotoInfo info;
  Image image;  // upright, at the working size
};

// kNotFound, kPermissionDenied, ...: the message names the file.
Result<FoundPhoto> FindPhotoFile(const std::filesystem::path& path);
Result<ReadPhoto> ReadPhotoFile(const FoundPhoto& file);
Result<LoadedPhoto> LoadPhoto(ReadPhoto photo, const DecodeOptions& options);

// The three above in one go.
Result<LoadedPhoto> LoadPhotoFile(const std::filesystem::path& path, const DecodeOptions& options);

// What finding faces depends on, as the catalogue keeps it: "mtcnn/normal/min20", with the thresholds where they are
// not the default.
std::string DetectorId(const std::string& package_id, Detail detail, const MtcnnOptions& options);

// Finds and embeds the faces of photos. Immutable; Scan may be called from many threads at once. A call takes one core,
// and where a photo has many faces, those cores that TBB has idle.
class FaceScanner {
 public:
  FaceScanner(Mtcnn detector, Embedder embedder, std::string detector_id);

  const Mtcnn& detector() const { return detector_; }
  const Embedder& embedder() const { return embedder_; }
  const std::string& detector_id() const { return detector_id_; }

  // The faces that are found, and those in `known` boxes (fractions) that are not: somebody said that they are there.
  Result<ScannedPhoto> Scan(const LoadedPhoto& photo, std::span<const Box> known = {}) const;
  // The one face in this box, whether it is found or not; see Mtcnn::LookAt.
  Result<ScannedFace> LookAt(const LoadedPhoto& photo, const Box& box) const;

 private:
  Status EmbedFaces(const LoadedPhoto& photo, std::span<ScannedFace> faces) const;
  Status EmbedSome(const LoadedPhoto& photo, std::span<ScannedFace> faces) const;

  Mtcnn detector_;
  Embedder embedder_;
  std::string detector_id_;
};

}  // namespace kinfolder
