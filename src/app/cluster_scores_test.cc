#include "app/cluster_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace kinfolder {
namespace {

FaceGroup GroupOf(std::initializer_list<std::int64_t> faces) {
  FaceGroup group;
  for (const std::int64_t face : faces) group.push_back({face});
  return group;
}

// Faces 1 to 3 are one person's, 4 and 5 another's, 6 a third's.
const std::map<FaceId, PersonId> kTruth = {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}, {{4}, {2}}, {{5}, {2}}, {{6}, {3}}};

TEST(ScoreClusters, OfThePerfectGroups) {
  const ClusterScores scores = ScoreClusters(std::vector{GroupOf({1, 2, 3}), GroupOf({4, 5}), GroupOf({6})}, kTruth);
  EXPECT_EQ(scores.faces, 6);
  EXPECT_EQ(scores.groups, 2);
  EXPECT_DOUBLE_EQ(scores.pair_precision, 1);
  EXPECT_DOUBLE_EQ(scores.pair_recall, 1);
  EXPECT_DOUBLE_EQ(scores.b_cubed_precision, 1);
  EXPECT_DOUBLE_EQ(scores.b_cubed_recall, 1);
}

// Worked out by hand: of the six pairs that are grouped two are right, of four that should be.
TEST(ScoreClusters, OfMixedGroups) {
  const ClusterScores scores = ScoreClusters(std::vector{GroupOf({1, 2, 4, 5}), GroupOf({3}), GroupOf({6})}, kTruth);
  EXPECT_DOUBLE_EQ(scores.pair_precision, 2.0 / 6);
  EXPECT_DOUBLE_EQ(scores.pair_recall, 2.0 / 4);
  EXPECT_DOUBLE_EQ(scores.b_cubed_precision, (4 * 0.5 + 1 + 1) / 6);
  EXPECT_DOUBLE_EQ(scores.b_cubed_recall, (2 * 2.0 / 3 + 1.0 / 3 + 2 + 1) / 6);
}

TEST(ScoreClusters, NothingGroupedIsPreciseAndUseless) {
  const std::map<FaceId, PersonId> two = {{{1}, {1}}, {{2}, {1}}};
  const ClusterScores scores = ScoreClusters(std::vector{GroupOf({1}), GroupOf({2})}, two);
  EXPECT_DOUBLE_EQ(scores.pair_precision, 1);
  EXPECT_DOUBLE_EQ(scores.pair_recall, 0);
  EXPECT_DOUBLE_EQ(scores.b_cubed_recall, 0.5);
}

TEST(ChangedFraction, CountsFacesWhoseCompanyIsAnother) {
  const std::vector before = {GroupOf({1, 2}), GroupOf({3}), GroupOf({4, 5})};
  EXPECT_DOUBLE_EQ(ChangedFraction(before, before), 0);
  EXPECT_DOUBLE_EQ(ChangedFraction(before, std::vector{GroupOf({1, 2, 9}), GroupOf({3}), GroupOf({4, 5})}), 0)
      << "the new one itself does not count";
  EXPECT_DOUBLE_EQ(ChangedFraction(before, std::vector{GroupOf({1, 2}), GroupOf({3, 4, 5, 9})}), 0.6);
  EXPECT_DOUBLE_EQ(ChangedFraction(before, std::vector{GroupOf({1}), GroupOf({2, 9}), GroupOf({3}), GroupOf({4, 5})}),
                   0.4);
}

// 300 painted people with ten photos each, of whom a photo is a point at random around one at random.
TEST(FaceClusters, FindsPaintedPeopleAndStaysAsTheyWereWhenAPhotoIsAdded) {
  constexpr int kPeople = 300;
  constexpr int kPhotos = 10;
  constexpr std::size_t kDimension = 128;
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<FaceId> faces;
  std::vector<float> vectors;
  std::map<FaceId, PersonId> truth;
  for (int person = 0; person < kPeople; ++person) {
    std::vector<float> centre(kDimension);
    for (float& value : centre) value = normal(random);
    for (int photo = 0; photo < kPhotos; ++photo) {
      std::vector<float> vector = centre;
      for (float& value : vector) value += 0.75F * normal(random);
      const float norm = std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0F));
      for (const float value : vector) vectors.push_back(value / norm);
      faces.push_back({static_cast<std::int64_t>(faces.size()) + 1});
      truth[faces.back()] = {person + 1};
    }
  }
  FaceClusters clusters(kDimension, 0.85F);
  clusters.Add(std::span(faces).first(faces.size() - 1), std::span(vectors).first(vectors.size() - kDimension));
  const std::vector<FaceGroup> before = clusters.Groups();
  clusters.Add(std::span(faces).last(1), std::span(vectors).last(kDimension));
  const std::vector<FaceGroup> after = clusters.Groups();
  EXPECT_GE(ScoreClusters(after, truth).pair_precision, 0.99);
  EXPECT_GE(ScoreClusters(after, truth).pair_recall, 0.5);
  EXPECT_LE(ChangedFraction(before, after), 0.01);
}

}  // namespace
}  // namespace kinfolder
