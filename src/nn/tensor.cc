#include "nn/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kinfolder {

std::int64_t ElementCount(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dimension : shape) count *= dimension;
  return count;
}

Tensor Dequantized(const QuantizedTensor& quantized) {
  Tensor tensor{quantized.shape, std::vector<float>(quantized.multiples.size())};
  const std::size_t row = tensor.values.size() / quantized.steps.size();
  for (std::size_t i = 0; i < tensor.values.size(); ++i)
    tensor.values[i] = quantized.steps[i / row] * static_cast<float>(quantized.multiples[i]);
  return tensor;
}

std::string ToString(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace kinfolder
