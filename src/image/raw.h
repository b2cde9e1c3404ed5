// What cameras write before they make a photo of it: the preview that every camera stores beside the sensor data, or
// the sensor data developed at half size.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/decode.h"

namespace kinfolder {

struct RawPhoto {
  Size upright_size;               // of the photo at full size
  int orientation = 1;             // EXIF orientation of the stored pixels
  int preview_orientation = 1;     // how `preview` must be turned
  std::vector<std::byte> preview;  // a JPEG; empty where there is none, or none that is large enough
};

// Reads all but the sensor data. The preview is large enough when its longest side reaches the working size or half the
// sensor's: development at half size would not show more.
Result<RawPhoto> OpenRaw(std::span<const std::byte> bytes, const DecodeOptions& options);

// The sensor data as a picture of half the sides, upright.
Result<Image> DevelopRaw(std::span<const std::byte> bytes);

}  // namespace kinfolder
