#include "train/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "train/linear_light.h"
#include "train/test_faces.h"

namespace kinfolder {
namespace {

using ::testing::HasSubstr;

constexpr int kSide = 112;

const std::vector<Damage>& EveryKind() {
  static const std::vector<Damage> damages = {{DamageKind::kDarker, 4},         {DamageKind::kLowContrast, 0.6F},
                                              {DamageKind::kBlur, 3},           {DamageKind::kMotionBlur, 12},
                                              {DamageKind::kLowResolution, 20}, {DamageKind::kJpeg, 10},
                                              {DamageKind::kOccluded, 0.3F},    {DamageKind::kMask, 0},
                                              {DamageKind::kGlasses, 0},        {DamageKind::kGrey, 0}};
  return damages;
}

Image Harm(const Image& crop, DamageKind kind, float strength, unsigned seed = 1) {
  Random random(seed);
  return Damaged(crop, {kind, strength}, random);
}

double MeanLight(const Image& image) {
  double sum = 0;
  for (const std::uint8_t value : image.pixels()) sum += LightOf(value);
  return sum / static_cast<double>(image.pixels().size());
}

// Mean squared difference of neighbours in a row: what blur takes away.
double Detail(const Image& image) {
  double sum = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int i = 3; i < 3 * image.width(); ++i) sum += std::pow(image.row(y)[i] - image.row(y)[i - 3], 2);
  }
  return sum / static_cast<double>(image.pixels().size());
}

// Of the face's box, the fraction that differs much.
double ChangedInBox(const Image& a, const Image& b) {
  const int from = a.width() * 22 / 182;
  const int to = a.width() - from;
  int changed = 0;
  for (int y = from; y < to; ++y) {
    for (int x = from; x < to; ++x) {
      int difference = 0;
      for (int channel = 0; channel < 3; ++channel) {
        difference += std::abs(a.row(y)[3 * x + channel] - b.row(y)[3 * x + channel]);
      }
      changed += difference > 24 ? 1 : 0;
    }
  }
  return static_cast<double>(changed) / ((to - from) * (to - from));
}

TEST(Damage, HasANameThatReadsBack) {
  for (const Damage& damage : EveryKind()) {
    const auto parsed = ParseDamage(Name(damage));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->kind, damage.kind);
    EXPECT_EQ(parsed->strength, damage.strength);
  }
  EXPECT_EQ(Name({DamageKind::kOccluded, 0.25F}), "occluded 0.25");
  EXPECT_EQ(Name({DamageKind::kMask, 0}), "mask");
}

