// A file that is put beside others, and never over one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace kinfolder {

// Writes `bytes` into `folder` (made when missing) as `name`, or the first NumberedName of it that is free, and returns
// where they are. `name` as SafeName gives it.
Result<std::filesystem::path> WriteNewFile(const std::filesystem::path& folder, const std::string& name,
                                           std::span<const std::byte> bytes);

}  // namespace kinfolder
