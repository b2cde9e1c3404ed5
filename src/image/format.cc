#include "image/format.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kinfolder {
namespace {

using Bytes = std::span<const std::byte>;

bool HasAt(Bytes bytes, std::size_t offset, std::string_view magic) {
  return bytes.size() >= offset + magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

// A string with zeros in it.
template <std::size_t N>
constexpr std::string_view Magic(const char (&text)[N]) {
  return {text, N - 1};
}

// Reads the numbers of a TIFF file in its own byte order; 0 beyond the end.
class TiffReader {
 public:
  explicit TiffReader(Bytes bytes) : bytes_(bytes), big_endian_(HasAt(bytes, 0, "MM")) {}

  std::uint32_t U16(std::size_t at) const { return Number(at, 2); }
  std::uint32_t U32(std::size_t at) const { return Number(at, 4); }

 private:
  std::uint32_t Number(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || bytes_.size() - at < count) return 0;
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      number = number << 8 | std::to_integer<std::uint32_t>(bytes_[at + (big_endian_ ? i : count - 1 - i)]);
    }
    return number;
  }

  Bytes bytes_;
  bool big_endian_;
};

// TIFF 6.0 and TIFF/EP (ISO 12234-2) tags and values.
constexpr std::uint32_t kPhotometric = 262;
constexpr std::uint32_t kSubDirectories = 330;
constexpr std::uint32_t kDngVersion = 50706;
constexpr std::uint32_t kColorFilterArray = 32803;
constexpr std::uint32_t kLinearRaw = 34892;
// Cameras write fewer; a hostile file must not keep us here.
constexpr int kMaxDirectories = 32;
constexpr std::uint32_t kMaxEntries = 512;
constexpr std::uint32_t kMaxSubDirectories = 8;

// Walks the directories of a TIFF file for one that holds sensor data.
class TiffDirectories {
 public:
  explicit TiffDirectories(Bytes bytes) : tiff_(bytes) {}

  bool HoldSensorData() {
    Enqueue(tiff_.U32(4));
    for (int i = 0; i < count_; ++i) {
      if (DirectoryHoldsSensorData(queue_[i])) return true;
    }
    return false;
  }

 private:
  void Enqueue(std::uint32_t offset) {
    if (offset != 0 && count_ < kMaxDirectories) queue_[count_++] = offset;
  }

  bool DirectoryHoldsSensorData(std::size_t at) {
    const std::uint32_t entries = std::min(tiff_.U16(at), kMaxEntries);
    for (std::size_t entry = at + 2; entry < at + 2 + std::size_t{12} * entries; entry += 12) {
      const std::uint32_t tag = tiff_.U16(entry);
      if (tag == kDngVersion) return true;
      if (tag == kPhotometric) {
        const std::uint32_t value = tiff_.U16(entry + 8);
        if (value == kColorFilterArray || value == kLinearRaw) return true;
      }
      if (tag == kSubDirectories) EnqueueSubDirectories(entry);
    }
    Enqueue(tiff_.U32(at + 2 + std::size_t{12} * entries));
    return false;
  }

  void EnqueueSubDirectories(std::size_t entry) {
    const std::uint32_t count = std::min(tiff_.U32(entry + 4), kMaxSubDirectories);
    const std::uint32_t value = tiff_.U32(entry + 8);
    if (count == 1) Enqueue(value);
    for (std::uint32_t i = 0; count > 1 && i < count; ++i) Enqueue(tiff_.U32(std::size_t{value} + std::size_t{4} * i));
  }

  TiffReader tiff_;
  std::array<std::uint32_t, kMaxDirectories> queue_{};
  int count_ = 0;
};

bool IsTiff(Bytes bytes) {
  return HasAt(bytes, 0, Magic("II*\0")) || HasAt(bytes, 0, Magic("MM\0*")) || HasAt(bytes, 0, Magic("II+\0")) ||
         HasAt(bytes, 0, Magic("MM\0+"));
}

