#include "app/calibration_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace kinfolder {
namespace {

const double kPi = std::acos(-1.0);

Reference AtAngle(std::int64_t face, std::int64_t person, double radians) {
  return {FaceId{face},
          PersonId{person},
          {"test", {static_cast<float>(std::cos(radians)), static_cast<float>(std::sin(radians))}}};
}

float ChordOf(double radians) { return static_cast<float>(2 * std::sin(radians / 2)); }

// A face of `person` with these distances; below 0: there is none.
CalibrationTrial Trial(std::int64_t person, float own, float other) {
  CalibrationTrial trial{{}, PersonId{person}, {}, {}};
  if (own >= 0) trial.own = PersonDistance{PersonId{person}, {}, own};
  if (other >= 0) trial.other = PersonDistance{PersonId{person + 1}, {}, other};
  return trial;
}

TEST(LeaveOneOut, ComparesWithTheOwnOthersAndWithEverybodyElse) {
  const auto trials = LeaveOneOut({AtAngle(1, 1, 0), AtAngle(2, 1, 0.3), AtAngle(3, 2, 0.1), AtAngle(4, 3, 2)});
  ASSERT_TRUE(trials);
  ASSERT_EQ(trials->size(), 4U);
  const CalibrationTrial& first = trials->front();
  EXPECT_EQ(first.face, FaceId{1});
  EXPECT_EQ(first.own->reference, FaceId{2});
  EXPECT_NEAR(first.own->distance, ChordOf(0.3), 1e-6);
  EXPECT_EQ(first.other->reference, FaceId{3});
  EXPECT_NEAR(first.other->distance, ChordOf(0.1), 1e-6);
  EXPECT_FALSE((*trials)[2].own);
  EXPECT_EQ((*trials)[2].other->reference, FaceId{1});
  EXPECT_FALSE(LeaveOneOut({AtAngle(1, 1, 0)})->front().other);
}

TEST(ErrorRatesAt, CountsStrangersAndKnownFaces) {
  const std::vector<CalibrationTrial> trials = {Trial(1, 0.5F, 0.8F), Trial(1, 0.5F, 1.2F), Trial(2, -1, 0.8F)};
  EXPECT_DOUBLE_EQ(ErrorRatesAt(trials, 0.4F).wrong_names.value, 0);
  EXPECT_DOUBLE_EQ(ErrorRatesAt(trials, 0.4F).unknown->value, 1);
  EXPECT_DOUBLE_EQ(ErrorRatesAt(trials, 0.5F).unknown->value, 1) << "below the threshold, not at it";
  EXPECT_DOUBLE_EQ(ErrorRatesAt(trials, 0.6F).unknown->value, 0);
  // A half of one person's faces, and all of the other's: people count, not photos.
  EXPECT_DOUBLE_EQ(ErrorRatesAt(trials, 0.9F).wrong_names.value, 0.75);
  EXPECT_DOUBLE_EQ(ErrorRatesAt(trials, 0.9F).mixed_up, 0);
}

TEST(ErrorRatesAt, AKnownFaceThatIsNearerToAnotherIsMixedUp) {
  const std::vector<CalibrationTrial> trials = {Trial(1, 1.0F, 0.7F), Trial(2, 0.4F, 0.7F)};
  const ErrorRates rates = ErrorRatesAt(trials, 0.8F);
  EXPECT_DOUBLE_EQ(rates.mixed_up, 0.5);
  EXPECT_DOUBLE_EQ(rates.unknown->value, 0);
  EXPECT_DOUBLE_EQ(ErrorRatesAt(trials, 1.1F).mixed_up, 0.5);
  EXPECT_LE(rates.mixed_up, rates.wrong_names.value);
}

TEST(ErrorRatesAt, WithOneReferenceEachTheCostIsNotKnown) {
  EXPECT_FALSE(ErrorRatesAt(std::vector{Trial(1, -1, 0.7F), Trial(2, -1, 0.7F)}, 0.8F).unknown);
}

// People anywhere on a circle: the true rate at which a stranger is near one of them is known. Of the intervals at
// least so many must hold it as they say; they would not with each person as a trial of their own.
TEST(ErrorRatesAt, TheIntervalsHoldTheTrueRate) {
  constexpr int kPeople = 40;
  constexpr int kRepeats = 1000;
  std::mt19937 random;
  std::uniform_real_distribution<double> angle(0, 2 * kPi);
  for (const double true_rate : {0.03, 0.12, 0.5}) {
    // 1 - true_rate = (1 - covered)^(people that a stranger is compared with)
    const double covered = 1 - std::pow(1 - true_rate, 1.0 / (kPeople - 1));
    const float threshold = ChordOf(covered * kPi);
    int held = 0;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      std::vector<Reference> people;
      for (int person = 1; person <= kPeople; ++person) people.push_back(AtAngle(person, person, angle(random)));
      const Interval interval = ErrorRatesAt(*LeaveOneOut(people), threshold).wrong_names.interval;
      held += interval.low <= true_rate && true_rate <= interval.high ? 1 : 0;
    }
    EXPECT_GE(held, 0.94 * kRepeats) << true_rate;
  }
}

