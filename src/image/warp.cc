#include <algorithm>
#include <cmath>

#include "image/resample.h"

namespace kinfolder {
namespace {

// Bilinear between pixel middles; beyond the edge as at the edge.
void Sample(const Image& image, double x, double y, std::uint8_t* target) {
  x = std::clamp(x - 0.5, 0.0, image.width() - 1.0);
  y = std::clamp(y - 0.5, 0.0, image.height() - 1.0);
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  const double right_share = x - left;
  const double lower_share = y - top;
  const std::ptrdiff_t next = left + 1 < image.width() ? 3 : 0;
  const std::uint8_t* upper = image.row(top) + std::ptrdiff_t{3} * left;
  const std::uint8_t* lower = image.row(std::min(top + 1, image.height() - 1)) + std::ptrdiff_t{3} * left;
  for (std::ptrdiff_t channel = 0; channel < 3; ++channel) {
    const double above = (1 - right_share) * upper[channel] + right_share * upper[channel + next];
    const double below = (1 - right_share) * lower[channel] + right_share * lower[channel + next];
    target[channel] = static_cast<std::uint8_t>(std::lround((1 - lower_share) * above + lower_share * below));
  }
}

Point Mean(const Landmarks& points) {
  Point mean;
  for (const Point& point : points) {
    mean.x += point.x / static_cast<float>(points.size());
    mean.y += point.y / static_cast<float>(points.size());
  }
  return mean;
}

}  // namespace

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
  const bool is_finite = std::isfinite(1 / determinant + crop_from_photo.tx + crop_from_photo.ty);
  if (image.empty() || !is_finite) return warped;
  for (int y = 0; y < size.height; ++y) {
    std::uint8_t* target = warped.row(y);
    for (int x = 0; x < size.width; ++x, target += 3) {
      const double dx = x + 0.5 - crop_from_photo.tx;
      const double dy = y + 0.5 - crop_from_photo.ty;
      Sample(image, (a * dx + b * dy) / determinant, (a * dy - b * dx) / determinant, target);
    }
  }
  return warped;
}

}  // namespace kinfolder
