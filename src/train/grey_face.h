// Faces as the methods before neural networks saw them: small, grey, with the light evened out.
#pragma once

#include <vector>

#include "train/face_crop.h"

namespace kinfolder {

struct GreyFace {
  int side = 0;               // pixels
  std::vector<float> values;  // side x side, row by row, luma 0 to 255
};

// The part of the crop that FaceNet sees (the box and a tenth of margin).
GreyFace CutGreyFace(const FaceCrop& face, int side);

// Each pixel's rank among all, from 0 to 1 (histogram equalisation); equal pixels have one rank.
GreyFace Equalized(const GreyFace& face);

}  // namespace kinfolder
