#include "train/half.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kinfolder {
namespace {

constexpr int kFraction = 10;      // bits
constexpr int kExponentBias = 15;  // of the exponent
constexpr std::uint32_t kInfinity = 0x7C00;

}  // namespace

std::uint16_t ToHalf(float value) {
  const std::uint32_t sign = std::bit_cast<std::uint32_t>(value) >> 16U & 0x8000U;
  const float size = std::abs(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | kInfinity | 1U);
  if (size == 0) return static_cast<std::uint16_t>(sign);
  if (size >= 65536) return static_cast<std::uint16_t>(sign | kInfinity);
  int exponent = 0;
  std::frexp(size, &exponent);  // size = fraction * 2^exponent, fraction in [0.5, 1)
  // In units of the last place at this size, rounded to even by nearbyint.
  const int place = std::max(exponent - 1, 1 - kExponentBias) - kFraction;
  const auto units = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(size, -place)));
  // Normal numbers have the leading bit in `units`; a carry into the next exponent comes out right by itself.
  const auto steps = static_cast<std::uint32_t>(place + kFraction + kExponentBias - 1);
  return static_cast<std::uint16_t>(sign | (units + (steps << static_cast<unsigned>(kFraction))));
}

float FromHalf(std::uint16_t half) {
  const int exponent = half >> kFraction & 0x1F;
  const int fraction = half & 0x3FF;
  float size = 0;
  if (exponent == 0x1F) {
    size = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    size = std::ldexp(static_cast<float>(fraction), 1 - kExponentBias - kFraction);
  } else {
    size = std::ldexp(static_cast<float>(fraction + 0x400), exponent - kExponentBias - kFraction);
  }
  return (half & 0x8000) != 0 ? -size : size;
}

}  // namespace kinfolder
