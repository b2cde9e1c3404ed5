// Cuts a face out of its photo the way an embedder wants it.
#pragma once

#include "domain/face.h"
#include "image/image.h"
#include "nn/model_package.h"

namespace kinfolder {

// The crop of rule.size x rule.size pixels. The detection is in fractions of `photo`.
Image CropFace(const Image& photo, const Detection& detection, const CropRule& rule);

}  // namespace kinfolder
