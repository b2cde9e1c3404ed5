// The sizes at which P-Net looks at a picture.
#pragma once

#include <vector>

#include "domain/geometry.h"

namespace kinfolder {

inline constexpr int kPnetWindow = 12;  // pixels: width and height of the face that P-Net sees

struct PyramidLevel {
  double scale = 1;  // level pixels per picture pixel
  Size size;
};

// Largest level first. On the first a face of `min_face` picture pixels fills P-Net's window; each level is `factor`
// times the one before, as long as the window fits. Rounded as the reference implementation does.
std::vector<PyramidLevel> PyramidLevels(Size picture, int min_face, double factor);

}  // namespace kinfolder
