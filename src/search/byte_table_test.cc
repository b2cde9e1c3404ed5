#include "search/byte_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <random>

#include "search/distances.h"

namespace kinfolder {
namespace {

std::vector<float> RandomVector(std::size_t dimension, std::mt19937& random) {
  std::vector<float> vector(dimension);
  for (float& value : vector) value = static_cast<float>(static_cast<int>(random() % 2001) - 1000) / 1000;
  return vector;
}

// More rows and queries than one product takes, of many lengths.
TEST(ByteTable, TheTruthLiesBetweenTheBounds) {
  constexpr std::size_t kDimension = 37;
  std::mt19937 random(1);
  ByteTable table(kDimension);
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 9000; ++i) {
    rows.push_back(RandomVector(kDimension, random));
    table.Add(rows.back());
  }
  std::vector<float> queries;
  for (int i = 0; i < 1100; ++i) {
    const std::vector<float> query = RandomVector(kDimension, random);
    queries.insert(queries.end(), query.begin(), query.end());
  }
  std::vector<float> bars(1100, -1);
  bars[3] = bars[1099] = std::numeric_limits<float>::max();
  std::map<std::size_t, std::size_t> seen;
  double widest = 0;
  std::mutex mutex;
  table.Search(queries, bars, [&](std::size_t query, const RoughDistance& distance) {
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(distance.row, seen[query]++) << "one after the other";
    const float truth = SquaredDistance(std::span(queries).subspan(query * kDimension, kDimension), rows[distance.row]);
    EXPECT_LE(distance.least(), truth);
    EXPECT_GE(distance.most(), truth);
    widest = std::max(widest, 2 * double{distance.error});
  });
  EXPECT_EQ(seen, (std::map<std::size_t, std::size_t>{{3, 9000}, {1099, 9000}}));
  EXPECT_LT(widest, 1.5) << "of squared distances of 25 on average";
}

TEST(ByteTable, PassesOverWhatIsFarther) {
  ByteTable table(2);
  for (int i = 0; i < 1000; ++i) {  // around the unit circle
    const double angle = 2 * std::acos(-1.0) * i / 1000;
    table.Add(std::vector<float>{static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))});
  }
  std::vector<float> bars{0.004F};  // of the chord over ten rows
  std::vector<std::size_t> near;
  table.Search(std::vector<float>{-1, 0}, bars, [&](std::size_t, const RoughDistance& distance) {
    near.push_back(distance.row);
    if (distance.row == 500) bars[0] = -1;
  });
  ASSERT_FALSE(near.empty());
  EXPECT_LE(near.front(), 490U);
  EXPECT_GE(near.front(), 420U);
  EXPECT_EQ(near.back(), 500U) << "the bar was lowered there";
  EXPECT_EQ(near.size(), 500 - near.front() + 1);
}

TEST(ByteTable, IsEmptyForNothing) {
  const auto never = [](std::size_t, const RoughDistance&) { FAIL(); };
  ByteTable().Search({}, {}, never);
  ByteTable table(2);
  table.Search({}, {}, never);
  table.Add(std::vector<float>{0, 0});
  table.Search({}, {}, never);
  std::vector<float> bars{-1};
  table.Search(std::vector<float>{0, 0}, bars, never);
}

}  // namespace
}  // namespace kinfolder
