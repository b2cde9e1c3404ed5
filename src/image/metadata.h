// What the camera wrote beside the pixels: when the photo was taken, and with what.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "domain/photo.h"

namespace kinfolder {

struct PhotoMetadata {
  std::optional<LocalTime> taken_at;
  std::string taken_from;  // the field that told, e.g. "Exif.Photo.DateTimeOriginal"; "" where none did
  std::string camera;      // make and model without repetition; "" where unknown
};

// Never fails: a photo without readable metadata has none. Dates are tried in the order EXIF DateTimeOriginal,
// DateTimeDigitized, XMP DateTimeOriginal / CreateDate, IPTC DateCreated, EXIF DateTime.
PhotoMetadata ReadMetadata(std::span<const std::byte> bytes);

}  // namespace kinfolder
