// Makes a package with 8-bit weights of another (nn/quantize.h).
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/settings.h"
#include "base/progress.h"
#include "base/result.h"

namespace kinfolder {

struct QuantizeRequest {
  std::string package;                          // what is quantised
  std::string id;                               // what the new package is called
  std::vector<std::filesystem::path> pictures;  // photos and folders of photos with faces
  std::filesystem::path models;                 // the folder that the new package goes into
};

struct QuantizeResult {
  std::filesystem::path folder;  // of the new package
  std::size_t convolutions = 0;
  std::size_t in_8_bits = 0;  // of them
  std::size_t faces = 0;      // that both packages were compared by
  // Of a package that tells faces apart: how the vectors of a face agree, on average.
  std::optional<double> cosine;
  // Of a detector: how many of the faces that the old package finds the new one finds, and how many more.
  std::optional<std::size_t> found;
  std::optional<std::size_t> others;
};

// Looks at up to 256 faces, for a detector at up to 64 pictures, of those given evenly spread; an embedder's faces are
// found by the detector of the settings. The new package appears whole or not at all. kInvalidArgument for a name that
// no package can have, and for fewer than 16 faces; kAlreadyExists where there is a package of that name.
Result<QuantizeResult> QuantizePackage(const QuantizeRequest& request, const Settings& settings,
                                       const Environment& environment, const ProgressFunction& progress,
                                       const StopFlag& stop);

}  // namespace kinfolder
