// Tells which box is the same face as which: by overlap, as detectors are judged too.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "domain/geometry.h"

namespace kinfolder {

// Boxes that overlap by this much (intersection over union) may be one face: the usual bound of detection benchmarks
// (Everingham et al., The PASCAL Visual Object Classes Challenge, 2010, section 4.2).
inline constexpr float kSameFaceOverlap = 0.5F;

// For each box of `found` the index of its face in `known`, one to one, best overlap first (equal overlaps: first of
// `known`, then of `found`); nullopt for those that are new.
std::vector<std::optional<std::size_t>> PairFaces(std::span<const Box> known, std::span<const Box> found);

// The index of the face in `known` that overlaps `box` most (the first of equals), if by enough.
std::optional<std::size_t> BestFace(std::span<const Box> known, const Box& box);

}  // namespace kinfolder
