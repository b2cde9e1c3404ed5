// Data sets fill their crops with black where the photo ended.
#pragma once

#include "image/image.h"

namespace kinfolder {

// The picture without black rows and columns at its edges. Instead, its edges are repeated outwards by a third of its
// longer side, so that a face's surroundings can be cut out with no black in them. An all black picture stays as it is.
Image WithoutBlackFrame(const Image& picture);

}  // namespace kinfolder
