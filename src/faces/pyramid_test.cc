#include "faces/pyramid.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(Pyramid, FirstLevelShowsTheSmallestFaceInTheWindow) {
  const auto levels = PyramidLevels({640, 480}, 24, 0.5);
  ASSERT_EQ(levels.size(), 5U);
  EXPECT_DOUBLE_EQ(levels[0].scale, 0.5);
  EXPECT_EQ(levels[0].size, (Size{321, 241}));
  EXPECT_DOUBLE_EQ(levels[4].scale, 0.5 / 16);
  EXPECT_EQ(levels[4].size, (Size{21, 16}));
}

TEST(Pyramid, EveryLevelHoldsTheWindow) {
  for (const Size size : {Size{20, 20}, Size{1000, 21}, Size{37, 400}, Size{4000, 3000}}) {
    for (const PyramidLevel& level : PyramidLevels(size, 20, 0.709)) {
      EXPECT_GE(level.size.width, kPnetWindow);
      EXPECT_GE(level.size.height, kPnetWindow);
    }
  }
}

TEST(Pyramid, NothingForPicturesSmallerThanAFace) {
  EXPECT_TRUE(PyramidLevels({19, 500}, 20, 0.709).empty());
  EXPECT_TRUE(PyramidLevels({0, 0}, 20, 0.709).empty());
  EXPECT_EQ(PyramidLevels({20, 20}, 20, 0.709).size(), 1U);
}

}  // namespace
}  // namespace kinfolder
