#include "domain/geometry.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(IntersectionOverUnion, OfKnownBoxes) {
  const Box box{0, 0, 2, 2};
  EXPECT_FLOAT_EQ(IntersectionOverUnion(box, box), 1);
  EXPECT_FLOAT_EQ(IntersectionOverUnion(box, {1, 0, 3, 2}), 2.0F / 6.0F);
  EXPECT_FLOAT_EQ(IntersectionOverUnion(box, {2, 2, 3, 3}), 0);
  EXPECT_FLOAT_EQ(IntersectionOverUnion({}, {}), 0);
}

TEST(Scaled, MovesEveryCorner) { EXPECT_EQ(Scaled(Box{1, 2, 3, 4}, 10, 100), (Box{10, 200, 30, 400})); }

}  // namespace
}  // namespace kinfolder
