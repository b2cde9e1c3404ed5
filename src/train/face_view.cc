#include "train/face_view.h"

#include <cmath>
#include <numbers>

#include "faces/align.h"
#include "image/resample.h"

namespace kinfolder {
namespace {

// Of a detector's box around the same face in another photo; measured by eye, on the generous side.
constexpr float kMostShift = 0.05F;  // of the viewed part's side
constexpr float kMostScale = 1.12F;  // or its inverse
constexpr float kMostTurn = 12;      // degrees

}  // namespace

Image CentralView(const Image& crop, int side) {
  const auto margin = [](int size) { return static_cast<int>(std::lround(size * (1 - kViewedPart) / 2)); };
  const int x = margin(crop.width());
  const int y = margin(crop.height());
  return ResizeTriangle(Crop(crop, {x, y, crop.width() - x, crop.height() - y}), {side, side});
}

Image RandomView(const Image& crop, int side, Random& random) {
  const auto viewed = static_cast<float>(kViewedPart) * static_cast<float>(crop.width());
  const float scale = static_cast<float>(side) / viewed * std::exp(Uniform(random, -1, 1) * std::log(kMostScale));
  const float turn = Uniform(random, -kMostTurn, kMostTurn) * std::numbers::pi_v<float> / 180;
  const float x = static_cast<float>(crop.width()) / 2 + Uniform(random, -kMostShift, kMostShift) * viewed;
  const float y = static_cast<float>(crop.height()) / 2 + Uniform(random, -kMostShift, kMostShift) * viewed;
  Similarity view{scale * std::cos(turn), scale * std::sin(turn)};
  view.tx = static_cast<float>(side) / 2 - (view.a * x - view.b * y);
  view.ty = static_cast<float>(side) / 2 - (view.b * x + view.a * y);
  const Image seen = Warp(crop, view, {side, side});
  return Chance(random, 0.5F) ? MirroredLeftRight(seen) : seen;
}

}  // namespace kinfolder
