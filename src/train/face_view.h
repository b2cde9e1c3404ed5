// Which part of a packed crop a network looks at.
#pragma once

#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

// Packed crops show a face's box with this much margin around it, in all, of the crop's side (the convention of
// davidsandberg/facenet's training: 182 pixels for a box of 138).
inline constexpr double kPackedMargin = 44.0 / 182;
// The middle part that embedders see, of the crop's side: 140 pixels of a crop of 160. The rest is for shifts and
// turns.
inline constexpr double kViewedPart = 140.0 / 160;
// What of the view is margin around the box, for the manifest's crop rule (nn/manifest.h).
inline constexpr double kViewMargin = 1 - (1 - kPackedMargin) / kViewedPart;

// The viewed part, side x side pixels.
Image CentralView(const Image& crop, int side);

// The same, moved, scaled and turned a little, and mirrored every other time, as detectors and heads move it.
Image RandomView(const Image& crop, int side, Random& random);

}  // namespace kinfolder
