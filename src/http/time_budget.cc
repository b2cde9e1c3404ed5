#include "http/time_budget.h"

#include <algorithm>

namespace kinfolder {

std::chrono::duration<double> TimeBudget::SavedAt(Clock::time_point now) const {
  return std::min<std::chrono::duration<double>>(most_saved_, saved_ + share_ * (now - since_));
}

std::chrono::duration<double> TimeBudget::Wait(Clock::time_point now) const {
  const std::chrono::duration<double> saved = SavedAt(now);
  return saved.count() > 0 ? std::chrono::duration<double>(0) : -saved / share_;
}

void TimeBudget::Spend(std::chrono::duration<double> spent, Clock::time_point now) {
  saved_ = SavedAt(now) - spent;
  since_ = now;
}

}  // namespace kinfolder
