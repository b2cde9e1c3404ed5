// How long work tells how far it is, and how it is asked to stop. Libraries report; only app/ and above print.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace kinfolder {

struct ProgressUpdate {
  std::uint64_t done = 0;
  std::uint64_t total = 0;   // 0: not known yet
  std::uint64_t failed = 0;  // of `done`
  std::string current;       // the item just finished, for people
};

// Called from one thread at a time, often; cheap to ignore.
using ProgressFunction = std::function<void(const ProgressUpdate&)>;

// Set once, from a signal handler or another thread; long work looks at it between items.
class StopFlag {
 public:
  void Stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }
  bool stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> stopped_{false};
};
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace kinfolder
