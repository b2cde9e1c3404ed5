// Every operator as one plain loop nest over row-major tensors: the meaning of the IR, which the fast session is held
// to, and which it falls back on where speed does not matter.
#pragma once

#include <span>

#include "nn/graph.h"
#include "nn/tensor.h"

namespace kinfolder {

// Row-major floats somewhere; null data for an absent input.
struct TensorView {
  Shape shape;
  const float* data = nullptr;
};

// Computes `node` into `output`, which has room for `output_shape` (OutputShape of the inputs' shapes).
void Evaluate(const Node& node, std::span<const TensorView> inputs, const Shape& output_shape, float* output);

}  // namespace kinfolder
