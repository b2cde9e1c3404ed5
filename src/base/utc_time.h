// Moments as text, in UTC.
#pragma once

#include <cstdint>
#include <string>

namespace kinfolder {

// "2019-05-04T12:30:00Z"; `milliseconds` since 1970.
std::string UtcTime(std::int64_t milliseconds);

// This moment, as strftime's `format` says.
std::string UtcNow(const char* format);

}  // namespace kinfolder
