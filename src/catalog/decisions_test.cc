#include "catalog/decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using testing::SizeIs;

constexpr FaceId kSomeFace{7};
constexpr PersonId kAnna{1};
constexpr PersonId kBob{2};
constexpr PersonId kCleo{3};

// Anna is nearest, Bob next, and both are near enough.
MatchedFace NearAnna() {
  MatchedFace face;
  face.face.id = kSomeFace;
  face.match = {kSomeFace, kAnna, PersonDistance{kAnna, FaceId{1}, 0.5F}, PersonDistance{kBob, FaceId{2}, 0.75F}, 1};
  return face;
}

MatchedFace After(const std::vector<FaceDecision>& decisions, const MatchedFace& before = NearAnna()) {
  std::vector faces{before};
  ApplyDecisions(decisions, faces);
  return faces.front();
}

TEST(ApplyDecisions, LeavesFacesOfWhichNothingIsSaid) {
  const MatchedFace face = After({{FaceId{6}, Decision::kStranger}, {FaceId{8}, Decision::kStranger}});
  EXPECT_EQ(face.match, NearAnna().match);
  EXPECT_EQ(face.decision, Decision::kNone);
}

TEST(ApplyDecisions, AConfirmedFaceIsThePersonsWhateverTheDistance) {
  MatchedFace doubtful = NearAnna();
  doubtful.match.needs_review = true;
  const MatchedFace face = After({{kSomeFace, Decision::kConfirmed, kCleo}}, doubtful);
  EXPECT_EQ(face.match.person, kCleo);
  EXPECT_EQ(face.match.decided_by, Decider::kUser);
  EXPECT_FALSE(face.match.needs_review);
  EXPECT_EQ(face.match.nearest, NearAnna().match.nearest) << "what was measured stays";
}

TEST(ApplyDecisions, TheNextNearestTakesThePlaceOfWhoWasRejected) {
  const MatchedFace face = After({{kSomeFace, Decision::kRejected, kAnna}});
  EXPECT_EQ(face.match.person, kBob);
  EXPECT_EQ(face.match.decided_by, Decider::kMachine);
  EXPECT_EQ(face.match.nearest->person, kBob);
  EXPECT_EQ(face.match.runner_up, std::nullopt);

  MatchedFace far = NearAnna();
  far.match.threshold = 0.75F;
  EXPECT_TRUE(After({{kSomeFace, Decision::kRejected, kAnna}}, far).IsUnknown()) << "Bob is not near enough";
  EXPECT_TRUE(After({{kSomeFace, Decision::kRejected, kAnna}, {kSomeFace, Decision::kRejected, kBob}}).IsUnknown());
  EXPECT_EQ(After({{kSomeFace, Decision::kRejected, kBob}}).match.person, kAnna);
}

TEST(ApplyDecisions, StrangersAndWhatIsNoFaceAreNobody) {
  for (const Decision decision : {Decision::kStranger, Decision::kNotAFace}) {
    const MatchedFace face = After({{kSomeFace, decision}});
    EXPECT_EQ(face.match.person, std::nullopt);
    EXPECT_EQ(face.match.decided_by, Decider::kUser);
    EXPECT_FALSE(face.IsUnknown()) << "they wait for nothing";
  }
}

TEST(ApplyDecisions, WhatIsLeftForLaterStaysAsTheMachineFoundIt) {
  const MatchedFace face = After({{kSomeFace, Decision::kLater}});
  EXPECT_EQ(face.match, NearAnna().match);
  EXPECT_EQ(face.decision, Decision::kLater);
}

TEST(DecisionsOn, AreThoseOfTheFace) {
  const std::vector<FaceDecision> decisions = {
      {FaceId{6}, Decision::kLater}, {kSomeFace, Decision::kRejected, kAnna}, {kSomeFace, Decision::kStranger}};
  EXPECT_THAT(DecisionsOn(kSomeFace, decisions), SizeIs(2));
  EXPECT_THAT(DecisionsOn(FaceId{8}, decisions), SizeIs(0));
}

}  // namespace
}  // namespace kinfolder
