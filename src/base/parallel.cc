#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/processors.h"

namespace kinfolder {
namespace {

class ParallelLoop {
 public:
  ParallelLoop(std::size_t count, const ParallelRun& run, const std::function<Status(std::size_t)>& work)
      : count_(count), run_(run), work_(work) {}

  void TakeItems() {
    while (!over_) {
      const std::size_t item = next_++;
      if (item >= count_) return;
      if (run_.stop != nullptr && run_.stop->stopped()) {
        return Finish(Fail(ErrorCode::kInterrupted, "stopped after {} of {}", done_, count_));
      }
      Finish(work_(item));
    }
  }

  Status TakeResult() {
    if (failure_) return Fail(*std::move(failure_));
    return {};
  }

 private:
  void Finish(Status status) {
    const std::scoped_lock lock(mutex_);
    if (!status) {
      over_ = true;
      if (!failure_) failure_ = std::move(status).error();
      return;
    }
    ++done_;
    if (run_.progress) run_.progress({done_, count_, 0, ""});
  }

  const std::size_t count_;
  const ParallelRun& run_;
  const std::function<Status(std::size_t)>& work_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> over_ = false;
  std::mutex mutex_;
  std::atomic<std::size_t> done_ = 0;
  std::optional<Error> failure_;
};

}  // namespace

Status ForEachInParallel(std::size_t count, const ParallelRun& run, const std::function<Status(std::size_t)>& work) {
  ParallelLoop loop(count, run, work);
  const std::size_t jobs =
      run.jobs > 0 ? static_cast<std::size_t>(run.jobs) : static_cast<std::size_t>(ProcessorCount());
  const std::size_t threads = std::min(count, jobs);
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back([&loop] { loop.TakeItems(); });
    loop.TakeItems();
  }
  return loop.TakeResult();
}

}  // namespace kinfolder
