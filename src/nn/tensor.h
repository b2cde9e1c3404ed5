// Dense float32 tensors in row-major order, e.g. pictures as [N, C, H, W].
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kinfolder {

using Shape = std::vector<std::int64_t>;

// Product of the dimensions; 1 for a scalar.
std::int64_t ElementCount(const Shape& shape);

// "[1, 3, 160, 160]".
std::string ToString(const Shape& shape);

struct Tensor {
  Shape shape;
  std::vector<float> values;  // ElementCount(shape) of them

  bool operator==(const Tensor&) const = default;
};

// Values as 8-bit numbers: multiples of a step.
struct QuantizedTensor {
  Shape shape;                         // of one dimension at least
  std::vector<std::int8_t> multiples;  // ElementCount(shape) of them, from -127 to 127
  std::vector<float> steps;            // one for each place of the first dimension

  bool operator==(const QuantizedTensor&) const = default;
};

Tensor Dequantized(const QuantizedTensor& quantized);
// The opposite, of values that are multiples of the steps already.
QuantizedTensor Quantized(const Tensor& tensor, std::vector<float> steps);

}  // namespace kinfolder
