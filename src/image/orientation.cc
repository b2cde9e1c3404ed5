#include "image/orientation.h"

#include <algorithm>

namespace kinfolder {
namespace {

// Where a point of the stored picture lies in the upright one; both in fractions.
Point UprightPoint(Point stored, int orientation) {
  const auto [x, y] = stored;
  switch (orientation) {
    case 2:
      return {1 - x, y};
    case 3:
      return {1 - x, 1 - y};
    case 4:
      return {x, 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {1 - y, x};
    case 7:
      return {1 - y, 1 - x};
    case 8:
      return {y, 1 - x};
    default:
      return stored;
  }
}

}  // namespace

Image Upright(Image stored, int orientation) {
  if (orientation <= 1 || orientation > 8) return stored;
  const bool transposed = orientation >= 5;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const Size size = UprightSize(stored.size(), orientation);
  Image upright(size.width, size.height);
  for (int y = 0; y < size.height; ++y) {
    std::uint8_t* target = upright.row(y);
    for (int x = 0; x < size.width; ++x, target += 3) {
      const int along = transposed ? y : x;
      const int down = transposed ? x : y;
      const int source_x = from_right ? stored.width() - 1 - along : along;
      const int source_y = from_bottom ? stored.height() - 1 - down : down;
      std::copy_n(stored.row(source_y) + std::ptrdiff_t{3} * source_x, 3, target);
    }
  }
  return upright;
}

Box UprightBox(const Box& stored, int orientation) {
  const Point a = UprightPoint({stored.x1, stored.y1}, orientation);
  const Point b = UprightPoint({stored.x2, stored.y2}, orientation);
  return {std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)};
}

// All but the two quarter turns are their own inverse.
Box StoredBox(const Box& upright, int orientation) {
  return UprightBox(upright, orientation == 6 ? 8 : orientation == 8 ? 6 : orientation);
}

}  // namespace kinfolder
