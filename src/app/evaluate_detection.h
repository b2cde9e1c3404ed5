// How many of the true faces of a data set the detector finds, and how much else.
#pragma once

#include <array>
#include <filesystem>
#include <string_view>

#include "app/average_precision.h"
#include "base/parallel.h"
#include "base/result.h"
#include "faces/mtcnn.h"
#include "image/decode.h"

namespace kinfolder {

struct NamedHeights {
  std::string_view name;
  HeightRange heights;  // pixels of the upright photo as stored
};

// Faces under 8 pixels count nowhere: nobody could say whose they are.
inline constexpr HeightRange kCountedHeights{8};
inline constexpr std::array<NamedHeights, 6> kHeightBins = {{{"8-16", {8, 16}},
                                                             {"16-32", {16, 32}},
                                                             {"32-64", {32, 64}},
                                                             {"64-128", {64, 128}},
                                                             {"128+", {128}},
                                                             {"32+", {32}}}};

struct DetectionReport {
  int images = 0;
  AveragePrecision all;                                        // of kCountedHeights
  std::array<AveragePrecision, kHeightBins.size()> by_height;  // as kHeightBins
};

// `boxes` lists the faces as boxes_table.h says, of the photos below `images`. Fails with the first photo that can't be
// read.
Result<DetectionReport> EvaluateDetection(const Mtcnn& detector, const DecodeOptions& decode,
                                          const std::filesystem::path& images, const std::filesystem::path& boxes,
                                          const ParallelRun& run);

}  // namespace kinfolder
