#include "app/subject.h"

#include <gtest/gtest.h>

#include <vector>

namespace kinfolder {
namespace {

Detection At(float x, float y, float side, float score = 0.9F) {
  return {{x - side / 2, y - side / 2, x + side / 2, y + side / 2}, {}, score};
}

constexpr Size kSize{200, 200};

TEST(ChooseSubject, IsNobodyWithoutFaces) { EXPECT_EQ(ChooseSubject({}, kSize), nullptr); }

TEST(ChooseSubject, PrefersTheLargerFace) {
  const std::vector<Detection> faces = {At(0.4F, 0.5F, 0.1F), At(0.6F, 0.5F, 0.3F)};
  EXPECT_EQ(ChooseSubject(faces, kSize), &faces[1]);
}

TEST(ChooseSubject, PrefersTheMiddleToALittleMoreSize) {
  const std::vector<Detection> faces = {At(0.1F, 0.5F, 0.35F), At(0.5F, 0.5F, 0.3F)};
  EXPECT_EQ(ChooseSubject(faces, kSize), &faces[1]);
}

TEST(ChooseSubject, TakesTheOnlyFaceEvenInACorner) {
  const std::vector<Detection> faces = {At(0.05F, 0.05F, 0.05F)};
  EXPECT_EQ(ChooseSubject(faces, kSize), &faces[0]);
}

TEST(ChooseSubject, MeasuresInPixelsSoThatWidePicturesAreNoDifferent) {
  // In a picture twice as wide as high the first face is 40 px beside the middle, the second 30 px below it.
  const std::vector<Detection> faces = {At(0.7F, 0.5F, 0.2F), At(0.5F, 0.8F, 0.2F)};
  EXPECT_EQ(ChooseSubject(faces, {200, 100}), &faces[1]);
}

TEST(UsualSubject, IsAFaceInTheMiddle) {
  const Detection usual = UsualSubject();
  EXPECT_NEAR(usual.box.center().x, 0.5F, 0.03F);
  for (const Point& point : usual.landmarks) {
    EXPECT_TRUE(usual.box.x1 < point.x && point.x < usual.box.x2);
    EXPECT_TRUE(usual.box.y1 < point.y && point.y < usual.box.y2);
  }
}

}  // namespace
}  // namespace kinfolder
