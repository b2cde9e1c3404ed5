#include "faces/network.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(NextBatch, OnlyPowersOfTwoUpToTheLargest) {
  EXPECT_EQ(NextBatch(0, 8), 0U);
  EXPECT_EQ(NextBatch(1, 8), 1U);
  EXPECT_EQ(NextBatch(7, 8), 4U);
  EXPECT_EQ(NextBatch(8, 8), 8U);
  EXPECT_EQ(NextBatch(1000, 8), 8U);
}

}  // namespace
}  // namespace kinfolder
