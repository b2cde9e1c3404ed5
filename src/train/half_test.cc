#include "train/half.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kinfolder {
namespace {

TEST(Half, EveryHalfComesBack) {
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    const float value = FromHalf(static_cast<std::uint16_t>(half));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(FromHalf(ToHalf(value))));
    } else {
      ASSERT_EQ(ToHalf(value), half) << value;
    }
  }
}

TEST(Half, KnownNumbers) {
  EXPECT_EQ(ToHalf(1), 0x3C00);
  EXPECT_EQ(ToHalf(-2), 0xC000);
  EXPECT_EQ(ToHalf(65504), 0x7BFF);
  EXPECT_EQ(ToHalf(65520), 0x7C00);  // the first that is nearer to what would come next
  EXPECT_EQ(ToHalf(1e10F), 0x7C00);
  EXPECT_EQ(ToHalf(0x1p-24F), 1);
  EXPECT_EQ(ToHalf(0x1p-26F), 0);
}

TEST(Half, TiesGoToEven) {
  EXPECT_EQ(ToHalf(1 + 0x1p-11F), 0x3C00);
  EXPECT_EQ(ToHalf(1 + 0x3p-11F), 0x3C02);
  EXPECT_EQ(ToHalf(1 + 0x1.01p-11F), 0x3C01);
}

TEST(Half, RoundsToTheNearest) {
  for (float value = 0x1p-20F; value < 60000; value *= 1.0371F) {
    const std::uint16_t half = ToHalf(value);
    const float error = std::abs(FromHalf(half) - value);
    EXPECT_LE(error, std::abs(FromHalf(half + 1) - value));
    EXPECT_LE(error, std::abs(FromHalf(half - 1) - value));
  }
}

}  // namespace
}  // namespace kinfolder
