#include "faces/window.h"

#include <gtest/gtest.h>

#include <limits>

namespace kinfolder {
namespace {

constexpr Size kPicture{100, 80};

void ExpectRect(const PixelRect& rect, int x1, int y1, int x2, int y2) {
  EXPECT_EQ(rect.x1, x1);
  EXPECT_EQ(rect.y1, y1);
  EXPECT_EQ(rect.x2, x2);
  EXPECT_EQ(rect.y2, y2);
}

TEST(Window, EdgesMoveByFractionsOfTheSides) {
  EXPECT_EQ(MoveEdges({10, 20, 20, 40}, {0.1F, -0.1F, 0.2F, 0}, 0), (Box{11, 18, 22, 40}));
  EXPECT_EQ(MoveEdges({1, 1, 10, 10}, {0.1F, 0, 0, 0}, 1), (Box{2, 1, 10, 10}));
}

TEST(Window, SquareKeepsTheCentreAndTheLongerSide) {
  EXPECT_EQ(ToSquare({10, 10, 20, 30}), (Box{5, 10, 25, 30}));
  EXPECT_EQ(ToSquare({10, 10, 30, 20}), (Box{10, 5, 30, 25}));
}

TEST(Window, PixelsAreNumberedFromOneBothEndsIncluded) {
  ExpectRect(VisiblePart({1, 1, 100, 80}, kPicture), 0, 0, 100, 80);
  ExpectRect(VisiblePart({10.9F, 20.9F, 30.9F, 40.9F}, kPicture), 9, 19, 30, 40);
}

TEST(Window, IsCutAtTheBorder) {
  ExpectRect(VisiblePart({-30.5F, -2, 10, 10}, kPicture), 0, 0, 10, 10);
  ExpectRect(VisiblePart({90, 70, 150, 150}, kPicture), 89, 69, 100, 80);
}

TEST(Window, OutsideThereIsNothing) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const Box box :
       {Box{101, 1, 120, 20}, Box{-20, 1, 0, 20}, Box{1, 90, 20, 99}, Box{20, 20, 10, 30}, Box{-1e30F, 5, -1e20F, 9},
        Box{1e20F, 5, 1e30F, 9}, Box{kNan, 1, 9, 9}, Box{1, 1, kInfinity, 9}}) {
    ExpectRect(VisiblePart(box, kPicture), 0, 0, 0, 0);
  }
}

}  // namespace
}  // namespace kinfolder
