// How good the picture of a face is, and whether it may serve as a reference.
#pragma once

#include <string>
#include <vector>

#include "domain/face.h"
#include "image/image.h"

namespace kinfolder {

// Measures the face on the working image; `full_size` is the upright photo's size as stored.
Quality MeasureQuality(const Image& photo, const Detection& detection, Size full_size);

// Why this face should not be a reference, one short clause each ("only 18 px wide; 40 px are needed"); empty when it
// may be one.
std::vector<std::string> ReasonsAgainstReference(const Quality& quality, float score);

}  // namespace kinfolder
