#include "train/face_view.h"

#include <cmath>
#include <numbers>

#include "faces/align.h"
#include "image/resample.h"

namespace kinfolder {
namespace {

// Of the five landmarks that a detector finds of the same face in another photo; on the generous side.
constexpr float kMostShift = 0.04F;  // of the viewed part's side
constexpr float kMostScale = 1.08F;  // or its inverse
constexpr float kMostTurn = 7;       // degrees

constexpr float kTemplateSide = 112;
constexpr Landmarks kTemplate = {
    {{38.2946F, 41.6963F}, {73.5318F, 41.5014F}, {56.0252F, 61.7366F}, {41.5493F, 82.3655F}, {70.7299F, 82.2041F}}};

// The template in the middle `part` of a crop.
CropRule TemplateRule(int side, double part) {
  CropRule rule{CropRule::Kind::kLandmarks, side, 0, {}};
  const auto place = [&](float at) { return static_cast<float>(side * (0.5 + part * (at / kTemplateSide - 0.5))); };
  for (std::size_t i = 0; i < kTemplate.size(); ++i) {
    rule.landmarks[2 * i] = place(kTemplate[i].x);
    rule.landmarks[2 * i + 1] = place(kTemplate[i].y);
  }
  return rule;
}

}  // namespace

CropRule ViewRule(int side) { return TemplateRule(side, 1); }

CropRule PackRule(int side) { return TemplateRule(side, kViewedPart); }

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
