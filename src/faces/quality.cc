#include "faces/quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "image/resample.h"

namespace kinfolder {
namespace {

constexpr float kDegrees = 180 / std::numbers::pi_v<float>;

// How far the tip of the nose stands out before the eyes, in halves of the distance between the eyes: about 31 mm of
// each in adults.
constexpr float kNoseDepth = 1.0F;

// The part of the picture under the box, edges rounded; empty outside.
PixelRect PixelsUnder(const Box& box, Size picture) {
  if (!std::isfinite(box.x1 + box.y1 + box.x2 + box.y2)) return {};
  const auto edge = [](float at, int side) {
    return static_cast<int>(std::lround(std::clamp(at, 0.0F, static_cast<float>(side))));
  };
  return {edge(box.x1, picture.width), edge(box.y1, picture.height), edge(box.x2, picture.width),
          edge(box.y2, picture.height)};
}

// Luma of Rec. 601, 0 to 255, row by row.
std::vector<float> LumaOf(const Image& image) {
  std::vector<float> luma;
  const auto pixels = image.pixels();
  luma.reserve(pixels.size() / 3);
  for (std::size_t i = 0; i + 2 < pixels.size(); i += 3) {
    luma.push_back(0.299F * static_cast<float>(pixels[i]) + 0.587F * static_cast<float>(pixels[i + 1]) +
                   0.114F * static_cast<float>(pixels[i + 2]));
  }
  return luma;
}

float MeanOf(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return values.empty() ? 0 : static_cast<float>(sum / static_cast<double>(values.size()));
}

// Variance of the Laplacian over the pixels that have four neighbours.
float LaplacianVariance(const std::vector<float>& luma, std::size_t side) {
  double sum = 0;
  double squares = 0;
  for (std::size_t y = 1; y + 1 < side; ++y) {
    for (std::size_t x = 1; x + 1 < side; ++x) {
      const std::size_t i = y * side + x;
      const double value = luma[i - 1] + luma[i + 1] + luma[i - side] + luma[i + side] - 4 * luma[i];
      sum += value;
      squares += value * value;
    }
  }
  const auto count = static_cast<double>((side - 2) * (side - 2));
  return static_cast<float>(squares / count - (sum / count) * (sum / count));
}

float RollDegrees(const Landmarks& points) {
  return std::atan2(points[1].y - points[0].y, points[1].x - points[0].x) * kDegrees;
}

// A head turned by an angle shows its eyes closer together by the cosine and moves the tip of the nose by its depth
// times the sine: the quotient is the tangent. Measured along the line of the eyes, so that roll does not matter.
float YawDegrees(const Landmarks& points) {
  const auto [left, right, nose, mouth_left, mouth_right] = points;
  const float dx = right.x - left.x;
  const float dy = right.y - left.y;
  const float squared = dx * dx + dy * dy;
  if (!(squared > 0)) return 90;
  const float off = (nose.x - (left.x + right.x) / 2) * dx + (nose.y - (left.y + right.y) / 2) * dy;
  return std::atan2(off, kNoseDepth * squared / 2) * kDegrees;
}

}  // namespace

Quality MeasureQuality(const Image& photo, const Detection& detection, Size full_size) {
  const auto width = static_cast<float>(photo.width());
  const auto height = static_cast<float>(photo.height());
  const Landmarks landmarks = Scaled(detection.landmarks, width, height);
  Quality quality;
  quality.width_px = detection.box.width() * static_cast<float>(full_size.width);
  quality.roll_degrees = RollDegrees(landmarks);
  quality.yaw_degrees = YawDegrees(landmarks);
  const float area = detection.box.area();
  quality.visible = area > 0 ? IntersectionArea(detection.box, {0, 0, 1, 1}) / area : 0;
  const PixelRect part = PixelsUnder(Scaled(detection.box, width, height), photo.size());
  if (part.width() <= 0 || part.height() <= 0) return quality;
  const Image face = ResizeTriangle(Crop(photo, part), {kSharpnessSide, kSharpnessSide});
  const std::vector<float> luma = LumaOf(face);
  quality.brightness = MeanOf(luma) / 255;
  const float variance = LaplacianVariance(luma, kSharpnessSide);
  quality.sharpness = variance / (variance + kSharpnessMidpoint);
  return quality;
}

float Worth(const Quality& quality) { return quality.width_px * quality.visible * (1 + quality.sharpness); }

std::vector<std::string> ReasonsAgainstReference(const Quality& quality, float score, const ReferenceNeeds& needs) {
  std::vector<std::string> reasons;
  const auto add = [&](bool against, std::string reason) {
    if (against) reasons.push_back(std::move(reason));
  };
  add(!(score >= needs.min_score),
      fmt::format("hardly a face (score {:.2f}; {:.2f} is needed)", score, needs.min_score));
  add(!(quality.width_px >= needs.min_width_px),
      fmt::format("only {:.0f} px wide; {:.0f} px are needed", quality.width_px, needs.min_width_px));
  add(!(quality.visible >= needs.min_visible),
      fmt::format("cut by the border: {:.0f} % of it are in the photo; {:.0f} % are needed", 100 * quality.visible,
                  100 * needs.min_visible));
  add(!(quality.brightness >= needs.min_brightness), fmt::format("too dark (brightness {:.0f} %; {:.0f} % are needed)",
                                                                 100 * quality.brightness, 100 * needs.min_brightness));
  add(!(quality.brightness <= needs.max_brightness),
      fmt::format("too bright (brightness {:.0f} %; up to {:.0f} % will do)", 100 * quality.brightness,
                  100 * needs.max_brightness));
  add(!(quality.sharpness >= needs.min_sharpness),
      fmt::format("blurred (sharpness {:.2f}; {:.2f} is needed)", quality.sharpness, needs.min_sharpness));
  add(!(std::abs(quality.yaw_degrees) <= needs.max_yaw_degrees),
      fmt::format("turned to the side by {:.0f} degrees; up to {:.0f} will do", std::abs(quality.yaw_degrees),
                  needs.max_yaw_degrees));
  add(!(std::abs(quality.roll_degrees) <= needs.max_roll_degrees),
      fmt::format("tilted by {:.0f} degrees; up to {:.0f} will do", std::abs(quality.roll_degrees),
                  needs.max_roll_degrees));
  return reasons;
}

}  // namespace kinfolder
