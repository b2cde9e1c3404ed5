// The true faces of a detection data set: a table of boxes by photo.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/geometry.h"

namespace kinfolder {

// By the photo's relative path; boxes in pixels of the upright photo as stored. A photo that is listed with an empty
// box only (width or height 0) has no faces.
using BoxesByPhoto = std::map<std::string, std::vector<Box>>;

// Reads tab-separated lines under a header line that names at least the columns image, x, y, width and height (x and y
// of the upper left corner). kCorrupt names the missing column or the line that is wrong.
Result<BoxesByPhoto> ParseBoxesTable(std::string_view text);

}  // namespace kinfolder
