#include "train/window_labels.h"

#include <gtest/gtest.h>

#include <array>

namespace kinfolder {
namespace {

TEST(LabelOf, FollowsThePaper) {
  EXPECT_EQ(LabelOf(0), WindowLabel::kNothing);
  EXPECT_EQ(LabelOf(0.29F), WindowLabel::kNothing);
  EXPECT_EQ(LabelOf(0.3F), WindowLabel::kBetween);
  EXPECT_EQ(LabelOf(0.39F), WindowLabel::kBetween);
  EXPECT_EQ(LabelOf(0.4F), WindowLabel::kPart);
  EXPECT_EQ(LabelOf(0.64F), WindowLabel::kPart);
  EXPECT_EQ(LabelOf(0.65F), WindowLabel::kFace);
  EXPECT_EQ(LabelOf(1), WindowLabel::kFace);
}

TEST(MostOverlapped, PicksTheNearestFace) {
  constexpr std::array<Box, 2> kFaces = {{{0, 0, 10, 10}, {8, 0, 18, 10}}};
  const auto most = MostOverlapped({6, 0, 16, 10}, kFaces);
  ASSERT_TRUE(most);
  EXPECT_EQ(most->face, 1U);
  EXPECT_FLOAT_EQ(most->overlap, 80.0F / 120);
  EXPECT_FALSE(MostOverlapped({50, 50, 60, 60}, kFaces));
  EXPECT_FALSE(MostOverlapped({0, 0, 10, 10}, {}));
}

TEST(OffsetsTo, IsWhatMovesTheWindowOntoTheFace) {
  const Box face{13, 20, 40, 61};
  const Box window{10, 15, 50, 55};
  for (const float extra : {0.0F, 1.0F}) {
    const Box moved = MoveEdges(window, OffsetsTo(face, window, extra), extra);
    EXPECT_NEAR(moved.x1, face.x1, 1e-4);
    EXPECT_NEAR(moved.y1, face.y1, 1e-4);
    EXPECT_NEAR(moved.x2, face.x2, 1e-4);
    EXPECT_NEAR(moved.y2, face.y2, 1e-4);
  }
}

}  // namespace
}  // namespace kinfolder
