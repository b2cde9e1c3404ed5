#include "faces/align.h"

#include <algorithm>
#include <cmath>

namespace kinfolder {
namespace {

Landmarks TemplateOf(const CropRule& rule) {
  Landmarks points{};
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = {rule.landmarks[2 * i], rule.landmarks[2 * i + 1]};
  return points;
}

}  // namespace

PixelRect BoxCropArea(Size photo, const Detection& detection, const CropRule& rule) {
  const auto width = static_cast<float>(photo.width);
  const auto height = static_cast<float>(photo.height);
  const Box box = Scaled(detection.box, width, height);
  if (!std::isfinite(box.x1 + box.y1 + box.x2 + box.y2)) return {};
  const float widening = rule.margin / (static_cast<float>(rule.size) - rule.margin) / 2;
  const float across = box.width() * widening;
  const float along = box.height() * widening;
  const auto whole = [](float edge, float side) { return static_cast<int>(std::clamp(edge, 0.0F, side)); };
  const PixelRect area{whole(box.x1 - across, width), whole(box.y1 - along, height), whole(box.x2 + across, width),
                       whole(box.y2 + along, height)};
  if (area.width() <= 0 || area.height() <= 0) return {};
  return area;
}

Image CropFace(const Image& photo, const Detection& detection, const CropRule& rule) {
  const Size size{rule.size, rule.size};
  if (rule.kind == CropRule::Kind::kBox) {
    const PixelRect area = BoxCropArea(photo.size(), detection, rule);
    if (area.width() == 0) return Image(rule.size, rule.size);
    return ResizeTriangle(Crop(photo, area), size);
  }
  const Landmarks landmarks =
      Scaled(detection.landmarks, static_cast<float>(photo.width()), static_cast<float>(photo.height()));
  return Warp(photo, FitSimilarity(landmarks, TemplateOf(rule)), size);
}

Image MirroredLeftRight(const Image& image) {
  Image mirrored(image.width(), image.height());
  for (int y = 0; y < image.height(); ++y) {
    const std::uint8_t* from = image.row(y);
    std::uint8_t* to = mirrored.row(y) + std::ptrdiff_t{3} * (image.width() - 1);
    for (int x = 0; x < image.width(); ++x, from += 3, to -= 3) std::copy_n(from, 3, to);
  }
  return mirrored;
}

}  // namespace kinfolder
