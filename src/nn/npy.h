// NumPy's file format for one array (numpy.org/doc/stable/reference/generated/numpy.lib.format.html), read.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "nn/tensor.h"

namespace kinfolder {

// The array in the bytes of a .npy file: float32, little endian, in C order; kUnsupported for others, kCorrupt for what
// is cut, too long or no array at all. Any bytes may be given. `name` is what messages call the file.
Result<Tensor> ReadNpy(std::span<const std::byte> bytes, std::string_view name);

}  // namespace kinfolder
