// Which rows of a table are near which, found without comparing all with all where there are many.
//
// Many rows are sorted by the two of some of them that they are nearest to, each such part again, until a part is small
// enough to be compared within itself: a tree whose branches overlap (Liu, Moore, Gray, Yang, "An investigation of
// practical approximate nearest neighbor algorithms", 2004), with pivots instead of planes. Several such trees find
// nearly every pair that is near.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kinfolder {

struct NearRow {
  std::size_t row = 0;
  float squared_distance = 0;
};

// So many rows and fewer are compared all with all.
inline constexpr std::size_t kAllCompared = 4096;

// For every row those others that are nearer than the cutoff, the nearest first: not more than `most` of what was
// found, the nearest by distances in 8 bits (search/byte_table.h). `rows` holds row after row of `dimension` values.
// `ids`, one a row, tell equally near ones apart and decide what rows are sorted by, so that the order of the rows
// changes nothing.
std::vector<std::vector<NearRow>> FindNearRows(std::span<const float> rows, std::size_t dimension,
                                               std::span<const std::int64_t> ids, float squared_cutoff,
                                               std::size_t most);

}  // namespace kinfolder
