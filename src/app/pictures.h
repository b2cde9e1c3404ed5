// Photos and faces as pictures for the screen, made when somebody looks, kept in memory while there is room. Originals
// are only read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/face.h"

namespace kinfolder {

// A WebP file.
using Picture = std::shared_ptr<const std::vector<std::byte>>;

// The pictures used last, up to a number of bytes in all. Safe to use from many threads at once.
class PictureCache {
 public:
  explicit PictureCache(std::size_t bytes) : most_bytes_(bytes) {}

  Picture Find(const std::string& key);  // nullptr where it is not there
  void Put(const std::string& key, Picture picture);

 private:
  using Entries = std::list<std::pair<std::string, Picture>>;

  std::size_t most_bytes_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  Entries entries_;  // the latest first
  std::unordered_map<std::string, Entries::iterator> by_key_;
};

// The whole photo, upright; its longest side is at most `longest_side` pixels. kNotFound when none of the files is
// there any more.
Result<Picture> PhotoPicture(const std::vector<std::filesystem::path>& files, int longest_side);

struct FacePicture {
  FaceId face;
  Picture picture;  // kFacePictureSide pixels square, with a margin around the face
};
inline constexpr int kFacePictureSide = 160;

// Every face of one photo: it is decoded once for all of them.
Result<std::vector<FacePicture>> PicturesOfFaces(const std::vector<std::filesystem::path>& files,
                                                 const std::vector<std::pair<FaceId, Box>>& faces);

}  // namespace kinfolder
