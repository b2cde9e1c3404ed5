// A photo is one picture by content: the hash of its bytes, wherever its files lie and whatever they are called.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/hash.h"
#include "base/id.h"
#include "domain/geometry.h"

namespace kinfolder {

struct PhotoTag;
using PhotoId = Id<PhotoTag>;

using ContentHash = Sha256Digest;

// A wall-clock time as cameras write it: no zone, because they rarely know it.
struct LocalTime {
  int year = 0;
  int month = 0;  // 1-12
  int day = 0;    // 1-31
  int hour = 0;
  int minute = 0;
  int second = 0;

  auto operator<=>(const LocalTime&) const = default;  // NOLINT(modernize-use-nullptr): it means the 0 of `<=> < 0`
};

// "2019-05-04T12:30:00".
std::string ToString(const LocalTime& time);

// Reads "2019-05-04T12:30:00", EXIF's "2019:05:04 12:30:00", or a date alone; a zone or fraction after it is ignored.
// nullopt for anything that is no date of the years 1800-2200.
std::optional<LocalTime> ParseLocalTime(std::string_view text);

// What the catalogue keeps of a photo besides its faces.
struct PhotoInfo {
  std::uint64_t bytes = 0;
  std::string format;   // "jpeg", "heif", "raw", ... as recognised from the content
  Size upright_size;    // pixels as stored, after the camera's orientation is applied
  int orientation = 1;  // EXIF orientation 1-8 of the stored pixels
  std::optional<LocalTime> taken_at;
  std::string taken_from;  // the field that told: "Exif.Photo.DateTimeOriginal", "file time", or "" where none did
  std::string camera;      // "Canon EOS 5D", "" where unknown

  bool operator==(const PhotoInfo&) const = default;
};

// A file that a scan came across and has not opened yet.
struct FoundPhoto {
  std::filesystem::path path;  // absolute
  FileStamp stamp;
};

}  // namespace kinfolder
