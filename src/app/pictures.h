// Photos and faces as pictures for the screen, made when somebody looks, kept on the disk while there is room.
// Originals are only read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/face.h"

namespace kinfolder {

// A WebP file.
using Picture = std::shared_ptr<const std::vector<std::byte>>;

// Pictures in a folder, up to a number of bytes in all: of too many, those that were not looked at for longest go. All
// of them can be made again, so what can't be read or written is just not there. Safe to use from many threads, and
// many programs, at once.
class PictureCache {
 public:
  PictureCache(std::filesystem::path folder, std::uint64_t most_bytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  // `key` is a file's name whose first letters are different ones for different photos, such as a hash in hexadecimal.
  Picture Find(const std::string& key) const;  // nullptr where it is not there
  void Put(const std::string& key, const Picture& picture);
  void Remove(const std::string& key);

 private:
  std::filesystem::path FileOf(const std::string& key) const;
  void MakeRoom();

  const std::filesystem::path folder_;
  const std::uint64_t most_bytes_;
  std::mutex mutex_;
  std::optional<std::uint64_t> bytes_;  // absent until they were counted
};

// The cache's folder in the data folder.
std::filesystem::path PictureFolderIn(const std::filesystem::path& data);

// Throws all kept pictures away, whoever is at work with them.
Status PurgePictures(const std::filesystem::path& data);

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
