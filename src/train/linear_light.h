// Pictures as amounts of light, in which lenses, sensors and moving hands add up; IEC 61966-2-1 says how sRGB's 8 bits
// stand for light.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "image/image.h"

namespace kinfolder {

// Interleaved R, G, B; 0 is black, 1 is sRGB's white.
struct LinearImage {
  Size size;
  std::vector<float> values;
};

inline constexpr float kHalf = 0.5F;  // added before cutting off: much faster than std::lround

// The nearest sRGB value.
inline std::uint8_t ToByte(float srgb) { return static_cast<std::uint8_t>(std::clamp(srgb, 0.0F, 255.0F) + kHalf); }

float LightOf(std::uint8_t srgb);
// Less than black is black, more than white is white.
std::uint8_t SrgbOf(float light);

LinearImage ToLinear(const Image& image);
Image ToSrgb(const LinearImage& light);

}  // namespace kinfolder