bool IsRaw(Bytes bytes) {
  if (IsTiff(bytes)) return HasAt(bytes, 8, Magic("CR\2\0")) || TiffDirectories(bytes).HoldSensorData();
  return HasAt(bytes, 0, Magic("IIU\0")) ||                                                // Panasonic, Leica
         HasAt(bytes, 0, "IIRO") || HasAt(bytes, 0, "IIRS") || HasAt(bytes, 0, "MMOR") ||  // Olympus
         HasAt(bytes, 0, "FUJIFILMCCD-RAW") || HasAt(bytes, 6, "HEAPCCDR") ||              // Fuji, old Canon
         HasAt(bytes, 0, Magic("\0MRM")) || HasAt(bytes, 0, "FOVb") ||
         HasAt(bytes, 4, "ftypcrx ");  // Minolta, Sigma, Canon
}

// The brands of an ISO base media file: its major one and those it says it is compatible with.
bool HasBrand(Bytes bytes, std::initializer_list<std::string_view> brands) {
  if (!HasAt(bytes, 4, "ftyp")) return false;
  // ISO 14496-12, 4.3: size, "ftyp", major brand, version, compatible brands.
  std::uint32_t size = 0;
  for (int i = 0; i < 4; ++i) size = size << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  const std::size_t end = std::min<std::size_t>({size, bytes.size(), 256});
  for (std::size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
    if (std::any_of(brands.begin(), brands.end(), [&](auto brand) { return HasAt(bytes, at, brand); })) return true;
  }
  return false;
}

}  // namespace

std::string_view Name(PhotoFormat format) {
  static constexpr std::string_view kNames[] = {"jpeg", "png", "webp", "tiff", "gif", "heif", "avif", "jxl", "raw"};
  return kNames[static_cast<std::size_t>(format)];
}

std::string_view SpokenName(PhotoFormat format) {
  static constexpr std::string_view kNames[] = {"JPEG", "PNG",  "WebP",    "TIFF",      "GIF",
                                                "HEIC", "AVIF", "JPEG XL", "camera raw"};
  return kNames[static_cast<std::size_t>(format)];
}

std::optional<PhotoFormat> RecognizeFormat(std::span<const std::byte> bytes) {
  if (HasAt(bytes, 0, "\xFF\xD8\xFF")) return PhotoFormat::kJpeg;
  if (HasAt(bytes, 0, "\x89PNG\r\n\x1A\n")) return PhotoFormat::kPng;
  if (HasAt(bytes, 0, "RIFF") && HasAt(bytes, 8, "WEBP")) return PhotoFormat::kWebp;
  if (HasAt(bytes, 0, "GIF87a") || HasAt(bytes, 0, "GIF89a")) return PhotoFormat::kGif;
  if (IsRaw(bytes)) return PhotoFormat::kRaw;
  if (IsTiff(bytes)) return PhotoFormat::kTiff;
  if (HasBrand(bytes, {"avif", "avis"})) return PhotoFormat::kAvif;
  if (HasBrand(bytes, {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"})) return PhotoFormat::kHeif;
  if (HasAt(bytes, 0, "\xFF\x0A") || HasAt(bytes, 0, Magic("\0\0\0\x0CJXL \r\n\x87\n"))) return PhotoFormat::kJxl;
  return std::nullopt;
}

std::string_view DescribeOther(std::span<const std::byte> bytes) {
  struct Other {
    std::size_t offset;
    std::string_view magic;
    std::string_view description;
  };
  static constexpr Other kOthers[] = {
      {0, "BM", "a BMP picture"},
      {0, "%PDF", "a PDF document"},
      {0, Magic("PK\3\4"), "a zip archive"},
      {0, "8BPS", "a Photoshop document"},
      {4, "ftyp", "a video"},
      {4, "moov", "a video"},
      {0, "\x1A\x45\xDF\xA3", "a video"},
      {8, "AVI ", "a video"},
      {0, "<svg", "an SVG drawing"},
      {0, "<!DOCTYPE html", "a web page"},
      {0, "<!doctype html", "a web page"},
      {0, "<html", "a web page"},
      {4, "jP  \r\n", "a JPEG 2000 picture"},
      {0, "<?xml", "an XML document"},
      {0, "\x1F\x8B", "a gzip archive"},
  };
  for (const Other& other : kOthers) {
    if (HasAt(bytes, other.offset, other.magic)) return other.description;
  }
  return "";
}

}  // namespace kinfolder
