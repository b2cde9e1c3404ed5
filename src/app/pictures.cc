#include "app/pictures.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/photo_stages.h"
#include "image/encode.h"
#include "image/resample.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr int kQuality = 80;

// From the first file that can be read.
Result<Image> LoadFirst(const std::vector<fs::path>& files, int longest_side) {
  Error error{ErrorCode::kNotFound, "no file of this photo is known any more"};
  for (const fs::path& file : files) {
    DecodeOptions options;
    options.longest_side = longest_side;
    Result<LoadedPhoto> photo = LoadPhotoFile(file, options);
    if (photo) return std::move(photo->image);
    error = photo.error();
  }
  return Fail(std::move(error));
}

Result<Picture> AsPicture(const Image& image) {
  ASSIGN_OR_RETURN(std::vector<std::byte> bytes, EncodeWebp(image, kQuality));
  return std::make_shared<const std::vector<std::byte>>(std::move(bytes));
}

// The square around the face with a third of its size beside it, in pixels.
PixelRect SquareAround(const Box& face, Size photo) {
  constexpr float kMargin = 1.0F / 3;
  const Box box = Scaled(face, static_cast<float>(photo.width), static_cast<float>(photo.height));
  const float half = std::max(box.width(), box.height()) * (0.5F + kMargin);
  const Point center = box.center();
  const auto x1 = static_cast<int>(std::lround(center.x - half));
  const auto y1 = static_cast<int>(std::lround(center.y - half));
  const int side = std::max(1, static_cast<int>(std::lround(2 * half)));
  return {x1, y1, x1 + side, y1 + side};
}

// The longest side at which every face still fills its picture.
int SideForFaces(const std::vector<std::pair<FaceId, Box>>& faces) {
  constexpr float kLongest = 6000;
  float smallest = 1;
  for (const auto& [face, box] : faces) smallest = std::min(smallest, std::max(box.width(), box.height()));
  return static_cast<int>(std::min(kLongest, std::ceil(kFacePictureSide / std::max(smallest, 1e-3F))));
}

}  // namespace

Picture PictureCache::Find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void PictureCache::Put(const std::string& key, Picture picture) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    bytes_ -= found->second->second->size();
    entries_.erase(found->second);
  }
  bytes_ += picture->size();
  entries_.emplace_front(key, std::move(picture));
  by_key_[key] = entries_.begin();
  while (bytes_ > most_bytes_) {
    bytes_ -= entries_.back().second->size();
    by_key_.erase(entries_.back().first);
    entries_.pop_back();
  }
}

Result<Picture> PhotoPicture(const std::vector<fs::path>& files, int longest_side) {
  ASSIGN_OR_RETURN(const Image image, LoadFirst(files, longest_side));
  return AsPicture(image);
}

Result<std::vector<FacePicture>> PicturesOfFaces(const std::vector<fs::path>& files,
                                                 const std::vector<std::pair<FaceId, Box>>& faces) {
  std::vector<FacePicture> pictures;
  if (faces.empty()) return pictures;
  ASSIGN_OR_RETURN(const Image photo, LoadFirst(files, SideForFaces(faces)));
  for (const auto& [face, box] : faces) {
    const Image crop = Crop(photo, SquareAround(box, photo.size()));
    ASSIGN_OR_RETURN(Picture picture, AsPicture(ResizeArea(crop, {kFacePictureSide, kFacePictureSide})));
    pictures.push_back({face, std::move(picture)});
  }
  return pictures;
}

}  // namespace kinfolder
