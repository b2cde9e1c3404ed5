#include "app/pictures.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

#include "app/photo_stages.h"
#include "base/file.h"
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

// A power cut may have left it short: its length stands in it (RIFF).
bool IsWholeWebp(std::span<const std::byte> bytes) {
  constexpr std::size_t kHeader = 8;
  std::uint32_t size = 0;
  if (bytes.size() < kHeader || !AsText(bytes).starts_with("RIFF")) return false;
  std::memcpy(&size, &bytes[4], sizeof size);  // little-endian, as the machine
  return bytes.size() == kHeader + size;
}

}  // namespace

Picture PictureCache::Find(const std::string& key) const {
  const fs::path file = FileOf(key);
  Result<std::vector<std::byte>> bytes = ReadFile(file, most_bytes_);
  if (!bytes || !IsWholeWebp(*bytes)) return nullptr;
  ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0);  // looked at now
  return std::make_shared<const std::vector<std::byte>>(*std::move(bytes));
}

void PictureCache::Put(const std::string& key, const Picture& picture) {
  const fs::path file = FileOf(key);
  if (!MakeFolders(file.parent_path())) return;
  Result<AtomicFile> writing = AtomicFile::Create(file);
  if (!writing || !writing->Write(*picture) || !writing->CommitUnflushed()) return;
  const std::lock_guard lock(mutex_);
  if (bytes_) *bytes_ += picture->size();
  if (!bytes_ || *bytes_ > most_bytes_) MakeRoom();
}

void PictureCache::Remove(const std::string& key) {
  std::error_code ignored;
  fs::remove(FileOf(key), ignored);
}

fs::path PictureCache::FileOf(const std::string& key) const {
  constexpr std::size_t kFolderLetters = 2;
  return folder_ / key.substr(0, kFolderLetters) / (key + ".webp");
}

// Down to a little less than all, so that it is not done for each picture.
void PictureCache::MakeRoom() {
  constexpr double kLeave = 0.9;
  struct Kept {
    fs::path file;
    std::uint64_t bytes;
    std::int64_t looked_at;
  };
  std::vector<Kept> all;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
    const Result<FileStamp> stamp = StampOf(entry->path());
    if (stamp) all.push_back({entry->path(), stamp->bytes, stamp->modified_ns});
  }
  bytes_ = 0;
  for (const Kept& kept : all) *bytes_ += kept.bytes;
  if (*bytes_ <= most_bytes_) return;
  std::ranges::sort(all, {}, &Kept::looked_at);
  const auto enough = static_cast<std::uint64_t>(kLeave * static_cast<double>(most_bytes_));
  for (const Kept& kept : all) {
    if (*bytes_ <= enough) break;
    fs::remove(kept.file, error);
    *bytes_ -= kept.bytes;
  }
}

fs::path PictureFolderIn(const fs::path& data) { return data / "pictures"; }

Status PurgePictures(const fs::path& data) {
  const fs::path folder = PictureFolderIn(data);
  const fs::path gone = data / "pictures-gone";  // where nobody writes any more
  std::error_code error;
  fs::remove_all(gone, error);  // of one that was killed
  if (!error && ::rename(folder.c_str(), gone.c_str()) != 0 && errno != ENOENT) {
    error = std::error_code(errno, std::generic_category());
  }
  if (!error) fs::remove_all(gone, error);
  if (error) return Fail(FileError(error.value(), "remove", folder));
  return {};
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
