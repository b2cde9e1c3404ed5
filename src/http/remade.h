// A value that is made of something that changes, and takes long to make.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "base/result.h"

namespace kinfolder {

// One caller at a time makes it. Safe to use from many threads at once.
template <class T>
class Remade {
 public:
  using Value = std::shared_ptr<const T>;
  // Given the last value, which it returns where nothing has changed; nullptr at first.
  using Make = std::function<Result<Value>(const Value& last)>;

  // With `may_be_old` the last value does, if it is of the same version, while another caller makes the next, and for a
  // while after: the longer it takes to make, so that no more than a twentieth of the time goes into it. Without, the
  // value is one whose making began after the call.
  Result<Value> Get(std::int64_t version, bool may_be_old, const Make& make) {
    std::unique_lock making(making_, std::defer_lock);
    const Made last = Last();
    if (may_be_old && last.value && last.version == version) {
      if (Clock::now() < last.rests_until || !making.try_lock()) return last.value;
    } else {
      const auto called = Clock::now();
      making.lock();
      if (Made next = Last(); next.value && next.began >= called) return next.value;
    }
    const auto began = Clock::now();
    ASSIGN_OR_RETURN(Value value, make(Last().value));
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    made_ = {std::move(value), version, began,
             now + std::max<Clock::duration>(kLeastRest, kRestPerMaking * (now - began))};
    return made_.value;
  }

  void Forget() {
    const std::lock_guard lock(mutex_);
    made_ = {};
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kLeastRest{3};
  static constexpr int kRestPerMaking = 19;

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

  std::mutex making_;
  std::mutex mutex_;  // of made_
  Made made_;
};

}  // namespace kinfolder
