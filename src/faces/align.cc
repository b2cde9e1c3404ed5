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

// The part of a photo that a square crop of `side` pixels shows, and a pixel more for interpolation.
PixelRect SeenPart(Size photo, const Similarity& crop_from_photo, int side) {
  const float squared_scale = crop_from_photo.a * crop_from_photo.a + crop_from_photo.b * crop_from_photo.b;
  const float half = static_cast<float>(side) / 2;
  const float dx = half - crop_from_photo.tx;
  const float dy = half - crop_from_photo.ty;
  const float x = (crop_from_photo.a * dx + crop_from_photo.b * dy) / squared_scale;
  const float y = (crop_from_photo.a * dy - crop_from_photo.b * dx) / squared_scale;
  const float reach = half * (std::abs(crop_from_photo.a) + std::abs(crop_from_photo.b)) / squared_scale + 1;
  if (!std::isfinite(x + y + reach)) return {};
  const auto within = [](float edge, int length) {
    return static_cast<int>(std::clamp(edge, 0.0F, static_cast<float>(length)));
  };
  return {within(x - reach, photo.width), within(y - reach, photo.height), within(x + reach, photo.width),
          within(y + reach, photo.height)};
}

Image CropByLandmarks(const Image& photo, const Landmarks& landmarks, const CropRule& rule) {
  const Size size{rule.size, rule.size};
  Similarity crop_from_photo = FitSimilarity(landmarks, TemplateOf(rule));
  PixelRect seen = SeenPart(photo.size(), crop_from_photo, rule.size);
  if (seen.width() <= 0 || seen.height() <= 0) return Image(rule.size, rule.size);
  const float scale = std::hypot(crop_from_photo.a, crop_from_photo.b);
  const int shrink = std::clamp(static_cast<int>(std::lround(1 / scale)), 1, std::min(seen.width(), seen.height()));
  seen.x2 -= seen.width() % shrink;
  seen.y2 -= seen.height() % shrink;
  const Image part = ResizeArea(Crop(photo, seen), {seen.width() / shrink, seen.height() / shrink});
  const auto x = static_cast<float>(seen.x1);
  const auto y = static_cast<float>(seen.y1);
  crop_from_photo.tx += crop_from_photo.a * x - crop_from_photo.b * y;
  crop_from_photo.ty += crop_from_photo.b * x + crop_from_photo.a * y;
  crop_from_photo.a *= static_cast<float>(shrink);
  crop_from_photo.b *= static_cast<float>(shrink);
  return Warp(part, crop_from_photo, size);
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
  if (rule.kind == CropRule::Kind::kBox) {
    const PixelRect area = BoxCropArea(photo.size(), detection, rule);
    if (area.width() == 0) return Image(rule.size, rule.size);
    return ResizeTriangle(Crop(photo, area), {rule.size, rule.size});
  }
  const Landmarks landmarks =
      Scaled(detection.landmarks, static_cast<float>(photo.width()), static_cast<float>(photo.height()));
  return CropByLandmarks(photo, landmarks, rule);
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
