#include "faces/align.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kinfolder {
namespace {

constexpr Size kPhoto{400, 200};

CropRule BoxRule(int size, float margin) {
  CropRule rule;
  rule.size = size;
  rule.margin = margin;
  return rule;
}

Detection At(const Box& pixels) {
  Detection detection;
  detection.box = Scaled(pixels, 1.0F / kPhoto.width, 1.0F / kPhoto.height);
  return detection;
}

void ExpectArea(const PixelRect& area, int x1, int y1, int x2, int y2) {
  EXPECT_EQ(area.x1, x1);
  EXPECT_EQ(area.y1, y1);
  EXPECT_EQ(area.x2, x2);
  EXPECT_EQ(area.y2, y2);
}

// Left half red, right half blue.
Image TwoColours() {
  Image image(kPhoto.width, kPhoto.height);
  for (int y = 0; y < kPhoto.height; ++y) {
    for (int x = 0; x < kPhoto.width; ++x) image.row(y)[3 * x + (x < kPhoto.width / 2 ? 0 : 2)] = 255;
  }
  return image;
}

// Of a pixel: 0 is red, 2 blue.
int Channel(const Image& image, int x, int y, int channel) { return image.row(y)[std::ptrdiff_t{3} * x + channel]; }

CropRule LandmarkRule() { return {CropRule::Kind::kLandmarks, 100, 0, {30, 40, 70, 40, 50, 60, 35, 80, 65, 80}}; }

// A face whose crop shows `scale` pixels of the photo for each of its own, from the place `moved` on.
Detection DetectionFor(const CropRule& rule, Size photo, float scale, Point moved = {}) {
  Detection detection;
  for (std::size_t i = 0; i < 5; ++i) {
    detection.landmarks[i] = {(scale * rule.landmarks[2 * i] + moved.x) / static_cast<float>(photo.width),
                              (scale * rule.landmarks[2 * i + 1] + moved.y) / static_cast<float>(photo.height)};
  }
  return detection;
}

TEST(CropFace, MarginIsWhatTheCropSaysInItsOwnPixels) {
  // 20 of 120 crop pixels: a box of 100 is widened by 20, ten pixels at each edge.
  ExpectArea(BoxCropArea(kPhoto, At({100, 50, 200, 150}), BoxRule(120, 20)), 90, 40, 210, 160);
  ExpectArea(BoxCropArea(kPhoto, At({100, 50, 200, 150}), BoxRule(120, 0)), 100, 50, 200, 150);
}

TEST(CropFace, EdgesAreTruncatedAndCutAtTheBorder) {
  ExpectArea(BoxCropArea(kPhoto, At({100.7F, 50.7F, 200.7F, 150.7F}), BoxRule(160, 0)), 100, 50, 200, 150);
  ExpectArea(BoxCropArea(kPhoto, At({-20, -20, 80.5F, 80.5F}), BoxRule(120, 20)), 0, 0, 90, 90);
  ExpectArea(BoxCropArea(kPhoto, At({350, 150, 450, 250}), BoxRule(120, 20)), 340, 140, 400, 200);
}

TEST(CropFace, OutsideThePhotoTheCropIsBlack) {
  for (const Box& box :
       {Box{-90, 10, -50, 50}, Box{500, 10, 600, 50}, Box{std::numeric_limits<float>::quiet_NaN(), 0, 1, 1}}) {
    EXPECT_EQ(CropFace(TwoColours(), At(box), BoxRule(32, 4)), Image(32, 32));
  }
}

TEST(CropFace, ShowsTheBox) {
  const Image crop = CropFace(TwoColours(), At({150, 50, 250, 150}), BoxRule(64, 0));
  ASSERT_EQ(crop.size(), (Size{64, 64}));
  EXPECT_EQ(Channel(crop, 4, 32, 0), 255);
  EXPECT_EQ(Channel(crop, 4, 32, 2), 0);
  EXPECT_EQ(Channel(crop, 59, 32, 0), 0);
  EXPECT_EQ(Channel(crop, 59, 32, 2), 255);
}

TEST(CropFace, LandmarksLieWhereTheRuleWantsThem) {
  const CropRule rule = LandmarkRule();
  // The same points turned by a quarter, twice as large, around the border between the colours: up in the crop is
  // right in the photo.
  Detection detection;
  for (std::size_t i = 0; i < 5; ++i) {
    const float x = rule.landmarks[2 * i] - 50;
    const float y = rule.landmarks[2 * i + 1] - 50;
    detection.landmarks[i] = {(200 - 1.5F * y) / kPhoto.width, (100 + 1.5F * x) / kPhoto.height};
  }
  const Image crop = CropFace(TwoColours(), detection, rule);
  ASSERT_EQ(crop.size(), (Size{100, 100}));
  EXPECT_EQ(Channel(crop, 50, 20, 2), 255) << "above is blue";
  EXPECT_EQ(Channel(crop, 50, 80, 0), 255) << "below is red";
}

TEST(CropFace, AveragesWhatIsFinerThanTheCrop) {
  Image photo(400, 400);
  for (int y = 0; y < 400; ++y) {
    for (int x = 0; x < 400; ++x) std::fill_n(photo.row(y) + std::ptrdiff_t{3} * x, 3, (x + y) % 2 == 0 ? 255 : 0);
  }
  const Image crop = CropFace(photo, DetectionFor(LandmarkRule(), photo.size(), 4), LandmarkRule());
  for (const std::uint8_t value : crop.pixels()) ASSERT_NEAR(value, 127.5, 2);
}

TEST(CropFace, TheEdgeGoesOnBeyondThePhoto) {
  const CropRule rule = LandmarkRule();
  const Image crop = CropFace(TwoColours(), DetectionFor(rule, kPhoto, 1, {-25, 0}), rule);
  EXPECT_EQ(Channel(crop, 0, 50, 0), 255);
  const Detection outside = DetectionFor(rule, kPhoto, 1, {-1000, 0});
  EXPECT_EQ(CropFace(TwoColours(), outside, rule), Image(100, 100));
}

TEST(MirroredLeftRight, TwiceIsTheOriginal) {
  const Image image = TwoColours();
  EXPECT_EQ(MirroredLeftRight(image).row(0)[2], 255);
  EXPECT_EQ(MirroredLeftRight(MirroredLeftRight(image)), image);
}

}  // namespace
}  // namespace kinfolder
