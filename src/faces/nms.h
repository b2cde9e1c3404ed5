// Non-maximum suppression: of boxes that lie over each other only the best one stays.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "domain/geometry.h"

namespace kinfolder {

struct ScoredBox {
  Box box;
  float score = 0;
};

// What two boxes' intersection is compared with.
enum class OverlapOf {
  kUnion,    // both together
  kSmaller,  // the smaller box; sides counted as x2 - x1 + 1, as MTCNN's last stage does
};

// Indices of the boxes that stay, by falling score (equal scores: the earlier first). A box goes when its overlap with
// one that stays is more than `max_overlap`.
std::vector<std::size_t> SuppressOverlaps(std::span<const ScoredBox> boxes, float max_overlap, OverlapOf overlap_of);

}  // namespace kinfolder
