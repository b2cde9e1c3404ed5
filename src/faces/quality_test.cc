#include "faces/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Size kPhotoSize{400, 200};

Image Filled(std::uint8_t level) {
  Image image(kPhotoSize.width, kPhotoSize.height);
  for (std::uint8_t& value : image.pixels()) value = level;
  return image;
}

// Stripes from dark to light, `period` pixels from one to the next.
Image Stripes(double period) {
  Image image(kPhotoSize.width, kPhotoSize.height);
  for (int y = 0; y < kPhotoSize.height; ++y) {
    for (int x = 0; x < 3 * kPhotoSize.width; ++x) {
      const int column = x / 3;
      image.row(y)[x] = static_cast<std::uint8_t>(127 + 100 * std::sin(2 * std::numbers::pi * column / period));
    }
  }
  return image;
}

// A face of 100 px in the middle of the photo, its eyes 40 px apart, turned in the plane by `roll_degrees`; the nose
// lies `nose_off` px beside the middle of the eyes.
Detection FaceWith(float roll_degrees, float nose_off = 0) {
  const float angle = roll_degrees * std::numbers::pi_v<float> / 180;
  const auto at = [&](float x, float y) {
    return Scaled(
        Point{200 + x * std::cos(angle) - y * std::sin(angle), 100 + x * std::sin(angle) + y * std::cos(angle)},
        1.0F / kPhotoSize.width, 1.0F / kPhotoSize.height);
  };
  Detection detection;
  detection.box = Scaled(Box{150, 50, 250, 150}, 1.0F / kPhotoSize.width, 1.0F / kPhotoSize.height);
  detection.landmarks = {at(-20, 0), at(20, 0), at(nose_off, 20), at(-15, 40), at(15, 40)};
  return detection;
}

Quality Measured(const Image& image, const Detection& detection = FaceWith(0)) {
  return MeasureQuality(image, detection, kPhotoSize);
}

TEST(MeasureQuality, CountsPixelsOfThePhotoAsStored) {
  EXPECT_FLOAT_EQ(MeasureQuality(Filled(9), FaceWith(0), {4000, 2000}).width_px, 1000);
}

TEST(MeasureQuality, TellsHowBrightTheFaceIs) {
  EXPECT_NEAR(Measured(Filled(0)).brightness, 0, 1e-6);
  EXPECT_NEAR(Measured(Filled(51)).brightness, 0.2, 1e-3);
  EXPECT_NEAR(Measured(Filled(255)).brightness, 1, 1e-3);
  Image image = Filled(255);
  for (int y = 50; y < 150; ++y) std::fill_n(image.row(y) + std::ptrdiff_t{3} * 150, 3 * 100, std::uint8_t{0});
  EXPECT_NEAR(Measured(image).brightness, 0, 1e-3) << "what lies around the face does not count";
}

TEST(MeasureQuality, IsSharperForFinerDetail) {
  EXPECT_FLOAT_EQ(Measured(Filled(100)).sharpness, 0);
  const float coarse = Measured(Stripes(40)).sharpness;
  const float fine = Measured(Stripes(10)).sharpness;
  EXPECT_GT(coarse, 0.1F);
  EXPECT_GT(fine, coarse + 0.2F);
  EXPECT_LT(fine, 1);
}

TEST(MeasureQuality, TellsRollAndYaw) {
  EXPECT_NEAR(Measured(Filled(9)).roll_degrees, 0, 1e-3);
  EXPECT_NEAR(Measured(Filled(9)).yaw_degrees, 0, 1e-3);
  EXPECT_NEAR(Measured(Filled(9), FaceWith(30)).roll_degrees, 30, 0.01);
  EXPECT_NEAR(Measured(Filled(9), FaceWith(-30)).roll_degrees, -30, 0.01);
  EXPECT_NEAR(Measured(Filled(9), FaceWith(0, 20)).yaw_degrees, 45, 0.01) << "half the distance between the eyes";
  EXPECT_NEAR(Measured(Filled(9), FaceWith(0, -20)).yaw_degrees, -45, 0.01);
  EXPECT_NEAR(Measured(Filled(9), FaceWith(70, 20)).yaw_degrees, 45, 0.01) << "whatever the roll";
  Detection profile = FaceWith(0);
  profile.landmarks[1] = profile.landmarks[0];
  EXPECT_FLOAT_EQ(Measured(Filled(9), profile).yaw_degrees, 90);
}

