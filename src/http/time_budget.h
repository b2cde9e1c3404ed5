// A share of the time, for work that must not hold up other work.
#pragma once

#include <chrono>

namespace kinfolder {

// What is not spent is saved, up to a limit, so that a little work now and then never waits. Not thread-safe.
class TimeBudget {
 public:
  using Clock = std::chrono::steady_clock;

  // `share` is in seconds a second, above 0; the budget begins with `most_saved`.
  TimeBudget(double share, std::chrono::duration<double> most_saved)
      : share_(share), most_saved_(most_saved), saved_(most_saved) {}

  // How long to wait until some is left; 0 where some is.
  std::chrono::duration<double> Wait(Clock::time_point now) const;
  void Spend(std::chrono::duration<double> spent, Clock::time_point now);

 private:
  std::chrono::duration<double> SavedAt(Clock::time_point now) const;

  double share_;
  std::chrono::duration<double> most_saved_;
  std::chrono::duration<double> saved_;  // below 0: spent in advance
  Clock::time_point since_;
};

}  // namespace kinfolder
