#include "train/window_labels.h"

namespace kinfolder {

WindowLabel LabelOf(float overlap) {
  if (overlap >= kFaceOverlap) return WindowLabel::kFace;
  if (overlap >= kPartOverlap) return WindowLabel::kPart;
  return overlap < kNothingOverlap ? WindowLabel::kNothing : WindowLabel::kBetween;
}

std::optional<FaceOverlap> MostOverlapped(const Box& window, std::span<const Box> faces) {
  std::optional<FaceOverlap> most;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const float overlap = IntersectionOverUnion(window, faces[i]);
    if (overlap > (most ? most->overlap : 0)) most = {i, overlap};
  }
  return most;
}

Offsets OffsetsTo(const Box& face, const Box& window, float extra) {
  const float width = window.width() + extra;
  const float height = window.height() + extra;
  return {(face.x1 - window.x1) / width, (face.y1 - window.y1) / height, (face.x2 - window.x2) / width,
          (face.y2 - window.y2) / height};
}

}  // namespace kinfolder
