#include "train/paint.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "train/linear_light.h"

namespace kinfolder {
namespace {

constexpr float kCropSide = 1 + 2 * kCropMargin;  // in fractions of the box

float Luma(const Color& color) { return 0.299F * color[0] + 0.587F * color[1] + 0.114F * color[2]; }

Color MeanColor(const Image& crop, float from, float to) {
  Color sum{};
  const int x1 = static_cast<int>(from * static_cast<float>(crop.width()));
  const int x2 = std::max(x1 + 1, static_cast<int>(to * static_cast<float>(crop.width())));
  const int y1 = static_cast<int>(from * static_cast<float>(crop.height()));
  const int y2 = std::max(y1 + 1, static_cast<int>(to * static_cast<float>(crop.height())));
  for (int y = y1; y < y2; ++y) {
    const std::uint8_t* row = crop.row(y);
    for (int x = x1; x < x2; ++x) {
      for (int channel = 0; channel < 3; ++channel) sum[channel] += static_cast<float>(row[3 * x + channel]);
    }
  }
  for (float& value : sum) value /= static_cast<float>((x2 - x1) * (y2 - y1));
  return sum;
}

// Cloth, plastic, wood, paper, metal: black, white and grey things are as common as coloured ones.
Color RandomColor(Random& random) {
  const float value = Uniform(random, 15, 235);
  if (Chance(random, 0.4F)) {
    const float tint = Uniform(random, -10, 10);
    return {value + tint, value, value - tint};
  }
  const float saturation = Uniform(random, 0.15F, 0.85F);
  const float hue = Uniform(random, 0, 2 * kPi);
  Color color{};
  for (int channel = 0; channel < 3; ++channel) {
    const float share = 0.5F + 0.5F * std::cos(hue - 2 * kPi / 3 * static_cast<float>(channel));
    color[channel] = value * (1 - saturation * (1 - share));
  }
  return color;
}

std::function<float(Point)> RandomWeave(Random& random) {
  const float angle = Uniform(random, 0, kPi);
  const float strength = Uniform(random, 0.1F, 0.6F);
  const float across_x = std::cos(angle) * Uniform(random, 12, 60);
  const float across_y = std::sin(angle) * Uniform(random, 12, 60);
  switch (random() % 5) {
    case 0:  // stripes
      return [=](Point p) {
        return 1 + strength * std::clamp(3 * std::sin(across_x * p.x + across_y * p.y), -1.0F, 1.0F);
      };
    case 1:  // checks
      return [=](Point p) {
        return 1 + strength * std::clamp(4 * std::sin(across_x * p.x + across_y * p.y) *
                                             std::sin(across_y * p.x - across_x * p.y),
                                         -1.0F, 1.0F);
      };
    case 2: {  // speckles, leaves, print
      const SmoothNoise noise(random, Uniform(random, 8, 24));
      return [=](Point p) { return 1 + strength * std::clamp(3 * noise.At(p), -1.0F, 1.0F); };
    }
    default:
      return [](Point) { return 1.0F; };
  }
}

}  // namespace

SmoothNoise::SmoothNoise(Random& random, float squares) : squares_(squares), values_() {
  for (float& value : values_) value = Uniform(random, -1, 1);
}

float SmoothNoise::At(Point point) const {
  const float x = point.x * squares_ + 64;
  const float y = point.y * squares_ + 64;
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  const float right_share = x - static_cast<float>(left);
  const float lower_share = y - static_cast<float>(top);
  const auto value = [&](int i, int j) { return values_[(j & (kSide - 1)) * kSide + (i & (kSide - 1))]; };
  const float upper = value(left, top) * (1 - right_share) + value(left + 1, top) * right_share;
  const float lower = value(left, top + 1) * (1 - right_share) + value(left + 1, top + 1) * right_share;
  return upper * (1 - lower_share) + lower * lower_share;
}

Color SkinOf(const Image& crop) { return MeanColor(crop, 0.35F, 0.65F); }

Material RandomMaterial(Random& random) {
  const float angle = Uniform(random, 0, 2 * kPi);
  const float slope = Uniform(random, 0, 0.5F);
  const SmoothNoise folds(random, Uniform(random, 1.5F, 5));
  const float depth = Uniform(random, 0, 0.3F);
  const std::function<float(Point)> weave = RandomWeave(random);
  const auto shaded = [=](Point p) {
    return weave(p) *
           (1 + slope * ((p.x - 0.5F) * std::cos(angle) + (p.y - 0.5F) * std::sin(angle)) + depth * folds.At(p));
  };
  return {RandomColor(random), shaded, 1, Uniform(random, 0, 0.6F)};
}

SampledShape::SampledShape(const Shape& shape) {
  distances_.reserve(std::size_t{kSide} * kSide);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      constexpr float kStep = kCropSide / (kSide - 1);
      distances_.push_back(
          shape({static_cast<float>(x) * kStep - kCropMargin, static_cast<float>(y) * kStep - kCropMargin}));
    }
  }
}

