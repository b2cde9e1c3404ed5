// Painting things onto crops of faces: a shape, and what it is made of.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <numbers>
#include <vector>

#include "domain/geometry.h"
#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

// The margin on each side of the face's box, in fractions of the box's side.
inline constexpr float kCropMargin = 22.0F / 138;
inline constexpr float kPi = std::numbers::pi_v<float>;

// A shape as about the distance to its edge, negative inside. Points and distances in fractions of the face's box:
// (0, 0) is its upper left corner, (1, 1) the lower right.
using Shape = std::function<float(Point)>;

// Values at the corners of squares, bilinear between them, repeated beyond: stains, folds, uneven light.
class SmoothNoise {
 public:
  // `squares` on a length of 1. Values from -1 to 1.
  SmoothNoise(Random& random, float squares);
  float At(Point point) const;

 private:
  static constexpr int kSide = 16;
  float squares_;
  std::array<float, std::size_t{kSide} * kSide> values_;
};

// sRGB values, 0 to 255.
using Color = std::array<float, 3>;

// The face's skin, from the middle of the box.
Color SkinOf(const Image& crop);

// What a thing looks like: its colour, brighter and darker by the pattern (factors around 1), in the light of the
// scene.
struct Material {
  Color color{};
  std::function<float(Point)> pattern = [](Point) { return 1.0F; };
  float opacity = 1;
  float roundness = 0;  // how much darker it gets towards its edge, as what turns away from the light does
};

// A colour and a pattern (plain, folds, stripes, checks, speckles) as things have them, shaded from one side.
Material RandomMaterial(Random& random);

// The shape at points of a grid over the crop, so that costly shapes are evaluated a few thousand times only.
class SampledShape {
 public:
  explicit SampledShape(const Shape& shape);

  // Grows or shrinks the shape so that it covers this fraction of the face's box.
  void CoverFraction(float fraction);
  float At(Point point) const;

 private:
  static constexpr int kSide = 57;  // points on a side
  std::vector<float> distances_;
};

// The crop with the thing in front: edges as soft as the crop's own, a little shadow beside it, and noise, so that
// it does not look cut out.
Image Painted(const Image& crop, const SampledShape& shape, const Material& material, Random& random);

// Distance to the line from `a` to `b`.
float DistanceToSegment(Point point, Point a, Point b);

}  // namespace kinfolder
