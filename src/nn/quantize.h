// Post-training quantisation: a network's convolutions in 8-bit numbers, which processors multiply four times as fast.
// Weights get a step for each output channel, activations a grid each, both chosen for the least squared error on
// pictures of the kind that the network will see (Nagel et al. 2021, "A White Paper on Neural Network Quantization",
// sections 2.3 and 3).
#pragma once

#include <cstddef>
#include <span>

#include "base/progress.h"
#include "base/result.h"
#include "nn/graph.h"
#include "nn/tensor.h"

namespace kinfolder {

struct QuantizedNetwork {
  Graph graph;                   // as WriteOnnx takes it
  std::size_t convolutions = 0;  // of the network
  std::size_t in_8_bits = 0;     // of them
  // Sum over pictures of |q - f|^2 by that of |f|^2, of an output in 8-bit numbers and in float32: the largest over the
  // outputs.
  double error = 0;
};

// `batches` are inputs of the network, which takes one. The last quarter of them is what the error is measured on; the
// steps are chosen by the others. Where the error would be more than 0.002 (of unit vectors: a cosine below 0.999), the
// convolutions that alone add most to it are kept in float32, as always those that take the input itself, but for
// networks that run row by row. kInvalidArgument without batches and for networks of several inputs; kUnsupported where
// no convolution can be done in 8-bit numbers, or where the processor has no instructions for them; kInterrupted.
Result<QuantizedNetwork> QuantizeNetwork(const Graph& graph, std::span<const Tensor> batches,
                                         const ProgressFunction& progress, const StopFlag& stop);

}  // namespace kinfolder
