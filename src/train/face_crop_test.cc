#include "train/face_crop.h"

#include <gtest/gtest.h>

#include "faces/align.h"
#include "train/test_faces.h"

namespace kinfolder {
namespace {

constexpr float kMargin = 22.0F / 182;

TEST(CutFaceCrop, PutsTheBoxIntoTheMiddle) {
  const Image photo(400, 400);
  const Detection detection{{0.3F, 0.25F, 0.5F, 0.55F}, {{{0.35F, 0.4F}, {0.45F, 0.4F}}}, 0.9F};
  const FaceCrop crop = CutFaceCrop(photo, detection);
  EXPECT_EQ(crop.picture.size(), (Size{182, 182}));
  EXPECT_NEAR(crop.detection.box.x1, kMargin, 0.01F);
  EXPECT_NEAR(crop.detection.box.y1, kMargin, 0.01F);
  EXPECT_NEAR(crop.detection.box.x2, 1 - kMargin, 0.01F);
  EXPECT_NEAR(crop.detection.box.y2, 1 - kMargin, 0.01F);
  EXPECT_NEAR(crop.detection.landmarks[0].x, kMargin + 0.25F * (1 - 2 * kMargin), 0.01F);
  EXPECT_NEAR(crop.detection.landmarks[0].y, kMargin + 0.5F * (1 - 2 * kMargin), 0.01F);
  EXPECT_EQ(crop.detection.score, 0.9F);
}

TEST(CutFaceCrop, KnowsWhereTheBoxIsWhenTheBorderCutsTheMargin) {
  const FaceCrop crop = CutFaceCrop(Image(400, 400), {{0, 0.3F, 0.2F, 0.5F}, {}, 1});
  EXPECT_NEAR(crop.detection.box.x1, 0, 1e-6F);
  EXPECT_LT(crop.detection.box.x2, 1 - kMargin / 2);
  EXPECT_NEAR(crop.detection.box.y1, kMargin, 0.01F);
}

TEST(CutFaceCrop, OfAFaceOutsideThePhotoIsBlack) {
  const FaceCrop crop = CutFaceCrop(Image(100, 100), {{2, 2, 3, 3}, {}, 1});
  EXPECT_EQ(crop.picture, Image(182, 182));
}

// What a describer cuts out of the crop is what it would have cut out of the photo.
TEST(CutFaceCrop, HoldsWhatAnEmbedderWouldHaveCutOut) {
  const Image photo = PaintFace(1, 364);
  const Detection detection{{kMargin, kMargin, 1 - kMargin, 1 - kMargin}, {}, 1};
  const FaceCrop crop = CutFaceCrop(photo, detection);
  const CropRule rule{CropRule::Kind::kBox, 160, 14, {}};
  const Image direct = CropFace(photo, detection, rule);
  const Image through = CropFace(crop.picture, crop.detection, rule);
  double difference = 0;
  for (std::size_t i = 0; i < direct.pixels().size(); ++i) {
    difference += std::abs(direct.pixels()[i] - through.pixels()[i]) / static_cast<double>(direct.pixels().size());
  }
  EXPECT_LT(difference, 2.5);
}

}  // namespace
}  // namespace kinfolder
