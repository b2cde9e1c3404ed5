#include "app/verification_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace kinfolder {
namespace {

using ::testing::HasSubstr;

TEST(BestThreshold, LiesHalfWayBetweenTheTwoKinds) {
  const std::vector<ScoredPair> pairs = {{0.4F, true}, {0.8F, true}, {1.2F, false}, {1.4F, false}};
  EXPECT_FLOAT_EQ(BestThreshold(pairs), 1.0F);
}

TEST(BestThreshold, OfEquallyGoodOnesIsTheSmallest) {
  // Between 0.5 and 0.7 and beyond 0.9 one pair is wrong each.
  const std::vector<ScoredPair> pairs = {{0.5F, true}, {0.7F, false}, {0.9F, true}};
  EXPECT_FLOAT_EQ(BestThreshold(pairs), 0.6F);
}

TEST(BestThreshold, IsZeroWhereNothingShouldBeAccepted) {
  EXPECT_EQ(BestThreshold({}), 0.0F);
  EXPECT_EQ(BestThreshold(std::vector<ScoredPair>{{0.5F, false}, {0.9F, false}}), 0.0F);
}

TEST(BestThreshold, AcceptsAllWhereAllAreOnePerson) {
  const std::vector<ScoredPair> pairs = {{0.5F, true}, {0.9F, true}};
  EXPECT_GT(BestThreshold(pairs), 0.9F);
}

TEST(BestThreshold, DoesNotPartEqualDistances) {
  // Accepting 0.7 gains one pair and loses two, whatever their order.
  const std::vector<ScoredPair> pairs = {{0.7F, true}, {0.7F, false}, {0.7F, false}, {0.2F, true}};
  EXPECT_FLOAT_EQ(BestThreshold(pairs), 0.45F);
}

TEST(BestThreshold, IsAsGoodAsAnyOther) {
  rc::check([](const std::vector<std::pair<std::uint8_t, bool>>& made_up, std::uint8_t other) {
    std::vector<ScoredPair> pairs;
    pairs.reserve(made_up.size());
    for (const auto& [distance, same] : made_up) pairs.push_back({static_cast<float>(distance) / 100, same});
    const auto right = [&](float threshold) {
      return std::ranges::count_if(pairs, [&](const ScoredPair& p) { return (p.distance < threshold) == p.same; });
    };
    RC_ASSERT(right(BestThreshold(pairs)) >= right(static_cast<float>(other) / 100));
  });
}

TEST(CrossValidate, DecidesEachFoldByTheOthers) {
  // Fold 1 would set its own threshold between 1.0 and 1.2; fold 0's, 0.75, gets one of its two pairs wrong.
  const std::vector<ScoredPair> pairs = {{0.5F, true, 0}, {1.0F, false, 0}, {1.0F, true, 1}, {1.2F, false, 1}};
  const auto result = CrossValidate(pairs);
  ASSERT_TRUE(result);
  // Fold 0 at 1.1: both below, so one wrong. Fold 1 at 0.75: both above, so one wrong.
  EXPECT_DOUBLE_EQ(result->accuracy, 0.5);
  EXPECT_DOUBLE_EQ(result->standard_deviation, 0.0);
}

TEST(CrossValidate, DeviationIsOverTheFolds) {
  const std::vector<ScoredPair> pairs = {{0.5F, true, 0}, {1.5F, false, 0}, {0.5F, true, 1}, {0.6F, false, 1}};
  const auto result = CrossValidate(pairs);
  ASSERT_TRUE(result);
  // Fold 0 at 0.55: both right. Fold 1 at 1.0: one of two.
  EXPECT_DOUBLE_EQ(result->accuracy, 0.75);
  EXPECT_DOUBLE_EQ(result->standard_deviation, 0.25);
}

TEST(CrossValidate, RefusesASingleFold) {
  const auto result = CrossValidate(std::vector<ScoredPair>{{0.5F, true, 3}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(result.error().message, HasSubstr("at least 2 folds"));
}

TEST(AtFalseAcceptRate, LetsNoMoreThanTheFractionPass) {
  std::vector<ScoredPair> pairs;
  pairs.reserve(110);
  for (int i = 0; i < 100; ++i) pairs.push_back({1.0F + static_cast<float>(i) / 100, false});
  for (int i = 0; i < 10; ++i) pairs.push_back({0.2F + static_cast<float>(i) / 10, true});
  const auto point = AtFalseAcceptRate(pairs, 0.01);
  ASSERT_TRUE(point);
  EXPECT_FLOAT_EQ(point->threshold, 1.01F);        // 1.00 alone lies below
  EXPECT_DOUBLE_EQ(point->true_accept_rate, 0.9);  // 0.2 ... 1.0

  const auto none = AtFalseAcceptRate(pairs, 0.001);
  ASSERT_TRUE(none);
  EXPECT_FLOAT_EQ(none->threshold, 1.0F);
  EXPECT_DOUBLE_EQ(none->true_accept_rate, 0.8);

  const auto all = AtFalseAcceptRate(pairs, 1.0);
  ASSERT_TRUE(all);
  EXPECT_GT(all->threshold, 1.99F);
  EXPECT_DOUBLE_EQ(all->true_accept_rate, 1.0);
}

TEST(AtFalseAcceptRate, IsNotRoundedDownByAProductJustBelowAWholeNumber) {
  std::vector<ScoredPair> pairs = {{0.5F, true}};
  for (int i = 0; i < 300; ++i) pairs.push_back({1.0F + static_cast<float>(i), false});
  const auto point = AtFalseAcceptRate(pairs, 0.01);
  ASSERT_TRUE(point);
  EXPECT_FLOAT_EQ(point->threshold, 4.0F);  // 1, 2 and 3 lie below
}

TEST(AtFalseAcceptRate, NeedsPairsOfBothKinds) {
  const auto result = AtFalseAcceptRate(std::vector<ScoredPair>{{0.5F, true}}, 0.01);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
}

TEST(ScorePairs, GathersAllMeasures) {
  const std::vector<ScoredPair> pairs = {{0.4F, true, 0}, {1.2F, false, 0}, {0.6F, true, 1}, {1.4F, false, 1}};
  const auto scores = ScorePairs(pairs);
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_EQ(scores->pairs, 4);
  EXPECT_DOUBLE_EQ(scores->folds.accuracy, 1);
  EXPECT_DOUBLE_EQ(scores->at_far_1e3.true_accept_rate, 1);
  EXPECT_EQ(scores->threshold, BestThreshold(pairs));
  EXPECT_FALSE(ScorePairs(std::span(pairs).first(2)));
}

// Values of Wilson's formula worked out by hand.
TEST(ConfidenceInterval, IsWilsons) {
  EXPECT_NEAR(ConfidenceInterval(0.5, 100).low, 0.4038, 1e-4);
  EXPECT_NEAR(ConfidenceInterval(0.5, 100).high, 0.5962, 1e-4);
  EXPECT_NEAR(ConfidenceInterval(1, 10).low, 0.7225, 1e-4);
  EXPECT_DOUBLE_EQ(ConfidenceInterval(1, 10).high, 1);
  EXPECT_DOUBLE_EQ(ConfidenceInterval(0.3, 0).low, 0);
  EXPECT_DOUBLE_EQ(ConfidenceInterval(0.3, 0).high, 1);
}

TEST(Distance, IsEuclids) {
  const std::vector<float> a = {1, 2, 3};
  const std::vector<float> b = {1, 5, 7};
  EXPECT_FLOAT_EQ(Distance(a, b), 5);
}

}  // namespace
}  // namespace kinfolder
