#include "filing/space.h"

#include <sys/statvfs.h>

#include <array>
#include <cerrno>

#include "base/file.h"

namespace kinfolder {

Status CheckFreeSpace(const std::filesystem::path& folder, std::uint64_t bytes, std::string_view what) {
  std::filesystem::path place = folder;
  struct statvfs status {};
  while (::statvfs(place.c_str(), &status) != 0) {
    if (errno != ENOENT || !place.has_relative_path()) return Fail(FileError(errno, "look at", place));
    place = place.parent_path();
  }
  const std::uint64_t available = std::uint64_t{status.f_bavail} * status.f_frsize;
  if (bytes <= available) return {};
  return Fail(ErrorCode::kNoSpace, "{} takes {}, but {} has only {} free", what, HumanBytes(bytes), place.string(),
              HumanBytes(available));
}

std::string HumanBytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  static constexpr std::array<std::string_view, 6> kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace kinfolder
