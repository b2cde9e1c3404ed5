// Pictures back into files, and boxes with names drawn on them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/geometry.h"
#include "image/image.h"

namespace kinfolder {

// `quality` 1-100. No metadata is written: a picture that names no colour space is sRGB to every viewer.
Result<std::vector<std::byte>> EncodeJpeg(const Image& image, int quality);

// The same as WebP: a third smaller, for what only browsers are to show.
Result<std::vector<std::byte>> EncodeWebp(const Image& image, int quality);

Result<std::vector<std::byte>> EncodePng(const Image& image);

struct Annotation {
  Box box;                // pixels of the picture
  Landmarks landmarks{};  // pixels of the picture
  std::string label;      // UTF-8; "" draws none
  std::array<std::uint8_t, 3> color{46, 160, 67};
};

// A copy with every box, its landmarks and its label drawn; line width and text size follow the picture's size.
Result<Image> Annotate(const Image& image, const std::vector<Annotation>& annotations);

}  // namespace kinfolder
