#include "train/smear.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "train/linear_light.h"

namespace kinfolder {
namespace {

// How much of the light `dx`, `dy` pixels away lands here.
struct Tap {
  int dx = 0;
  int dy = 0;
  float weight = 0;
};

// The picture with `border` more pixels on each side, copies of the nearest one.
LinearImage Padded(const LinearImage& light, int border) {
  const auto [width, height] = light.size;
  LinearImage padded{{width + 2 * border, height + 2 * border}, {}};
  padded.values.reserve(std::size_t{3} * padded.size.width * padded.size.height);
  for (int y = -border; y < height + border; ++y) {
    const float* row = light.values.data() + std::size_t{3} * width * std::clamp(y, 0, height - 1);
    for (int x = 0; x < border; ++x) padded.values.insert(padded.values.end(), row, row + 3);
    padded.values.insert(padded.values.end(), row, row + std::ptrdiff_t{3} * width);
    const float* last = row + std::ptrdiff_t{3} * (width - 1);
    for (int x = 0; x < border; ++x) padded.values.insert(padded.values.end(), last, last + 3);
  }
  return padded;
}

LinearImage Gathered(const LinearImage& light, std::span<const Tap> taps) {
  int border = 0;
  for (const Tap& tap : taps) border = std::max({border, std::abs(tap.dx), std::abs(tap.dy)});
  const LinearImage padded = Padded(light, border);
  const std::size_t row_values = std::size_t{3} * light.size.width;
  LinearImage gathered{light.size, std::vector<float>(light.values.size())};
  for (int y = 0; y < light.size.height; ++y) {
    float* target = gathered.values.data() + row_values * y;
    for (const Tap& tap : taps) {
      const float* source =
          padded.values.data() +
          std::ptrdiff_t{3} * (std::ptrdiff_t{1} * padded.size.width * (y + border + tap.dy) + border + tap.dx);
      const float weight = tap.weight;  // no alias of what is written: lets the loop become vectors
      for (std::size_t i = 0; i < row_values; ++i) target[i] += weight * source[i];
    }
  }
  return gathered;
}

void Normalize(std::vector<Tap>& taps) {
  float sum = 0;
  for (const Tap& tap : taps) sum += tap.weight;
  for (Tap& tap : taps) tap.weight /= sum;
}

}  // namespace

Image GaussianBlurred(const Image& image, float deviation) {
  if (deviation <= 0 || image.empty()) return image;
  const int reach = static_cast<int>(std::ceil(2.5F * deviation));  // what lies farther is 1 % of all
  std::vector<Tap> across;
  std::vector<Tap> down;
  for (int i = -reach; i <= reach; ++i) {
    const float distance = static_cast<float>(i) / deviation;
    across.push_back({i, 0, std::exp(-distance * distance / 2)});
    down.push_back({0, i, across.back().weight});
  }
  Normalize(across);
  Normalize(down);
  return ToSrgb(Gathered(Gathered(ToLinear(image), across), down));
}

Image MotionBlurred(const Image& image, float length, Random& random) {
  if (length <= 0 || image.empty()) return image;
  const float angle = Uniform(random, 0, std::numbers::pi_v<float>);
  const float bend = Uniform(random, -0.5F, 0.5F);
  const int samples = std::max(2, static_cast<int>(std::ceil(2 * length)));
  std::map<std::pair<int, int>, float> cells;
  for (int i = 0; i < samples; ++i) {
    const float along = static_cast<float>(i) / static_cast<float>(samples - 1) - 0.5F;
    const float aside = bend * (along * along - 1.0F / 12);
    const float x = length * (along * std::cos(angle) - aside * std::sin(angle));
    const float y = length * (along * std::sin(angle) + aside * std::cos(angle));
    const int left = static_cast<int>(std::floor(x));
    const int top = static_cast<int>(std::floor(y));
    const float right_share = x - static_cast<float>(left);
    const float lower_share = y - static_cast<float>(top);
    cells[{left, top}] += (1 - right_share) * (1 - lower_share);
    cells[{left + 1, top}] += right_share * (1 - lower_share);
    cells[{left, top + 1}] += (1 - right_share) * lower_share;
    cells[{left + 1, top + 1}] += right_share * lower_share;
  }
  std::vector<Tap> taps;
  for (const auto& [place, weight] : cells) {
    if (weight > 1e-3F) taps.push_back({place.first, place.second, weight});
  }
  Normalize(taps);
  return ToSrgb(Gathered(ToLinear(image), taps));
}

}  // namespace kinfolder
