#include "train/black_frame.h"

#include <algorithm>
#include <cstddef>

#include "image/resample.h"

namespace kinfolder {
namespace {

constexpr int kBlack = 24;                  // the brightest channel of what is black after JPEG
constexpr float kStrayPixels = 1.0F / 20;   // of a black row: what JPEG spills over the edge
constexpr float kRepeatedShare = 1.0F / 3;  // of the longer side

bool IsBlack(const std::uint8_t* pixel) { return std::max({pixel[0], pixel[1], pixel[2]}) <= kBlack; }

bool IsBlackRow(const Image& picture, int y) {
  int bright = 0;
  for (int x = 0; x < picture.width(); ++x) bright += IsBlack(picture.row(y) + std::ptrdiff_t{3} * x) ? 0 : 1;
  return static_cast<float>(bright) <= kStrayPixels * static_cast<float>(picture.width());
}

bool IsBlackColumn(const Image& picture, int x, int y1, int y2) {
  int bright = 0;
  for (int y = y1; y < y2; ++y) bright += IsBlack(picture.row(y) + std::ptrdiff_t{3} * x) ? 0 : 1;
  return static_cast<float>(bright) <= kStrayPixels * static_cast<float>(y2 - y1);
}

PixelRect InsideOfFrame(const Image& picture) {
  PixelRect inside{0, 0, picture.width(), picture.height()};
  while (inside.y1 < inside.y2 && IsBlackRow(picture, inside.y1)) ++inside.y1;
  while (inside.y1 < inside.y2 && IsBlackRow(picture, inside.y2 - 1)) --inside.y2;
  const auto is_black = [&](int x) { return IsBlackColumn(picture, x, inside.y1, inside.y2); };
  while (inside.x1 < inside.x2 && is_black(inside.x1)) ++inside.x1;
  while (inside.x1 < inside.x2 && is_black(inside.x2 - 1)) --inside.x2;
  return inside;
}

}  // namespace

Image WithoutBlackFrame(const Image& picture) {
  const PixelRect inside = InsideOfFrame(picture);
  if (inside.width() == 0 || inside.height() == 0) return picture;
  const int reach = static_cast<int>(kRepeatedShare * static_cast<float>(std::max(inside.width(), inside.height())));
  Image freed(inside.width() + 2 * reach, inside.height() + 2 * reach);
  for (int y = 0; y < freed.height(); ++y) {
    const std::uint8_t* source = picture.row(std::clamp(inside.y1 + y - reach, inside.y1, inside.y2 - 1));
    std::uint8_t* target = freed.row(y);
    for (int x = 0; x < freed.width(); ++x) {
      std::copy_n(source + std::ptrdiff_t{3} * std::clamp(inside.x1 + x - reach, inside.x1, inside.x2 - 1), 3,
                  target + std::ptrdiff_t{3} * x);
    }
  }
  return freed;
}

}  // namespace kinfolder
