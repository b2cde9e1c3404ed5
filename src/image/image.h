// Pictures in memory: 8-bit sRGB, three interleaved channels (R, G, B), rows from the top, no padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/geometry.h"

namespace kinfolder {

class Image {
 public:
  Image() = default;
  Image(int width, int height) : size_{width, height}, pixels_(std::size_t{3} * width * height) {}

  int width() const { return size_.width; }
  int height() const { return size_.height; }
  Size size() const { return size_; }
  bool empty() const { return pixels_.empty(); }

  // `height` rows of `width` pixels of 3 bytes.
  std::span<const std::uint8_t> pixels() const { return pixels_; }
  std::span<std::uint8_t> pixels() { return pixels_; }
  const std::uint8_t* row(int y) const { return pixels_.data() + std::size_t{3} * size_.width * y; }
  std::uint8_t* row(int y) { return pixels_.data() + std::size_t{3} * size_.width * y; }

  bool operator==(const Image&) const = default;

 private:
  Size size_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace kinfolder
