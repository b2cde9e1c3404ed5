#include "nn/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <utility>

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

QuantizedTensor Quantized(const Tensor& tensor, std::vector<float> steps) {
  QuantizedTensor quantized{tensor.shape, std::vector<std::int8_t>(tensor.values.size()), std::move(steps)};
  const std::size_t row = tensor.values.size() / quantized.steps.size();
  for (std::size_t i = 0; i < tensor.values.size(); ++i)
    quantized.multiples[i] = static_cast<std::int8_t>(std::lround(tensor.values[i] / quantized.steps[i / row]));
  return quantized;
}

std::string ToString(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace kinfolder
