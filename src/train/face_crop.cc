#include "train/face_crop.h"

#include "faces/align.h"

namespace kinfolder {
namespace {

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
  FaceCrop crop{CropFace(photo, detection, kWideCrop), {}};
  if (area.width() > 0) crop.detection = Within(detection, seen);
  return crop;
}

}  // namespace kinfolder
