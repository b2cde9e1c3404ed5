// Draws that are the same with every standard library, and noise that is drawn by the million.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>

namespace kinfolder {

using Random = std::mt19937;

// From `low` to `high`.
inline float Uniform(Random& random, float low, float high) {
  return low + (high - low) * (static_cast<float>(random() >> 8U) * 0x1p-24F);
}

inline bool Chance(Random& random, float probability) { return Uniform(random, 0, 1) < probability; }

template <class T, std::size_t kCount>
const T& OneOf(Random& random, const std::array<T, kCount>& choices) {
  return choices[random() % kCount];
}

// Normal numbers as the sum of four uniform ones, which is right to 3 standard deviations and ends at 3.5; Steele, Lea,
// Flood: "Fast splittable pseudorandom number generators", 2014 (SplitMix64).
class NoiseSource {
 public:
  explicit NoiseSource(Random& random) {
    state_ = random();
    state_ = state_ << 32U | random();
  }

  // Mean 0, variance 1.
  float Next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t bits = (state_ ^ (state_ >> 30U)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
    bits ^= bits >> 31U;
    const auto sum =
        static_cast<int>((bits & 0xFFFFU) + (bits >> 16U & 0xFFFFU) + (bits >> 32U & 0xFFFFU) + (bits >> 48U));
    constexpr float kMean = 2 * 65535.0F;
    constexpr float kScale = 1.7320508F / 65536;  // a uniform number's variance is 1/12 of its range squared
    return (static_cast<float>(sum) - kMean) * kScale;
  }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace kinfolder
