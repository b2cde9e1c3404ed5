#include "search/identify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace kinfolder {
namespace {

constexpr float kThreshold = 1.0F;
constexpr FaceId kFace{5};

PersonDistance Ranked(std::int64_t person, float distance) { return {PersonId{person}, FaceId{person * 10}, distance}; }

Match Named(std::int64_t face, std::int64_t person, float distance, Decider decider = Decider::kMachine) {
  Match match = Decide(FaceId{face}, std::vector{Ranked(person, distance)}, 2.0F);
  match.decided_by = decider;
  return match;
}

TEST(Decide, TheNearestPersonBelowTheThreshold) {
  const Match match = Decide(kFace, std::vector{Ranked(2, 0.6F), Ranked(1, 0.9F), Ranked(3, 1.2F)}, kThreshold);
  EXPECT_EQ(match.face, kFace);
  EXPECT_EQ(match.person, PersonId{2});
  EXPECT_EQ(match.nearest, Ranked(2, 0.6F));
  EXPECT_EQ(match.runner_up, Ranked(1, 0.9F));
  EXPECT_FLOAT_EQ(*match.margin(), 0.3F);
  EXPECT_EQ(match.threshold, kThreshold);
  EXPECT_EQ(match.decided_by, Decider::kMachine);
  EXPECT_FALSE(match.needs_review);
}

TEST(Decide, UnknownAtTheThresholdOrBeyond) {
  for (const float distance : {kThreshold, 1.5F}) {
    const Match match = Decide(kFace, std::vector{Ranked(2, distance)}, kThreshold);
    EXPECT_EQ(match.person, std::nullopt);
    EXPECT_EQ(match.nearest, Ranked(2, distance)) << "the distance is kept, to be judged";
    EXPECT_EQ(match.runner_up, std::nullopt);
    EXPECT_EQ(match.margin(), std::nullopt);
  }
}

TEST(Decide, UnknownWhereNobodyIsKnown) {
  const Match match = Decide(kFace, {}, kThreshold);
  EXPECT_EQ(match.person, std::nullopt);
  EXPECT_EQ(match.nearest, std::nullopt);
}

// Two people of one reference each, `degrees` apart in the plane, and a face at `face` degrees.
Match Between(double degrees, double face) {
  const auto at = [](double angle) {
    const double radians = angle * std::acos(-1.0) / 180;
    return Embedding{"test", {static_cast<float>(std::cos(radians)), static_cast<float>(std::sin(radians))}};
  };
  const Gallery gallery = *Gallery::Make({{FaceId{10}, PersonId{1}, at(0)}, {FaceId{20}, PersonId{2}, at(degrees)}});
  const auto ranked = *gallery.DistancesToPeople(std::vector{at(face)});
  Match match = Decide(kFace, ranked.front(), kThreshold);
  FlagBetweenAlike(gallery, match);
  return match;
}

TEST(FlagBetweenAlike, OnlyTheMiddleThirdBetweenPeopleWhoLookAlike) {
  constexpr double kAlike = 30;  // 0.52 apart
  EXPECT_FALSE(Between(kAlike, -10).needs_review) << "beside one";
  EXPECT_FALSE(Between(kAlike, 0).needs_review);
  EXPECT_FALSE(Between(kAlike, 9).needs_review) << "nearer to one by far";
  EXPECT_TRUE(Between(kAlike, 12).needs_review);
  EXPECT_TRUE(Between(kAlike, 18).needs_review);
  EXPECT_FALSE(Between(kAlike, 21).needs_review) << "nearer to the other";
  EXPECT_EQ(Between(kAlike, 12).person, PersonId{1}) << "who is nearer, is still said";
}

TEST(FlagBetweenAlike, NobodyElseIsInDoubt) {
  EXPECT_FALSE(Between(70, 35).needs_review) << "1.15 apart: the one's photo would not get the other's name";
  EXPECT_FALSE(Between(30, 170).needs_review) << "it is neither";
  Match alone = Named(1, 7, 0.8F);
  FlagBetweenAlike(*Gallery::Make({}), alone);
  EXPECT_FALSE(alone.needs_review);
}

TEST(FlagRepeatedPeople, OnlyTheNearestIsSure) {
  std::vector<Match> matches{Named(1, 7, 0.8F), Named(2, 7, 0.5F), Named(3, 8, 0.9F), Named(4, 7, 0.9F)};
  FlagRepeatedPeople(matches);
  EXPECT_TRUE(matches[0].needs_review);
  EXPECT_FALSE(matches[1].needs_review);
  EXPECT_FALSE(matches[2].needs_review);
  EXPECT_TRUE(matches[3].needs_review);
}

TEST(FlagRepeatedPeople, WhatPeopleSaidCountsAsNearestAndStays) {
  std::vector<Match> matches{Named(1, 7, 0.1F), Named(2, 7, 0.9F, Decider::kUser),
                             Named(3, 7, 0.9F, Decider::kImportedTag)};
  FlagRepeatedPeople(matches);
  EXPECT_TRUE(matches[0].needs_review);
  EXPECT_FALSE(matches[1].needs_review);
  EXPECT_FALSE(matches[2].needs_review);
}

TEST(FlagRepeatedPeople, OfEqualsTheFirstFaceIsSure) {
  std::vector<Match> matches{Named(2, 7, 0.5F), Named(1, 7, 0.5F)};
  FlagRepeatedPeople(matches);
  EXPECT_TRUE(matches[0].needs_review);
  EXPECT_FALSE(matches[1].needs_review);
}

TEST(FlagRepeatedPeople, UnknownFacesAreNoRepetition) {
  std::vector<Match> matches{Decide(FaceId{1}, {}, kThreshold), Decide(FaceId{2}, {}, kThreshold)};
  FlagRepeatedPeople(matches);
  EXPECT_FALSE(matches[0].needs_review);
  EXPECT_FALSE(matches[1].needs_review);
}

}  // namespace
}  // namespace kinfolder
