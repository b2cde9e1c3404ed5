// The eight ways a camera may have been held.
#pragma once

#include "image/image.h"

namespace kinfolder {

// The picture turned upright, given how its pixels are stored: EXIF 2.32, tag 274, 1 to 8; anything else counts as 1.
Image Upright(Image stored, int orientation);

inline Size UprightSize(Size stored, int orientation) {
  return orientation >= 5 && orientation <= 8 ? Size{stored.height, stored.width} : stored;
}

// A box in fractions of the picture as stored, in fractions of the upright one, and the other way round.
Box UprightBox(const Box& stored, int orientation);
Box StoredBox(const Box& upright, int orientation);

}  // namespace kinfolder
