// One run at a time changes the catalogue and the folders: a lock file that says who holds it.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace kinfolder {

// Held until destroyed, or until the process ends in any way.
class WorkspaceLock {
 public:
  // kLocked with the holder's process, verb and start when another run has it.
  static Result<WorkspaceLock> Acquire(const std::filesystem::path& file, std::string_view verb);

  WorkspaceLock(WorkspaceLock&& other) noexcept;
  WorkspaceLock& operator=(WorkspaceLock&& other) noexcept;
  ~WorkspaceLock();

 private:
  explicit WorkspaceLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace kinfolder