void SampledShape::CoverFraction(float fraction) {
  std::vector<float> inside;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const auto in_box = [](int i) {
        const float place = static_cast<float>(i) * kCropSide / (kSide - 1) - kCropMargin;
        return place >= 0 && place <= 1;
      };
      if (in_box(x) && in_box(y)) inside.push_back(distances_[y * kSide + x]);
    }
  }
  const auto count = static_cast<float>(inside.size());
  const auto place = inside.begin() + static_cast<std::ptrdiff_t>(std::clamp(fraction, 0.0F, 1.0F) * (count - 1));
  std::ranges::nth_element(inside, place);
  const float edge = *place;
  for (float& distance : distances_) distance -= edge;
}

float SampledShape::At(Point point) const {
  constexpr float kPerUnit = (kSide - 1) / kCropSide;
  const float x = std::clamp((point.x + kCropMargin) * kPerUnit, 0.0F, kSide - 1.001F);
  const float y = std::clamp((point.y + kCropMargin) * kPerUnit, 0.0F, kSide - 1.001F);
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  const float right_share = x - static_cast<float>(left);
  const float lower_share = y - static_cast<float>(top);
  const float* corner = distances_.data() + std::ptrdiff_t{1} * top * kSide + left;
  const float upper = corner[0] * (1 - right_share) + corner[1] * right_share;
  const float lower = corner[kSide] * (1 - right_share) + corner[kSide + 1] * right_share;
  return upper * (1 - lower_share) + lower * lower_share;
}

Image Painted(const Image& crop, const SampledShape& shape, const Material& material, Random& random) {
  constexpr float kUsualLuma = 115;  // of a well-lit face
  constexpr float kRim = 0.07F;      // how far in from its edge a thing looks round
  const float light = std::clamp(Luma(SkinOf(crop)) / kUsualLuma, 0.25F, 1.25F);
  const float pixels_per_unit = static_cast<float>(crop.width()) / kCropSide;
  const float sharpness = pixels_per_unit / Uniform(random, 1.0F, 2.5F);  // the edge is one to some pixels wide
  const float shadow = Uniform(random, 0, 0.35F);
  const float shadow_width = Uniform(random, 0.03F, 0.10F);
  const float grain = Uniform(random, 1, 4);
  NoiseSource noise(random);
  Image painted = crop;
  for (int y = 0; y < crop.height(); ++y) {
    std::uint8_t* pixel = painted.row(y);
    for (int x = 0; x < crop.width(); ++x, pixel += 3) {
      const Point point{(static_cast<float>(x) + 0.5F) / static_cast<float>(crop.width()) * kCropSide - kCropMargin,
                        (static_cast<float>(y) + 0.5F) / static_cast<float>(crop.height()) * kCropSide - kCropMargin};
      const float distance = shape.At(point);
      if (distance > shadow_width) continue;
      const float cover = material.opacity * std::clamp(0.5F - distance * sharpness, 0.0F, 1.0F);
      const float shade = 1 - shadow * std::clamp(1 - distance / shadow_width, 0.0F, 1.0F);
      const float rim = material.roundness * std::clamp(1 + distance / kRim, 0.0F, 1.0F);
      const float brightness = cover > 0 ? light * (1 - rim * rim) * material.pattern(point) : 0;
      const float speckle = cover > 0 ? grain * noise.Next() : 0;
      for (int channel = 0; channel < 3; ++channel) {
        const float front = material.color[channel] * brightness + speckle;
        const float seen = cover * front + (1 - cover) * shade * static_cast<float>(pixel[channel]);
        pixel[channel] = ToByte(seen);
      }
    }
  }
  return painted;
}

float DistanceToSegment(Point point, Point a, Point b) {
  const Point along{b.x - a.x, b.y - a.y};
  const Point from{point.x - a.x, point.y - a.y};
  const float squared = along.x * along.x + along.y * along.y;
  const float share = squared > 0 ? std::clamp((from.x * along.x + from.y * along.y) / squared, 0.0F, 1.0F) : 0;
  const float dx = from.x - share * along.x;
  const float dy = from.y - share * along.y;
  return std::sqrt(dx * dx + dy * dy);
}

}  // namespace kinfolder
