#include "train/cover.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "train/paint.h"

namespace kinfolder {
namespace {

struct Thing {
  Shape shape;
  Material material;
};

// A frame whose y axis points the way the thing reaches into the picture, x to its left, around `origin`.
struct Frame {
  Point origin;
  float cosine = 1;
  float sine = 0;

  Frame(Point at, float angle) : origin(at), cosine(std::cos(angle)), sine(std::sin(angle)) {}
  Point Inside(Point p) const {
    const float dx = p.x - origin.x;
    const float dy = p.y - origin.y;
    return {cosine * dx + sine * dy, cosine * dy - sine * dx};
  }
};

// Whole turns that things come in by: from above (0), the right, below, the left, a bit askew.
float AskewSide(Random& random, float askew) {
  return static_cast<float>(random() % 4) * kPi / 2 + Uniform(random, -askew, askew);
}

// Of the face's box, the fraction inside the shape, at 15 x 15 points.
float CoveredRoughly(const Shape& shape) {
  constexpr int kPoints = 15;
  int inside = 0;
  for (int y = 0; y < kPoints; ++y) {
    for (int x = 0; x < kPoints; ++x) {
      inside += shape({(static_cast<float>(x) + 0.5F) / kPoints, (static_cast<float>(y) + 0.5F) / kPoints}) < 0 ? 1 : 0;
    }
  }
  return static_cast<float>(inside) / (kPoints * kPoints);
}

// A door, a head in the row before, the edge of the picture.
Thing Wall(Random& random) {
  const bool straight = Chance(random, 0.5F);
  const Frame frame({0.5F, 0.5F}, AskewSide(random, straight ? 0.08F : 0.45F));
  const SmoothNoise outline(random, 3);
  const float bulge = straight ? 0 : Uniform(random, 0.03F, 0.15F);
  return {[=](Point p) {
            const Point in = frame.Inside(p);
            return in.y + bulge * outline.At({in.x, 0});
          },
          RandomMaterial(random)};
}

Thing Board(Random& random) {
  const Frame frame({Uniform(random, 0.2F, 0.8F), Uniform(random, 0.2F, 0.8F)}, Uniform(random, -0.6F, 0.6F));
  const float aspect = std::exp2(Uniform(random, -1.2F, 1.2F));
  return {[=](Point p) {
            const Point in = frame.Inside(p);
            return std::max(std::abs(in.x) * aspect, std::abs(in.y) / aspect);
          },
          RandomMaterial(random)};
}

// A ball, a microphone, somebody's head, a bunch of flowers.
Thing Blob(Random& random) {
  const Frame frame({Uniform(random, 0.2F, 0.8F), Uniform(random, 0.2F, 0.8F)}, Uniform(random, 0, 2 * kPi));
  const float aspect = std::exp2(Uniform(random, -0.6F, 0.6F));
  const SmoothNoise outline(random, 4);
  const float bulge = Uniform(random, 0, 0.15F);
  return {[=](Point p) {
            const Point in = frame.Inside(p);
            return std::hypot(in.x * aspect, in.y / aspect) + bulge * outline.At(p);
          },
          RandomMaterial(random)};
}

// Four fingers and a thumb on a palm, with the arm behind it.
class Hand {
 public:
  // `angle`: where it comes from, 0 for above; `reach`: how far the palm is from the middle of the face.
  Hand(float angle, float reach, Random& random)
      : frame_({0.5F + reach * std::sin(angle) + Uniform(random, -0.1F, 0.1F),
                0.5F - reach * std::cos(angle) + Uniform(random, -0.1F, 0.1F)},
               angle + Uniform(random, -0.4F, 0.4F)),
        size_(Uniform(random, 0.9F, 1.25F)),
        spread_(Uniform(random, 0.02F, 0.26F)),
        thumb_side_(Chance(random, 0.5F) ? 1.0F : -1.0F),
        thumb_angle_(Uniform(random, 0.5F, 1.2F)) {}

  float Distance(Point p) const {
    const Point in = Inside(p);
    const float palm = DistanceToSegment(in, {-0.06F, -0.02F}, {0.06F, -0.02F}) - 0.15F;
    const float arm = DistanceToSegment(in, {0, -0.1F}, {0, -1.5F}) - 0.11F;
    const Point thumb{-0.12F - 0.26F * std::sin(thumb_angle_), -0.05F + 0.26F * std::cos(thumb_angle_)};
    const float thumb_distance = DistanceToSegment(in, {-0.12F, -0.05F}, thumb) - 0.055F;
    return size_ * std::min({palm, arm, thumb_distance, NearestFingers(in).first});
  }

