#include "base/utc_time.h"

#include <array>
#include <ctime>

namespace kinfolder {
namespace {

std::string Text(std::time_t time, const char* format) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &utc)};
}

}  // namespace

std::string UtcTime(std::int64_t milliseconds) {
  return Text(static_cast<std::time_t>(milliseconds / 1000), "%Y-%m-%dT%H:%M:%SZ");
}

std::string UtcNow(const char* format) { return Text(std::time(nullptr), format); }

}  // namespace kinfolder