TEST(Damage, SaysWhatThereIs) {
  for (const char* text :
       {"", "fog 1", "dark", "dark x", "dark 9", "dark -1", "dark nan", "mask 1", "occluded 0.7", "blur 3 px"}) {
    const auto parsed = ParseDamage(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(parsed.error().message, HasSubstr("dark 0 to 8, contrast 0 to 1")) << text;
  }
}

TEST(Damage, EveryKindKeepsTheSizeAndFollowsTheRandomState) {
  for (const int side : {kSide, 37, 8, 1}) {
    const Image face = PaintFace(3, side);
    for (const Damage& damage : EveryKind()) {
      Random first(7);
      Random again(7);
      const Image once = Damaged(face, damage, first);
      EXPECT_EQ(once.size(), face.size()) << Name(damage);
      EXPECT_EQ(once, Damaged(face, damage, again)) << Name(damage);
      EXPECT_EQ(first(), again());
      EXPECT_TRUE(side != kSide || MeanDifference(once, face) > 0.5) << Name(damage);
    }
  }
  Random random(1);
  for (const Damage& damage : EveryKind()) EXPECT_TRUE(Damaged(Image(), damage, random).empty());
  EXPECT_TRUE(RandomlyDamaged(Image(), random).empty());
}

TEST(Damage, OfNoStrengthChangesNothing) {
  const Image face = PaintFace(1, kSide);
  EXPECT_EQ(Harm(face, DamageKind::kBlur, 0), face);
  EXPECT_EQ(Harm(face, DamageKind::kMotionBlur, 0), face);
  EXPECT_EQ(Harm(face, DamageKind::kLowContrast, 0), face);
  EXPECT_EQ(Harm(face, DamageKind::kOccluded, 0), face);
  EXPECT_LT(MeanDifference(Harm(face, DamageKind::kJpeg, 100), face), 1.5);
}

TEST(Damage, EachStopHalvesTheLight) {
  const Image face = PaintFace(2, kSide);
  for (const float stops : {1.0F, 2.0F, 3.0F, 4.0F}) {
    const double expected = MeanLight(face) * std::exp2(-stops);
    EXPECT_NEAR(MeanLight(Harm(face, DamageKind::kDarker, stops)), expected, 0.1 * expected) << stops;
  }
}

TEST(Damage, DarknessIsNoisierTheLessLightThereIs) {
  Image flat(kSide, kSide);
  for (std::uint8_t& value : flat.pixels()) value = 128;
  const auto noise_to_signal = [&](float stops) {
    const LinearImage light = ToLinear(Harm(flat, DamageKind::kDarker, stops));
    const auto count = static_cast<double>(light.values.size());
    const double mean = std::accumulate(light.values.begin(), light.values.end(), 0.0) / count;
    double variance = 0;
    for (const float value : light.values) variance += (value - mean) * (value - mean) / count;
    return std::sqrt(variance) / mean;
  };
  // Shot noise alone would grow by the square root of 4 in two stops; read noise adds to it.
  EXPECT_GT(noise_to_signal(4), 1.9 * noise_to_signal(2));
  EXPECT_LT(noise_to_signal(2), 0.15);
}

TEST(Damage, BlurTakesDetailAway) {
  const Image face = PaintFace(4, kSide);
  EXPECT_LT(Detail(Harm(face, DamageKind::kBlur, 3)), 0.7 * Detail(face));
  EXPECT_LT(Detail(Harm(face, DamageKind::kBlur, 6)), Detail(Harm(face, DamageKind::kBlur, 3)));
  EXPECT_LT(Detail(Harm(face, DamageKind::kMotionBlur, 16)), Detail(face));
  EXPECT_LT(Detail(Harm(face, DamageKind::kLowResolution, 12)), 0.7 * Detail(face));
  // Light goes elsewhere, but none is lost.
  EXPECT_NEAR(MeanLight(Harm(face, DamageKind::kBlur, 3)), MeanLight(face), 0.02 * MeanLight(face));
}

TEST(Damage, MotionLeavesAlongTheStrokeWhatItTakesAcross) {
  Image point(41, 41);
  for (int i = 0; i < 3; ++i) point.row(20)[3 * 20 + i] = 255;
  Random random(5);
  const Image smeared = Damaged(point, {DamageKind::kMotionBlur, 24}, random);
  int lit = 0;
  for (const std::uint8_t value : smeared.pixels()) lit += value > 20 ? 1 : 0;
  EXPECT_GT(lit, 3 * 5);   // a stroke of 6 pixels
  EXPECT_LT(lit, 3 * 25);  // and no disc
}

TEST(Damage, OcclusionCoversTheFractionAsked) {
  const Image face = PaintFace(5, kSide);
  for (const float fraction : {0.1F, 0.25F, 0.4F, 0.6F}) {
    double mean = 0;
    constexpr int kTries = 60;
    for (unsigned seed = 0; seed < kTries; ++seed) {
      const double changed = ChangedInBox(Harm(face, DamageKind::kOccluded, fraction, seed), face);
      EXPECT_LT(changed, fraction + 0.2) << "seed " << seed;  // the shadow beside it counts, too
      mean += changed / kTries;
    }
    EXPECT_NEAR(mean, fraction, 0.08) << fraction;
  }
}

TEST(Damage, OcclusionComesInManyPlaces) {
  const Image face = PaintFace(5, kSide);
  std::vector<int> covered(4);  // quarters of the crop
  for (unsigned seed = 0; seed < 80; ++seed) {
    const Image harmed = Harm(face, DamageKind::kOccluded, 0.2F, seed);
    for (int quarter = 0; quarter < 4; ++quarter) {
      const std::ptrdiff_t x = quarter % 2 == 0 ? 40 : 72;
      const int y = quarter < 2 ? 40 : 72;
      covered[quarter] += std::abs(harmed.row(y)[3 * x] - face.row(y)[3 * x]) > 12 ? 1 : 0;
    }
  }
  for (const int times : covered) {
    EXPECT_GE(times, 4);
    EXPECT_LE(times, 50);
  }
}

TEST(Damage, MaskAndGlassesLieWhereTheyAreWorn) {
  const Image face = PaintFace(6, kSide);
  const auto changed_at = [&](const Image& harmed, float across, float down) {
    const int x = static_cast<int>((22 + 138 * across) / 182 * kSide);
    const int y = static_cast<int>((22 + 138 * down) / 182 * kSide);
    return std::abs(harmed.row(y)[3 * x + 1] - face.row(y)[3 * x + 1]) > 5;
  };
  int mouths = 0;
  int eyes = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Image masked = Harm(face, DamageKind::kMask, 0, seed);
    mouths += changed_at(masked, 0.5F, 0.8F) ? 1 : 0;
    EXPECT_FALSE(changed_at(masked, 0.3F, 0.3F));
    const Image shaded = Harm(face, DamageKind::kGlasses, 0, seed);
    eyes += changed_at(shaded, 0.29F, 0.39F) && changed_at(shaded, 0.71F, 0.39F) ? 1 : 0;
    EXPECT_FALSE(changed_at(shaded, 0.5F, 0.8F));
  }
  EXPECT_GE(mouths, 18);  // the mask may have the colour of the mouth, the lenses that of the eyes
  EXPECT_GE(eyes, 14);
}

TEST(Damage, JpegOfLowQualityMakesBlocks) {
  const Image face = PaintFace(7, kSide);
  EXPECT_LT(MeanDifference(Harm(face, DamageKind::kJpeg, 90), face), 3);
  EXPECT_GT(MeanDifference(Harm(face, DamageKind::kJpeg, 5), face),
            2 * MeanDifference(Harm(face, DamageKind::kJpeg, 50), face));
}

TEST(Damage, GreyHasNoColour) {
  const Image grey = Harm(PaintFace(8, kSide), DamageKind::kGrey, 0);
  for (std::size_t i = 0; i < grey.pixels().size(); i += 3) {
    ASSERT_EQ(grey.pixels()[i], grey.pixels()[i + 1]);
    ASSERT_EQ(grey.pixels()[i], grey.pixels()[i + 2]);
  }
}

TEST(RandomlyDamaged, LeavesFourOfTenAlone) {
  const Image face = PaintFace(9, kSide);
  Random random(3);
  int untouched = 0;
  constexpr int kTries = 800;
  for (int i = 0; i < kTries; ++i) {
    const Image harmed = RandomlyDamaged(face, random);
    ASSERT_EQ(harmed.size(), face.size());
    untouched += harmed == face ? 1 : 0;
  }
  EXPECT_NEAR(untouched, 0.4 * kTries, 45);
}

TEST(RandomlyDamaged, FollowsTheRandomState) {
  const Image face = PaintFace(9, kSide);
  Random first(11);
  Random again(11);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(RandomlyDamaged(face, first), RandomlyDamaged(face, again));
}

}  // namespace
}  // namespace kinfolder
