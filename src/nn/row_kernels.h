// The inner loops of small convolutional networks, one row of results at a time, for each kind of processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/aligned_bytes.h"
#include "nn/graph.h"

namespace kinfolder {

// Input channels whose bytes the kernels multiply at once.
inline constexpr std::int64_t kBytesAtOnce = 4;

// What the rows between layers are made of. Where they are on a grid (FakeQuantize), a byte b is step * (b - zero).
struct RowNumbers {
  bool are_bytes = false;  // else floats
  float step = 1;
  std::int32_t zero = 0;

  std::int64_t size() const { return are_bytes ? 1 : sizeof(float); }
};

// Rows hold pixels one after the other, each with its channels side by side, padded to `stride` numbers.
struct RowLayer {
  bool is_pool = false;  // maximum; else a convolution
  Window window;         // without padding; of equal strides, which are 1 for convolutions
  std::int64_t input_channels = 0;
  std::int64_t input_stride = 0;
  std::int64_t output_stride = 0;  // a whole number of vectors
  RowNumbers input;
  RowNumbers output;
  // Of convolutions: weights in the order in which the loops need them (PackWeights), bias, and what negative results
  // are multiplied by, for each of output_stride channels.
  AlignedBytes weights;
  AlignedBytes bias;
  AlignedBytes slope;
  AlignedBytes unit;  // of convolutions of bytes: what a sum of products is worth
};

struct RowKernels {
  std::int64_t lanes = 0;          // floats of a vector
  std::int64_t block_vectors = 0;  // the most vectors of channels that are computed together
  bool take_bytes = false;         // can they convolve rows of bytes?
  // One row of the first layer's input, of `width` pixels, from as many planes as it has channels, each `plane` floats
  // after the one before.
  void (*interleave)(const RowLayer& layer, const float* planes, std::int64_t plane, std::int64_t width,
                     std::byte* row) = nullptr;
  // One row of `width` results from the rows that its window is high.
  void (*convolve)(const RowLayer& layer, const std::byte* const* rows, std::int64_t width,
                   std::byte* results) = nullptr;
  // The same for the maximum of `count` rows of `input_width` pixels; windows may be cut by the right edge.
  void (*pool)(const RowLayer& layer, const std::byte* const* rows, std::int64_t count, std::int64_t input_width,
               std::int64_t width, std::byte* results) = nullptr;
};

// Those that this processor can run, the fastest first.
const std::vector<RowKernels>& RunnableRowKernels();

// The weights [outputs, inputs, height, width] of a convolution as `kernels` want them, with zeros where output_stride
// is more than the outputs: floats, or multiples of their steps for rows of bytes.
AlignedBytes PackWeights(const RowKernels& kernels, const RowLayer& layer, const float* weights, std::int64_t outputs);
AlignedBytes PackWeights(const RowKernels& kernels, const RowLayer& layer, const std::int8_t* weights,
                         std::int64_t outputs);

}  // namespace kinfolder
