// How often a password may be tried.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace kinfolder {

// Token buckets: a few tries at once, then one now and then; from one address, and from all together. This machine
// itself has its own tries, which nobody else can use up. Safe to use from many threads at once.
class LoginLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr int kTriesOfOne = 5;
  static constexpr std::chrono::seconds kWaitOfOne{30};
  static constexpr int kTriesOfAll = 20;
  static constexpr std::chrono::seconds kWaitOfAll{3};

  // Takes a try; where there is none left, how long to wait for the next. `address` in digits; all of an IPv6 network's
  // (/64, what one household has) count as one.
  std::optional<std::chrono::seconds> Take(const std::string& address, Time now);
  // It was the right password: the address has all its tries again, and the others theirs.
  void GiveBack(const std::string& address);

  std::size_t addresses() const;  // remembered: only who tried lately

 private:
  struct Bucket {
    double used = 0;  // tries
    Time since;

    double UsedAt(Time now, std::chrono::seconds wait) const;
  };

  mutable std::mutex mutex_;
  Bucket all_;
  std::map<std::string, Bucket> by_address_;
};

}  // namespace kinfolder
