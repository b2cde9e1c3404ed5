#include "search/near_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <utility>

#include "search/distances.h"

namespace kinfolder {
namespace {

constexpr std::size_t kDimension = 64;
constexpr float kCutoff = 0.5F;  // of squared distances
constexpr std::size_t kMost = 32;

struct Faces {
  std::vector<float> vectors;
  std::vector<std::int64_t> ids;
};

// Unit vectors around those of people, so many each.
Faces PlantFaces(std::size_t count, std::size_t of_person) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  Faces faces;
  std::vector<float> person(kDimension);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % of_person == 0) {
      for (float& value : person) value = normal(random);
    }
    std::vector<float> face = person;
    for (float& value : face) value += 0.45F * normal(random);
    const float norm = std::sqrt(std::inner_product(face.begin(), face.end(), face.begin(), 0.0F));
    for (const float value : face) faces.vectors.push_back(value / norm);
    faces.ids.push_back(static_cast<std::int64_t>(i) + 1);
  }
  return faces;
}

// Pairs of ids with their distances, each from both sides.
using Pairs = std::map<std::pair<std::int64_t, std::int64_t>, float>;

Pairs NearPairs(const Faces& faces, std::size_t most = kMost) {
  const auto near = FindNearRows(faces.vectors, kDimension, faces.ids, kCutoff, most);
  Pairs pairs;
  for (std::size_t i = 0; i < near.size(); ++i) {
    EXPECT_LE(near[i].size(), most);
    EXPECT_TRUE(std::ranges::is_sorted(near[i], {}, &NearRow::squared_distance));
    for (const NearRow& other : near[i]) {
      EXPECT_TRUE(pairs.emplace(std::pair(faces.ids[i], faces.ids[other.row]), other.squared_distance).second);
    }
  }
  return pairs;
}

Pairs AllPairs(const Faces& faces) {
  DistanceTable table(kDimension);
  for (std::size_t i = 0; i < faces.ids.size(); ++i) {
    table.Add(std::span(faces.vectors).subspan(i * kDimension, kDimension));
  }
  Pairs pairs;
  for (std::size_t i = 0; i < faces.ids.size(); ++i) {
    const std::vector<float> distances = table.SquaredDistances(table.Row(i));
    for (std::size_t j = 0; j < distances.size(); ++j) {
      if (i != j && distances[j] < kCutoff) pairs.emplace(std::pair(faces.ids[i], faces.ids[j]), distances[j]);
    }
  }
  return pairs;
}

std::size_t CountIn(const Pairs& some, const Pairs& all) {
  std::size_t count = 0;
  for (const auto& [pair, distance] : some) {
    const auto other = all.find(pair);
    if (other == all.end()) continue;
    EXPECT_NEAR(distance, other->second, 1e-4F);
    ++count;
  }
  return count;
}

TEST(FindNearRows, FindsEveryPairOfFewRows) {
  const Faces faces = PlantFaces(1000, 8);
  const Pairs all = AllPairs(faces);
  ASSERT_GT(all.size(), 1000U);
  const Pairs found = NearPairs(faces);
  EXPECT_EQ(found.size(), all.size());
  EXPECT_EQ(CountIn(found, all), all.size());
  EXPECT_TRUE(NearPairs({}).empty());
}

TEST(FindNearRows, FindsNearlyEveryPairOfManyRows) {
  const Faces faces = PlantFaces(3 * kAllCompared, 8);
  const Pairs all = AllPairs(faces);
  const Pairs found = NearPairs(faces);
  EXPECT_EQ(CountIn(found, all), found.size()) << "what is found is near";
  EXPECT_GE(static_cast<double>(found.size()), 0.99 * static_cast<double>(all.size()));
}

TEST(FindNearRows, TheOrderDoesNotMatter) {
  const Faces faces = PlantFaces(kAllCompared + 1000, 40);
  Faces mixed;
  std::vector<std::size_t> order(faces.ids.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::shuffle(order, std::mt19937(1));
  for (const std::size_t i : order) {
    mixed.ids.push_back(faces.ids[i]);
    const auto vector = std::span(faces.vectors).subspan(i * kDimension, kDimension);
    mixed.vectors.insert(mixed.vectors.end(), vector.begin(), vector.end());
  }
  const Pairs pairs = NearPairs(faces);
  EXPECT_GT(pairs.size(), faces.ids.size());
  EXPECT_EQ(NearPairs(mixed), pairs);
}

TEST(FindNearRows, KeepsTheNearestAsFarAsEightBitsTell) {
  const Faces faces = PlantFaces(600, 60);
  const Pairs all = AllPairs(faces);
  const Pairs found = NearPairs(faces, 5);
  std::map<std::int64_t, std::vector<float>> near;
  for (const auto& [pair, distance] : all) near[pair.first].push_back(distance);
  std::map<std::int64_t, std::vector<float>> kept;
  for (const auto& [pair, distance] : found) kept[pair.first].push_back(distance);
  for (auto& [id, distances] : near) {
    std::ranges::sort(distances);
    distances.resize(std::min<std::size_t>(distances.size(), 5));
    std::ranges::sort(kept[id]);
    EXPECT_THAT(kept[id], testing::Pointwise(testing::FloatNear(0.02F), distances)) << id;
  }
}

TEST(FindNearRows, ManyThatAreAllTheSameFindSomeOfEachOther) {
  Faces faces;
  for (std::size_t i = 0; i < kAllCompared + 904; ++i) {
    faces.vectors.resize(faces.vectors.size() + kDimension, 0.125F);
    faces.ids.push_back(static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(NearPairs(faces, 4).size(), 4 * faces.ids.size());
}

}  // namespace
}  // namespace kinfolder
