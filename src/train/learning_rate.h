// How fast a training learns, step by step.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace kinfolder {

struct LearningPace {
  double highest = 0;
  std::int64_t steps = 0;     // of the whole training
  std::int64_t warmup = 0;    // steps at the beginning
  std::int64_t cooldown = 0;  // steps at the end; 0: all after the warm-up
};

// Rises over the warm-up, stays, and falls over the cool-down as half a cosine to nothing (Loshchilov, Hutter 2017,
// "SGDR"; staying in between: Hägele et al. 2024, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training
// Durations"). `step` counts from 0.
inline double LearningRateAt(const LearningPace& pace, std::int64_t step) {
  if (step < pace.warmup) {
    return pace.highest * static_cast<double>(step + 1) / static_cast<double>(pace.warmup);
  }
  const std::int64_t falling = pace.cooldown > 0 ? pace.cooldown : pace.steps - pace.warmup;
  const auto left = static_cast<double>(pace.steps - step) / static_cast<double>(std::max<std::int64_t>(falling, 1));
  return pace.highest / 2 * (1 - std::cos(std::numbers::pi * std::min(left, 1.0)));
}

}  // namespace kinfolder
