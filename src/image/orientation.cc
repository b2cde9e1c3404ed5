#include "image/orientation.h"

#include <algorithm>

namespace kinfolder {

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

}  // namespace kinfolder
