// What JPEG takes away from a picture, without making the file.
#pragma once

#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

// As after baseline JPEG of this quality (1 to 100, as libjpeg counts it): blocks of 8 x 8, colour at half the
// resolution, the tables of ITU-T T.81, annex K. The blocks' grid lies anywhere, as it does on a crop of a photo.
Image JpegLoss(const Image& image, float quality, Random& random);

}  // namespace kinfolder
