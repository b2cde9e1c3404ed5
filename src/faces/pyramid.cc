#include "faces/pyramid.h"

#include <algorithm>

namespace kinfolder {

std::vector<PyramidLevel> PyramidLevels(Size picture, int min_face, double factor) {
  std::vector<PyramidLevel> levels;
  double scale = static_cast<double>(kPnetWindow) / min_face;
  double shorter_side = std::min(picture.width, picture.height) * scale;
  while (shorter_side >= kPnetWindow) {
    levels.push_back(
        {scale, {static_cast<int>(picture.width * scale + 1), static_cast<int>(picture.height * scale + 1)}});
    scale *= factor;
    shorter_side *= factor;
  }
  return levels;
}

}  // namespace kinfolder
