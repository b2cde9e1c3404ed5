// Which part of a packed crop a network looks at.
#pragma once

#include "image/image.h"
#include "nn/manifest.h"
#include "train/chance.h"

namespace kinfolder {

// The middle part of a packed crop that embedders see, of the crop's side. The rest is for shifts and turns.
inline constexpr double kViewedPart = 140.0 / 160;

// How embedders cut a face: the five landmarks where the usual 112 x 112 crops have them (InsightFace's template: eyes,
// nose, corners of the mouth), moved up to show the chin.
CropRule ViewRule(int side);

// How packs cut it: what ViewRule shows, in the middle of a crop of `side`.
CropRule PackRule(int side);

// The viewed part, side x side pixels.
Image CentralView(const Image& crop, int side);

// The same, moved, scaled and turned a little, and mirrored every other time, as detectors and heads move it.
Image RandomView(const Image& crop, int side, Random& random);

}  // namespace kinfolder
