// The boxes of MTCNN's cascade and the pixels that they stand for, with the rounding of the reference implementation:
// a box speaks of pixel numbers that begin at 1, both ends included, hence the ones in the formulas.
#pragma once

#include <array>

#include "domain/geometry.h"
#include "image/resample.h"

namespace kinfolder {

// How far a network wants the edges x1, y1, x2, y2 moved, in fractions of the box's width and height.
using Offsets = std::array<float, 4>;

// `extra` is added to width and height before the offsets are applied: 0 after P-Net, 1 after R-Net and O-Net.
Box MoveEdges(const Box& box, const Offsets& offsets, float extra);

// The square around the same centre with the longer side.
Box ToSquare(const Box& box);

// The part of the picture that the box covers; empty (no width or no height) where it lies outside, and for boxes that
// are no numbers.
PixelRect VisiblePart(const Box& box, Size picture);

}  // namespace kinfolder
