#include "faces/window.h"

#include <algorithm>
#include <cmath>

namespace kinfolder {

Box MoveEdges(const Box& box, const Offsets& offsets, float extra) {
  const float width = box.width() + extra;
  const float height = box.height() + extra;
  return {box.x1 + offsets[0] * width, box.y1 + offsets[1] * height, box.x2 + offsets[2] * width,
          box.y2 + offsets[3] * height};
}

Box ToSquare(const Box& box) {
  const float side = std::max(box.width(), box.height());
  const float x1 = box.x1 + box.width() * 0.5F - side * 0.5F;
  const float y1 = box.y1 + box.height() * 0.5F - side * 0.5F;
  return {x1, y1, x1 + side, y1 + side};
}

PixelRect VisiblePart(const Box& box, Size picture) {
  if (!std::isfinite(box.x1 + box.y1 + box.x2 + box.y2)) return {};
  // Truncated towards zero; clamped first, because an int does not hold every float.
  const auto first = [](float edge, int side) {
    return static_cast<int>(std::clamp(edge, 1.0F, static_cast<float>(side) + 1)) - 1;
  };
  const auto end = [](float edge, int side) {
    return static_cast<int>(std::clamp(edge, 0.0F, static_cast<float>(side)));
  };
  const PixelRect rect{first(box.x1, picture.width), first(box.y1, picture.height), end(box.x2, picture.width),
                       end(box.y2, picture.height)};
  if (rect.width() <= 0 || rect.height() <= 0) return {};
  return rect;
}

}  // namespace kinfolder
