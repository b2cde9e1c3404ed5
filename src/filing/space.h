// Whether what is to be written fits on the disk, asked before anything is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kinfolder {

// kNoSpace with both figures when the file system that holds `folder` (or its nearest parent that exists) has less
// than `bytes` free. `what` begins the sentence: "filing these photos".
Status CheckFreeSpace(const std::filesystem::path& folder, std::uint64_t bytes, std::string_view what);

// "999 bytes", "12.3 MB", "4.5 GB"; powers of 1000, as drives are sold.
std::string HumanBytes(std::uint64_t bytes);

}  // namespace kinfolder