  // 1, and less in the creases between fingers.
  float Shade(Point p) const {
    const auto [nearest, next] = NearestFingers(Inside(p));
    return nearest > 0 ? 1.0F : 1 - 0.35F * std::clamp(1 - (next - nearest) / 0.03F, 0.0F, 1.0F);
  }

 private:
  Point Inside(Point p) const {
    const Point in = frame_.Inside(p);
    return {in.x * thumb_side_ / size_, in.y / size_};
  }

  std::pair<float, float> NearestFingers(Point in) const {
    float nearest = 10;
    float next = 10;
    for (int finger = 0; finger < 4; ++finger) {
      const float aside = static_cast<float>(finger) - 1.5F;
      const float length = 0.46F - 0.035F * aside * aside;
      const Point knuckle{0.102F * aside, 0.08F};
      const Point tip{knuckle.x + length * std::sin(spread_ * aside), knuckle.y + length * std::cos(spread_ * aside)};
      const float distance = DistanceToSegment(in, knuckle, tip) - 0.052F;
      next = std::min(next, std::max(nearest, distance));
      nearest = std::min(nearest, distance);
    }
    return {nearest, next};
  }

  Frame frame_;
  float size_;
  float spread_;
  float thumb_side_;
  float thumb_angle_;
};

// The face's own skin or another's.
Color HandSkin(const Color& face, Random& random) {
  Color skin = face;
  if (Chance(random, 0.3F)) {
    const float tone = Uniform(random, 0.25F, 1);
    skin = {230 * tone, 185 * tone, 155 * tone};
  }
  const float brightness = Uniform(random, 0.8F, 1.2F);
  for (float& value : skin) value *= brightness;
  return skin;
}

// Reaching in as far as it takes to cover the fraction.
Thing ReachingHand(float fraction, const Color& face, Random& random) {
  const float angle = Uniform(random, 0, 2 * kPi);
  const Random same_hand = random;
  float near = -0.2F;
  float far = 1.3F;
  for (int step = 0; step < 5; ++step) {
    Random draws = same_hand;
    const Hand hand(angle, (near + far) / 2, draws);
    (CoveredRoughly([&](Point p) { return hand.Distance(p); }) > fraction ? near : far) = (near + far) / 2;
  }
  const Hand hand(angle, (near + far) / 2, random);
  const SmoothNoise creases(random, 7);
  const SmoothNoise light(random, 2);
  return {[=](Point p) { return hand.Distance(p); },
          {HandSkin(face, random),
           [=](Point p) { return hand.Shade(p) * (1.05F + 0.08F * creases.At(p) + 0.12F * light.At(p)); }, 1, 0.6F}};
}

// A fringe or loose hair from above or the side, in strands.
Thing Hair(Random& random) {
  constexpr std::array<Color, 6> kHairColors = {Color{22, 18, 17}, {45, 30, 22},    {80, 52, 34},
                                                {130, 92, 58},     {185, 150, 100}, {160, 155, 150}};
  const Frame frame({0.5F, 0.3F}, Uniform(random, -1.3F, 1.3F));
  const SmoothNoise ends(random, Uniform(random, 6, 14));
  const SmoothNoise fringe(random, 2.5F);
  const SmoothNoise strands(random, 40);
  const SmoothNoise locks(random, 9);
  const float bend = Uniform(random, -0.8F, 0.8F);
  const float raggedness = Uniform(random, 0.1F, 0.35F);
  const auto along = [=](Point p) {  // strands run down and bend
    const Point in = frame.Inside(p);
    return Point{in.x + bend * in.y * in.y, in.y};
  };
  return {[=](Point p) {
            const Point strand = along(p);
            return strand.y + raggedness * ends.At({strand.x, 0}) + 0.25F * fringe.At({strand.x, 0});
          },
          {OneOf(random, kHairColors),
           [=](Point p) {
             const Point strand = along(p);
             return 1 + 0.3F * strands.At({strand.x, 0.05F * strand.y}) + 0.35F * locks.At({strand.x, 0.3F * strand.y});
           },
           1}};
}

}  // namespace

Image Occluded(const Image& crop, float fraction, Random& random) {
  if (fraction <= 0 || crop.empty()) return crop;
  const auto thing = [&]() -> Thing {
    switch (random() % 6) {
      case 0:
        return Wall(random);
      case 1:
        return Board(random);
      case 2:
        return Blob(random);
      case 3:
        return Hair(random);
      default:
        return ReachingHand(fraction, SkinOf(crop), random);
    }
  };
  const Thing chosen = thing();
  SampledShape shape(chosen.shape);
  shape.CoverFraction(fraction);
  return Painted(crop, shape, chosen.material, random);
}

Image WithMask(const Image& crop, Random& random) {
  if (crop.empty()) return crop;
  constexpr std::array<Color, 6> kMaskColors = {Color{140, 185, 215}, {225, 228, 230}, {235, 235, 238},
                                                {28, 28, 30},         {150, 200, 190}, {60, 70, 95}};
  const float nose = Uniform(random, 0.46F, 0.60F);  // where the upper edge crosses the nose
  const float drop = Uniform(random, 0.04F, 0.14F);  // how much lower it is at the cheeks
  const float chin = Uniform(random, 1.00F, 1.08F);
  const float shift = Uniform(random, -0.04F, 0.04F);
  const float tilt = Uniform(random, -0.08F, 0.08F);
  const float half = Uniform(random, 0.43F, 0.50F);
  const Shape mask = [=](Point p) {
    const float x = p.x - 0.5F - shift;
    const float y = p.y + tilt * x;
    const float upper = nose + drop * (1 - std::cos(kPi * std::min(1.0F, std::abs(x) / half)));
    const float jaw = half * (1 - 0.35F * std::clamp((y - 0.7F) / 0.4F, 0.0F, 1.0F));
    const float lower = chin - 0.35F * x * x;
    const float body = std::max({upper - y, y - lower, std::abs(x) - jaw});
    // The loops run to the ears from the upper and the lower corner.
    const Point mirrored{std::abs(x), y};
    const float loops = std::min(DistanceToSegment(mirrored, {half, nose + 2 * drop}, {0.62F, 0.38F}),
                                 DistanceToSegment(mirrored, {0.85F * half, 0.88F}, {0.64F, 0.52F}));
    return std::min(body, loops - 0.008F);
  };
  const bool pleated = Chance(random, 0.6F);
  const SmoothNoise folds(random, 5);
  Material cloth = Chance(random, 0.75F) ? Material{OneOf(random, kMaskColors)} : RandomMaterial(random);
  cloth.pattern = [=, pattern = std::move(cloth.pattern)](Point p) {
    const float x = p.x - 0.5F - shift;
    const float roundness = 1 - 0.9F * x * x - 0.25F * std::abs(p.y - 0.75F);
    const float pleats = pleated ? 1 - 0.10F * std::pow(std::max(0.0F, std::cos(28 * p.y + 3 * x * x)), 6.0F) : 1.0F;
    return pattern(p) * roundness * pleats * (1 + 0.06F * folds.At(p));
  };
  return Painted(crop, SampledShape(mask), cloth, random);
}

Image WithGlasses(const Image& crop, Random& random) {
  if (crop.empty()) return crop;
  constexpr float kEyeLine = 0.39F;  // of the box MTCNN draws
  constexpr float kEyeAside = 0.205F;
  const float y0 = kEyeLine + Uniform(random, -0.03F, 0.04F);
  const float shift = Uniform(random, -0.03F, 0.03F);
  const float tilt = Uniform(random, -0.10F, 0.10F);
  const float half_width = Uniform(random, 0.15F, 0.19F);
  const float half_height = Uniform(random, 0.10F, 0.15F);
  const float roundness = Uniform(random, 2, 4);  // 2: oval, 4: nearly with corners
  const Shape glasses = [=](Point p) {
    const float x = std::abs(p.x - 0.5F - shift);
    const float y = p.y - y0 - tilt * (p.x - 0.5F);
    const float u = std::abs(x - kEyeAside) / half_width;
    const float v = std::abs(y - 0.02F) / half_height;
    const float lens = (std::pow(std::pow(u, roundness) + std::pow(v, roundness), 1 / roundness) - 1) * half_height;
    const float bridge = DistanceToSegment({x, y}, {0, -0.03F}, {kEyeAside, -0.04F}) - 0.014F;
    const float temple = DistanceToSegment({x, y}, {kEyeAside + half_width, -0.04F}, {0.68F, -0.02F}) - 0.016F;
    return std::min({lens, bridge, temple});
  };
  constexpr std::array<Color, 4> kLensColors = {Color{18, 18, 20}, {30, 24, 20}, {25, 32, 42}, {48, 30, 18}};
  const SmoothNoise reflection(random, 4);
  const float shine = Uniform(random, 0, 2.5F);
  const float fade = Uniform(random, 0, 3);
  const Material lens{OneOf(random, kLensColors),
                      [=](Point p) {
                        return 1 + fade * std::max(0.0F, p.y - y0 + 0.05F) +
                               shine * std::max(0.0F, reflection.At({p.x + 0.6F * p.y, 0.4F * p.y}) - 0.2F);
                      },
                      Uniform(random, 0.82F, 1.0F)};
  return Painted(crop, SampledShape(glasses), lens, random);
}

}  // namespace kinfolder
