#include "image/orientation.h"

#include <gtest/gtest.h>

#include "image/painted_photos.h"

namespace kinfolder {
namespace {

// The box that is painted into the stored picture is where UprightBox says it is in the upright one.
TEST(UprightBox, IsWhereTheBoxIsSeen) {
  const Size size{40, 20};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    Image stored(size.width, size.height);
    for (int y = 4; y < 8; ++y) {
      for (int x = 10; x < 30; ++x) std::copy(kRed.begin(), kRed.end(), stored.row(y) + std::ptrdiff_t{3} * x);
    }
    const Box box{10.0F / 40, 4.0F / 20, 30.0F / 40, 8.0F / 20};
    const Image upright = Upright(std::move(stored), orientation);
    const Box seen = UprightBox(box, orientation);
    for (int y = 0; y < upright.height(); ++y) {
      for (int x = 0; x < upright.width(); ++x) {
        const Point middle{(static_cast<float>(x) + 0.5F) / static_cast<float>(upright.width()),
                           (static_cast<float>(y) + 0.5F) / static_cast<float>(upright.height())};
        const bool inside = middle.x > seen.x1 && middle.x < seen.x2 && middle.y > seen.y1 && middle.y < seen.y2;
        ASSERT_EQ(PixelAt(upright, x, y) == kRed, inside) << orientation << ": " << x << ", " << y;
      }
    }
    const Box back = StoredBox(seen, orientation);
    EXPECT_NEAR(back.x1, box.x1, 1e-6) << orientation;
    EXPECT_NEAR(back.y1, box.y1, 1e-6) << orientation;
    EXPECT_NEAR(back.x2, box.x2, 1e-6) << orientation;
    EXPECT_NEAR(back.y2, box.y2, 1e-6) << orientation;
  }
}

}  // namespace
}  // namespace kinfolder
