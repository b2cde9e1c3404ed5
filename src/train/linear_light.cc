#include "train/linear_light.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace kinfolder {
namespace {

// Fine enough that black's neighbours, 1/3295 of light apart, are some five steps wide.
constexpr int kSteps = 16384;

std::array<float, 256> MakeLightTable() {
  std::array<float, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double srgb = static_cast<double>(i) / 255;
    table[i] = static_cast<float>(srgb <= 0.04045 ? srgb / 12.92 : std::pow((srgb + 0.055) / 1.055, 2.4));
  }
  return table;
}

std::vector<std::uint8_t> MakeSrgbTable() {
  std::vector<std::uint8_t> table(kSteps + 1);
  for (int i = 0; i <= kSteps; ++i) {
    const double light = static_cast<double>(i) / kSteps;
    const double srgb = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
    table[i] = static_cast<std::uint8_t>(std::lround(255 * srgb));
  }
  return table;
}

const std::array<float, 256>& LightTable() {
  static const std::array<float, 256> table = MakeLightTable();
  return table;
}

const std::vector<std::uint8_t>& SrgbTable() {
  static const std::vector<std::uint8_t> table = MakeSrgbTable();
  return table;
}

std::uint8_t LookUp(const std::vector<std::uint8_t>& table, float light) {
  return table[static_cast<std::size_t>(std::clamp(light, 0.0F, 1.0F) * kSteps + kHalf)];
}

}  // namespace

float LightOf(std::uint8_t srgb) { return LightTable()[srgb]; }

std::uint8_t SrgbOf(float light) { return LookUp(SrgbTable(), light); }

LinearImage ToLinear(const Image& image) {
  const std::array<float, 256>& table = LightTable();
  LinearImage light{image.size(), std::vector<float>(image.pixels().size())};
  std::ranges::transform(image.pixels(), light.values.begin(), [&](std::uint8_t value) { return table[value]; });
  return light;
}

Image ToSrgb(const LinearImage& light) {
  const std::vector<std::uint8_t>& table = SrgbTable();
  Image image(light.size.width, light.size.height);
  std::ranges::transform(light.values, image.pixels().begin(), [&](float value) { return LookUp(table, value); });
  return image;
}

}  // namespace kinfolder
