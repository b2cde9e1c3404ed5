#include <algorithm>
#include <cmath>

#include "image/resample.h"

namespace kinfolder {
namespace {

// Bilinear between pixel middles; black pixels stand all around the picture.
void Sample(const Image& image, double x, double y, std::uint8_t* target) {
  x -= 0.5;
  y -= 0.5;
  if (!(x > -1 && y > -1 && x < image.width() && y < image.height())) return;
  const int left = static_cast<int>(std::floor(x));
  const int top = static_cast<int>(std::floor(y));
  const double right_share = x - left;
  const double lower_share = y - top;
  double sum[3] = {};
  for (int j = 0; j < 2; ++j) {
    for (int i = 0; i < 2; ++i) {
      const int source_x = left + i;
      const int source_y = top + j;
      if (source_x < 0 || source_y < 0 || source_x >= image.width() || source_y >= image.height()) continue;
      const double weight = (i == 1 ? right_share : 1 - right_share) * (j == 1 ? lower_share : 1 - lower_share);
      const std::uint8_t* pixel = image.row(source_y) + std::ptrdiff_t{3} * source_x;
      for (int channel = 0; channel < 3; ++channel) sum[channel] += weight * pixel[channel];
    }
  }
  for (int channel = 0; channel < 3; ++channel) target[channel] = static_cast<std::uint8_t>(std::lround(sum[channel]));
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
  if (!(determinant > 0)) return warped;
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
