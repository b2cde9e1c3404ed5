#include <algorithm>
#include <array>
#include <cmath>

#include "image/resample.h"

namespace kinfolder {
namespace {

Point Mean(const Landmarks& points) {
  Point mean;
  for (const Point& point : points) {
    mean.x += point.x / static_cast<float>(points.size());
    mean.y += point.y / static_cast<float>(points.size());
  }
  return mean;
}

}  // namespace

std::array<float, 3> ColorAt(const Image& image, float x, float y) {
  const float left = std::clamp(x - 0.5F, 0.0F, static_cast<float>(image.width() - 1));
  const float top = std::clamp(y - 0.5F, 0.0F, static_cast<float>(image.height() - 1));
  const int x1 = static_cast<int>(left);
  const int y1 = static_cast<int>(top);
  const std::size_t next = x1 + 1 < image.width() ? 3 : 0;
  const float right = left - static_cast<float>(x1);
  const float low = top - static_cast<float>(y1);
  const std::uint8_t* upper = image.row(y1) + std::size_t{3} * x1;
  const std::uint8_t* lower = image.row(std::min(y1 + 1, image.height() - 1)) + std::size_t{3} * x1;
  std::array<float, 3> color{};
  for (std::size_t i = 0; i < 3; ++i) {
    const float above = static_cast<float>(upper[i]) * (1 - right) + static_cast<float>(upper[next + i]) * right;
    const float below = static_cast<float>(lower[i]) * (1 - right) + static_cast<float>(lower[next + i]) * right;
    color[i] = above * (1 - low) + below * low;
  }
  return color;
}

Similarity FitSimilarity(const Landmarks& from, const Landmarks& to) {
  const Point from_mean = Mean(from);
  const Point to_mean = Mean(to);
  double along = 0;
  double across = 0;
  double spread = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double x = from[i].x - from_mean.x;
    const double y = from[i].y - from_mean.y;
    const double to_x = to[i].x - to_mean.x;
    const double to_y = to[i].y - to_mean.y;
    along += x * to_x + y * to_y;
    across += x * to_y - y * to_x;
    spread += x * x + y * y;
  }
  const double a = spread > 0 ? along / spread : 1;
  const double b = spread > 0 ? across / spread : 0;
  return {static_cast<float>(a), static_cast<float>(b),
          static_cast<float>(to_mean.x - a * from_mean.x + b * from_mean.y),
          static_cast<float>(to_mean.y - b * from_mean.x - a * from_mean.y)};
}

Image Warp(const Image& image, const Similarity& crop_from_photo, Size size) {
  if (size.width <= 0 || size.height <= 0) return {};
  Image warped(size.width, size.height);
  const double a = crop_from_photo.a;
  const double b = crop_from_photo.b;
  const double determinant = a * a + b * b;
  const bool is_finite = std::isfinite(1 / static_cast<float>(determinant) + crop_from_photo.tx + crop_from_photo.ty);
  if (image.empty() || !is_finite) return warped;
  for (int y = 0; y < size.height; ++y) {
    std::uint8_t* target = warped.row(y);
    for (int x = 0; x < size.width; ++x, target += 3) {
      const double dx = x + 0.5 - crop_from_photo.tx;
      const double dy = y + 0.5 - crop_from_photo.ty;
      const auto from_x = static_cast<float>((a * dx + b * dy) / determinant);
      const auto from_y = static_cast<float>((a * dy - b * dx) / determinant);
      const std::array<float, 3> color = ColorAt(image, from_x, from_y);
      std::ranges::transform(color, target, [](float v) { return static_cast<std::uint8_t>(std::lround(v)); });
    }
  }
  return warped;
}

}  // namespace kinfolder
