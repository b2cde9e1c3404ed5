#include "base/processors.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// Of one control group; 0: not limited by it.
int QuotaOf(const fs::path& folder) {
  double quota = 0;
  double period = 0;
  if (std::ifstream(folder / "cpu.max") >> quota >> period) {  // "max 100000" is no number
  } else if (!(std::ifstream(folder / "cpu.cfs_quota_us") >> quota) ||
             !(std::ifstream(folder / "cpu.cfs_period_us") >> period)) {
    return 0;
  }
  return quota > 0 && period > 0 ? static_cast<int>(std::ceil(quota / period)) : 0;
}

// "0::/user.slice/session": of version 2, whose list of controllers is empty.
fs::path OwnGroup() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::/")) return line.substr(4);
  }
  return {};
}

}  // namespace

int ProcessorQuota(const fs::path& root, const fs::path& group) {
  int least = 0;
  const auto limit = [&least](int quota) {
    if (quota > 0) least = least == 0 ? quota : std::min(least, quota);
  };
  fs::path folder = root;
  limit(QuotaOf(folder));
  limit(QuotaOf(folder / "cpu"));  // version 1, inside a container
  for (const fs::path& part : group) limit(QuotaOf(folder /= part));
  return least;
}

int ProcessorCount() {
  static const int count = [] {
    const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const int quota = ProcessorQuota("/sys/fs/cgroup", OwnGroup());
    return quota > 0 ? std::min(processors, quota) : processors;
  }();
  return count;
}

}  // namespace kinfolder
