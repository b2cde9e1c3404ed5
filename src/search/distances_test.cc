#include "search/distances.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

namespace kinfolder {
namespace {

using Vectors = std::vector<std::vector<float>>;

// `count` vectors of `dimension` values between -1 and 1.
Vectors AnyVectors(std::size_t count, std::size_t dimension) {
  const auto value =
      rc::gen::map(rc::gen::inRange(-1000, 1001), [](int thousandths) { return float(thousandths) / 1000; });
  return *rc::gen::container<Vectors>(count, rc::gen::container<std::vector<float>>(dimension, value));
}

std::vector<float> Joined(const Vectors& vectors) {
  std::vector<float> joined;
  for (const auto& vector : vectors) joined.insert(joined.end(), vector.begin(), vector.end());
  return joined;
}

DistanceTable TableOf(const Vectors& rows, std::size_t dimension) {
  DistanceTable table(dimension);
  for (const auto& row : rows) table.Add(row);
  return table;
}

RC_GTEST_PROP(DistanceTable, AgreesWithThePlainLoop, ()) {
  const auto dimension = *rc::gen::inRange<std::size_t>(1, 40);
  const Vectors rows = AnyVectors(*rc::gen::inRange<std::size_t>(1, 30), dimension);
  const Vectors queries = AnyVectors(*rc::gen::inRange<std::size_t>(0, 12), dimension);
  const std::vector<float> distances = TableOf(rows, dimension).SquaredDistances(Joined(queries));
  RC_ASSERT(distances.size() == queries.size() * rows.size());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      double expected = 0;
      for (std::size_t k = 0; k < dimension; ++k) expected += std::pow(double{queries[q][k]} - double{rows[r][k]}, 2);
      RC_ASSERT(std::abs(double{distances[q * rows.size() + r]} - expected) < 1e-4);
    }
  }
}

RC_GTEST_PROP(DistanceTable, AVectorIsAtDistanceZeroFromItself, ()) {
  const auto dimension = *rc::gen::inRange<std::size_t>(1, 64);
  const Vectors rows = AnyVectors(*rc::gen::inRange<std::size_t>(1, 20), dimension);
  const std::vector<float> distances = TableOf(rows, dimension).SquaredDistances(Joined(rows));
  for (std::size_t i = 0; i < rows.size(); ++i) RC_ASSERT(distances[i * rows.size() + i] == 0.0F);
}

TEST(DistanceTable, IsEmptyForNothing) {
  EXPECT_TRUE(DistanceTable().SquaredDistances({}).empty());
  EXPECT_TRUE(TableOf({{1, 0}}, 2).SquaredDistances({}).empty());
  EXPECT_TRUE(DistanceTable(2).SquaredDistances(std::vector<float>{1, 0}).empty());
}

}  // namespace
}  // namespace kinfolder
