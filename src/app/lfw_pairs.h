// The pairs of a verification protocol, as the text file of "Labeled Faces in the Wild" lists them.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kinfolder {

struct PhotoPair {
  std::filesystem::path first;
  std::filesystem::path second;
  bool same = false;  // one person
  int fold = 0;

  bool operator==(const PhotoPair&) const = default;
};

// Reads pairs.txt: a line "FOLDS COUNT", then for each fold COUNT lines "NAME I J" of one person's photos and COUNT
// lines "NAME I OTHER J" of two people's. Photo I of NAME is NAME/NAME_000I.jpg, a relative path. kCorrupt names the
// line that is none of these, or is missing.
Result<std::vector<PhotoPair>> ParseLfwPairs(std::string_view text);

// The same from the file; messages name it.
Result<std::vector<PhotoPair>> ReadLfwPairs(const std::filesystem::path& path);

}  // namespace kinfolder
