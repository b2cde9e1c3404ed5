#include "train/face_crop.h"

#include <algorithm>
#include <cmath>

#include "faces/align.h"
#include "image/resample.h"

namespace kinfolder {
namespace {

constexpr int kMostTimesHigh = 4;  // of what the photo's border leaves of a face

// The point of `from` that `to` calls (0, 0) to (1, 1), for boxes in the same coordinates.
Point Within(Point point, const Box& box) {
  return {(point.x - box.x1) / box.width(), (point.y - box.y1) / box.height()};
}

Detection Within(const Detection& detection, const Box& box) {
  const Point upper_left = Within(Point{detection.box.x1, detection.box.y1}, box);
  const Point lower_right = Within(Point{detection.box.x2, detection.box.y2}, box);
  Detection moved{{upper_left.x, upper_left.y, lower_right.x, lower_right.y}, {}, detection.score};
  for (std::size_t i = 0; i < moved.landmarks.size(); ++i) {
    moved.landmarks[i] = Within(detection.landmarks[i], box);
  }
  return moved;
}

}  // namespace

FaceCrop CutFaceCrop(const Image& photo, const Detection& detection) {
  const PixelRect area = BoxCropArea(photo.size(), detection, kWideCrop);
  const auto width = static_cast<float>(photo.width());
  const auto height = static_cast<float>(photo.height());
  const Box seen{static_cast<float>(area.x1) / width, static_cast<float>(area.y1) / height,
                 static_cast<float>(area.x2) / width, static_cast<float>(area.y2) / height};
  if (area.width() == 0) return {Image(kWideCrop.size, kWideCrop.size), {}};
  const float along = static_cast<float>(area.height()) / static_cast<float>(area.width());
  const int high =
      std::clamp(static_cast<int>(std::lround(along * kWideCrop.size)), 1, kMostTimesHigh * kWideCrop.size);
  return {ResizeTriangle(Crop(photo, area), {kWideCrop.size, high}), Within(detection, seen)};
}

}  // namespace kinfolder