TEST(MeasureQuality, TellsHowMuchOfTheFaceIsInThePhoto) {
  Detection cut = FaceWith(0);
  EXPECT_FLOAT_EQ(Measured(Filled(9), cut).visible, 1);
  cut.box = {-0.1F, 0.2F, 0.1F, 0.4F};
  EXPECT_NEAR(Measured(Filled(9), cut).visible, 0.5, 1e-5);
  cut.box = {1.5F, 0.2F, 1.7F, 0.4F};
  EXPECT_FLOAT_EQ(Measured(Filled(9), cut).visible, 0);
}

TEST(MeasureQuality, TakesBoxesThatAreNone) {
  Detection none = FaceWith(0);
  none.box = {0.5F, 0.5F, 0.5F, 0.5F};
  EXPECT_FLOAT_EQ(Measured(Filled(9), none).visible, 0);
  none.box = {std::numeric_limits<float>::quiet_NaN(), 0, 1, 1};
  EXPECT_THAT(ReasonsAgainstReference(Measured(Filled(9), none), 1), testing::Not(IsEmpty()));
}

constexpr Quality kGoodQuality{.width_px = 100, .sharpness = 0.6F, .brightness = 0.5F, .visible = 1};

TEST(ReasonsAgainstReference, AreNoneForAGoodFace) {
  EXPECT_THAT(ReasonsAgainstReference(kGoodQuality, 0.99F), IsEmpty());
}

TEST(ReasonsAgainstReference, SayWhatIsWrongAndWhatIsNeeded) {
  const auto reasons = [](auto change) {
    Quality quality = kGoodQuality;
    change(quality);
    return ReasonsAgainstReference(quality, 0.99F);
  };
  EXPECT_THAT(reasons([](Quality& quality) { quality.width_px = 18; }),
              ElementsAre("only 18 px wide; 40 px are needed"));
  EXPECT_THAT(reasons([](Quality& quality) { quality.sharpness = 0.04F; }),
              ElementsAre("blurred (sharpness 0.04; 0.10 is needed)"));
  EXPECT_THAT(reasons([](Quality& quality) { quality.brightness = 0.03F; }),
              ElementsAre("too dark (brightness 3 %; 8 % are needed)"));
  EXPECT_THAT(reasons([](Quality& quality) { quality.brightness = 0.97F; }),
              ElementsAre("too bright (brightness 97 %; up to 92 % will do)"));
  EXPECT_THAT(reasons([](Quality& quality) { quality.yaw_degrees = -61; }),
              ElementsAre("turned to the side by 61 degrees; up to 45 will do"));
  EXPECT_THAT(reasons([](Quality& quality) { quality.roll_degrees = 80; }),
              ElementsAre("tilted by 80 degrees; up to 45 will do"));
  EXPECT_THAT(reasons([](Quality& quality) { quality.visible = 0.6F; }),
              ElementsAre("cut by the border: 60 % of it are in the photo; 75 % are needed"));
  EXPECT_THAT(ReasonsAgainstReference(kGoodQuality, 0.78F), ElementsAre("hardly a face (score 0.78; 0.90 is needed)"));
}

TEST(ReasonsAgainstReference, AreAllTold) {
  EXPECT_THAT(ReasonsAgainstReference({.width_px = 9, .sharpness = 0, .brightness = 0, .visible = 0}, 0), SizeIs(5));
}

}  // namespace
}  // namespace kinfolder
