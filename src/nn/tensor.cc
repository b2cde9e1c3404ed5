#include "nn/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kinfolder {

std::int64_t ElementCount(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dimension : shape) count *= dimension;
  return count;
}

std::string ToString(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace kinfolder
