// A value that is made of something that changes, and takes long to make.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "base/result.h"

namespace kinfolder {

// One caller at a time makes it. Safe to use from many threads at once.
template <class T>
class Remade {
 public:
  using Clock = std::chrono::steady_clock;
  using Value = std::shared_ptr<const T>;
  // Given the last value, which it returns where nothing has changed; nullptr at first.
  using Make = std::function<Result<Value>(const Value& last)>;

  // A value rests at least so long.
  explicit Remade(Clock::duration least_rest = std::chrono::seconds(3)) : least_rest_(least_rest) {}

  // With `may_be_old` the last value does, if it is of the same version. The next is made meanwhile, by a thread of its
  // own, once the last has rested: the longer, the longer it took to make, so that no more than a thirtieth of the time
  // goes into it. Without, the value is one whose making began after the call.
  Result<Value> Get(std::int64_t version, bool may_be_old, const Make& make) {
    const Made last = Last();
    if (may_be_old && last.value && last.version == version) {
      if (Clock::now() >= last.rests_until) MakeMeanwhile(version, make);
      return last.value;
    }
    const auto called = Clock::now();
    const std::lock_guard making(making_);
    if (Made next = Last(); next.value && next.began >= called) return next.value;
    return MakeNext(version, make);
  }

  // Until nothing is made meanwhile any more; nobody may call Get at the same time.
  void Wait() {
    if (meanwhile_.joinable()) meanwhile_.join();
  }

  void Forget() {
    const std::lock_guard lock(mutex_);
    made_ = {};
  }

 private:
  static constexpr int kRestPerMaking = 29;

  struct Made {
    Value value;
    std::int64_t version = 0;
    Clock::time_point began;
    Clock::time_point rests_until;
  };

  Made Last() {
    const std::lock_guard lock(mutex_);
    return made_;
  }

  Result<Value> MakeNext(std::int64_t version, const Make& make) {
    const auto began = Clock::now();
    ASSIGN_OR_RETURN(Value value, make(Last().value));
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    made_ = {std::move(value), version, began, now + std::max(least_rest_, kRestPerMaking * (now - began))};
    return made_.value;
  }

  void MakeMeanwhile(std::int64_t version, const Make& make) {
    if (is_made_meanwhile_.exchange(true)) return;
    meanwhile_ = std::jthread([this, version, make] {  // the one before is over
      {
        const std::lock_guard making(making_);
        // One that can't be made leaves the last as it is; whoever asks next tries again.
        static_cast<void>(MakeNext(version, make));
      }
      is_made_meanwhile_ = false;
    });
  }

  const Clock::duration least_rest_;
  std::mutex making_;
  std::mutex mutex_;  // of made_
  Made made_;
  std::atomic<bool> is_made_meanwhile_{false};
  std::jthread meanwhile_;  // the last to be made, the first to go
};

}  // namespace kinfolder
