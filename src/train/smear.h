// Light that lands beside where it belongs: out of focus, or moved while the shutter was open.
#pragma once

#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

// `deviation` in pixels of the picture. In linear light, as a lens does it; beyond the edge lies more of the edge.
Image GaussianBlurred(const Image& image, float deviation);

// A stroke of `length` pixels of the picture in a random direction, often a little bent, as hands shake.
Image MotionBlurred(const Image& image, float length, Random& random);

}  // namespace kinfolder
