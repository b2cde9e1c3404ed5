#include "train/black_frame.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

Image Filled(int width, int height, std::uint8_t value) {
  Image image(width, height);
  std::ranges::fill(image.pixels(), value);
  return image;
}

// A bright rectangle with a brighter left edge, on black with JPEG's noise.
Image PaintFramed() {
  Image image = Filled(40, 30, 3);
  for (int y = 10; y < 22; ++y) {
    for (int x = 15; x < 33; ++x) std::fill_n(image.row(y) + std::ptrdiff_t{3} * x, 3, x == 15 ? 250 : 120);
  }
  image.row(5)[0] = 60;  // a stray pixel
  return image;
}

TEST(WithoutBlackFrame, RepeatsTheEdgesOfWhatIsInside) {
  const Image freed = WithoutBlackFrame(PaintFramed());
  EXPECT_EQ(freed.size(), (Size{18 + 2 * 6, 12 + 2 * 6}));
  for (int y = 0; y < freed.height(); ++y) {
    for (int x = 0; x < freed.width(); ++x) {
      ASSERT_EQ(freed.row(y)[3 * x + 1], x <= 6 ? 250 : 120) << x << ' ' << y;
    }
  }
}

TEST(WithoutBlackFrame, LeavesAnAllBlackPicture) {
  EXPECT_EQ(WithoutBlackFrame(Filled(8, 8, 0)), Filled(8, 8, 0));
  EXPECT_EQ(WithoutBlackFrame(Image()), Image());
}

}  // namespace
}  // namespace kinfolder
