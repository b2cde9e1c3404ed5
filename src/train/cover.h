// Things between the camera and a face: painted onto crops whose face has its box in the middle 138 / 182.
#pragma once

#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

// One thing of random kind (a wall or shoulder that reaches in from a side, a hand, hair, something with corners,
// something round), place, colour and pattern, as large as it takes to cover `fraction` (0 to 1) of the face's box.
Image Occluded(const Image& crop, float fraction, Random& random);

// A mask from the bridge of the nose to below the chin, surgical or of cloth.
Image WithMask(const Image& crop, Random& random);

// Dark glasses over the eyes.
Image WithGlasses(const Image& crop, Random& random);

}  // namespace kinfolder
