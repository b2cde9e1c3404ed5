// Too little light, and what a camera makes of it.
#pragma once

#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

// One pixel of the crop as a sensor's.
struct Sensor {
  float full_well = 3000;  // electrons that make white
  float read_noise = 4;    // electrons, standard deviation
};

// `stops` (halvings) less light on the sensor: each pixel's electrons have shot noise, the square root of their number,
// and read noise (EMVA standard 1288, section 2). Then `gain` stops of brightening, noise and all, and 8 bits.
Image Darkened(const Image& image, float stops, float gain, const Sensor& sensor, Random& random);

// Each value moved towards the picture's mean: 0 leaves all as it is, 1 leaves nothing but the mean.
Image LessContrast(const Image& image, float amount);

// Rec. 601 luma in all channels.
Image Grey(const Image& image);

}  // namespace kinfolder
