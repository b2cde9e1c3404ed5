#include "train/exposure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "train/linear_light.h"

namespace kinfolder {
namespace {

// What light of one 8-bit value becomes: its mean and its noise, in fractions of white.
struct NoisyLight {
  float mean = 0;
  float deviation = 0;
};

}  // namespace

Image Darkened(const Image& image, float stops, float gain, const Sensor& sensor, Random& random) {
  std::array<NoisyLight, 256> levels;
  const float amplify = std::exp2(gain);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const float electrons = LightOf(static_cast<std::uint8_t>(i)) * std::exp2(-stops) * sensor.full_well;
    const float noise = std::sqrt(electrons + sensor.read_noise * sensor.read_noise);
    levels[i] = {electrons / sensor.full_well * amplify, noise / sensor.full_well * amplify};
  }
  NoiseSource noise(random);
  Image dark(image.width(), image.height());
  std::ranges::transform(image.pixels(), dark.pixels().begin(), [&](std::uint8_t value) {
    return SrgbOf(levels[value].mean + levels[value].deviation * noise.Next());
  });
  return dark;
}

Image LessContrast(const Image& image, float amount) {
  const auto pixels = image.pixels();
  const auto sum = std::accumulate(pixels.begin(), pixels.end(), std::uint64_t{0});
  const float mean = static_cast<float>(sum) / static_cast<float>(std::max<std::size_t>(pixels.size(), 1));
  std::array<std::uint8_t, 256> levels{};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = static_cast<std::uint8_t>(std::lround(mean + (1 - amount) * (static_cast<float>(i) - mean)));
  }
  Image flat(image.width(), image.height());
  std::ranges::transform(pixels, flat.pixels().begin(), [&](std::uint8_t value) { return levels[value]; });
  return flat;
}

Image Grey(const Image& image) {
  Image grey(image.width(), image.height());
  const auto from = image.pixels();
  const auto to = grey.pixels();
  for (std::size_t i = 0; i < from.size(); i += 3) {
    const int luma = (299 * from[i] + 587 * from[i + 1] + 114 * from[i + 2] + 500) / 1000;
    std::fill_n(to.begin() + static_cast<std::ptrdiff_t>(i), 3, static_cast<std::uint8_t>(luma));
  }
  return grey;
}

}  // namespace kinfolder
