// How many processors this process may use.
#pragma once

#include <filesystem>

namespace kinfolder {

// At least 1: the processors that it may run on, or fewer where its control group (Linux kernel, cgroup v2: cpu.max;
// v1: cpu.cfs_quota_us) gives it the time of fewer, as in a container.
int ProcessorCount();

// As much processor time as the control groups allow, in processors, rounded up; 0: as much as there is. `root` is
// where control groups are mounted, `group` the process's own below it.
int ProcessorQuota(const std::filesystem::path& root, const std::filesystem::path& group);

}  // namespace kinfolder
