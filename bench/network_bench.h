// Single networks on one core, beside ONNX Runtime with the same files where that is installed (bench/peers).
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/image.h"
#include "measurement.h"
#include "nn/model_package.h"

namespace kinfolder::bench {

// P-Net on a picture of 640 x 480, R-Net and O-Net on the batches in which they are used: milliseconds a run.
Result<std::vector<Measurement>> BenchDetectorNetworks(const ModelPackage& detector, int runs);

// The recognition network in batches of 8, in float32 and in 8-bit numbers (quantised by `crops`, a whole number of
// batches): milliseconds a face. The baseline of both is ONNX Runtime in float32, or else float32 for the second.
Result<std::vector<Measurement>> BenchEmbedderNetwork(const ModelPackage& embedder, std::span<const Image> crops,
                                                      int runs);

}  // namespace kinfolder::bench
