// Makes a package with 8-bit weights of one that tells faces apart (nn/quantize.h).
#pragma once

#include <cstddef>
#include <filesystem>
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
  std::size_t faces = 0;         // that the steps were chosen by and the loss measured on
  std::size_t convolutions = 0;
  std::size_t in_8_bits = 0;  // of them
  double cosine = 0;          // of a face's vectors by both packages, on average
};

// Looks at up to 256 faces, of pictures evenly spread over those given; the detector is that of the settings. The new
// package appears whole or not at all. kInvalidArgument for a package that finds faces, for a name that no package can
// have, and for fewer than 16 faces; kAlreadyExists where there is a package of that name.
Result<QuantizeResult> QuantizeEmbedder(const QuantizeRequest& request, const Settings& settings,
                                        const Environment& environment, const ProgressFunction& progress,
                                        const StopFlag& stop);

}  // namespace kinfolder