TEST(ErrorCurve, GoesFromTheFirstNameToWhereEveryStrangerHasOne) {
  const auto curve = ErrorCurve(std::vector{Trial(1, 0.52F, 0.91F), Trial(1, 0.52F, 0.81F), Trial(2, -1, 0.81F)});
  ASSERT_EQ(curve.size(), 9U);
  EXPECT_FLOAT_EQ(curve.front().threshold, 0.55F);
  EXPECT_FLOAT_EQ(curve.back().threshold, 0.95F);
  EXPECT_DOUBLE_EQ(curve.back().wrong_names.value, 1);
}

TEST(PeopleNeeded, AreJustEnough) {
  for (const double rate : {0.3, 0.01, 0.001}) {
    const int people = PeopleNeeded(rate);
    EXPECT_LE(ConfidenceInterval(0, people / 2).high, rate);
    EXPECT_GT(ConfidenceInterval(0, people / 2 - 1).high, rate);
  }
}

TEST(RecommendThreshold, PromisesWhatTheIntervalAllows) {
  // 1,000 people; one wrong name of them still promises 1 %, two do not.
  std::vector<CalibrationTrial> trials = {Trial(1, 0.5F, 0.953F), Trial(2, 0.5F, 1.003F), Trial(3, 0.5F, 1.006F)};
  for (int person = 4; person <= 1000; ++person) trials.push_back(Trial(person, 0.5F, 1.3F));
  const Recommendation chosen = RecommendThreshold(trials, 0.01, 0.8F);
  EXPECT_TRUE(chosen.promised);
  EXPECT_FLOAT_EQ(chosen.rates.threshold, 1.0F) << "above the model's, as enough people stand behind it";
  EXPECT_DOUBLE_EQ(chosen.rates.wrong_names.value, 0.001);
  EXPECT_FALSE(RecommendThreshold(trials, 0.001, 0.8F).promised);
}

TEST(RecommendThreshold, FewPeopleCanLowerTheModelsThresholdOnly) {
  const auto recommend = [](float other) {
    return RecommendThreshold(std::vector{Trial(1, 0.5F, other), Trial(2, 0.5F, 1.2F)}, 0.001, 0.9F);
  };
  EXPECT_FLOAT_EQ(recommend(1.1F).rates.threshold, 0.9F);
  EXPECT_FALSE(recommend(1.1F).promised);
  EXPECT_FLOAT_EQ(recommend(0.853F).rates.threshold, 0.85F);
  EXPECT_DOUBLE_EQ(recommend(0.853F).rates.wrong_names.value, 0);
  EXPECT_FLOAT_EQ(recommend(0).rates.threshold, 0) << "two people with the same face: nobody can be named";
}

}  // namespace
}  // namespace kinfolder
