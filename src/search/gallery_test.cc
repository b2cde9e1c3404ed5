#include "search/gallery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

namespace kinfolder {
namespace {

using ::testing::ElementsAre;

// The unit vector at `degrees` in the plane.
Embedding At(double degrees, const std::string& model = "test") {
  const double radians = degrees * std::acos(-1.0) / 180;
  return {model, {static_cast<float>(std::cos(radians)), static_cast<float>(std::sin(radians))}};
}

// The L2 distance between unit vectors `degrees` apart.
float Chord(double degrees) { return static_cast<float>(2 * std::sin(degrees * std::acos(-1.0) / 360)); }

Reference Known(std::int64_t face, std::int64_t person, double degrees) {
  return {FaceId{face}, PersonId{person}, At(degrees)};
}

TEST(Gallery, RanksPeopleByTheirNearestReference) {
  const Gallery gallery = *Gallery::Make({Known(10, 1, 90), Known(11, 1, 40), Known(12, 2, 20), Known(13, 2, 180)});
  const std::vector<Embedding> faces{At(0), At(60)};
  const auto ranked = *gallery.DistancesToPeople(faces);
  ASSERT_EQ(ranked.size(), 2U);
  ASSERT_EQ(ranked[0].size(), 2U);
  EXPECT_EQ(ranked[0][0].person, PersonId{2});
  EXPECT_EQ(ranked[0][0].reference, FaceId{12});
  EXPECT_NEAR(ranked[0][0].distance, Chord(20), 1e-6);
  EXPECT_EQ(ranked[0][1].reference, FaceId{11});
  EXPECT_NEAR(ranked[0][1].distance, Chord(40), 1e-6);
  EXPECT_EQ(ranked[1][0].reference, FaceId{11});
}

TEST(Gallery, EqualDistancesAreRankedByIds) {
  const Gallery gallery = *Gallery::Make({Known(9, 3, 10), Known(8, 2, 10), Known(7, 3, 10)});
  const auto ranked = *gallery.DistancesToPeople(std::vector<Embedding>{At(10)});
  EXPECT_THAT(ranked[0],
              ElementsAre(PersonDistance{PersonId{2}, FaceId{8}, 0}, PersonDistance{PersonId{3}, FaceId{7}, 0}));
}

TEST(Gallery, NobodyIsKnownYet) {
  const Gallery gallery = *Gallery::Make({});
  EXPECT_TRUE(gallery.empty());
  const auto ranked = *gallery.DistancesToPeople(std::vector<Embedding>{At(1), At(2)});
  EXPECT_THAT(ranked, ElementsAre(testing::IsEmpty(), testing::IsEmpty()));
}

TEST(Gallery, AReferenceThatIsLeftOutIsComparedWithAllOthers) {
  const std::vector<Reference> known = {Known(1, 1, 0), Known(2, 1, 30), Known(3, 2, 10)};
  const Gallery gallery = *Gallery::Make(known);
  const auto ranked = *gallery.DistancesLeavingOut(known);
  ASSERT_EQ(ranked.size(), 3U);
  ASSERT_EQ(ranked[0].size(), 2U);
  EXPECT_EQ(ranked[0][0].reference, FaceId{3});
  EXPECT_NEAR(ranked[0][0].distance, Chord(10), 1e-6);
  EXPECT_EQ(ranked[0][1].reference, FaceId{2});
  EXPECT_NEAR(ranked[0][1].distance, Chord(30), 1e-6);
  ASSERT_EQ(ranked[2].size(), 1U) << "nobody is known by no face";
  EXPECT_EQ(ranked[2][0].reference, FaceId{1});
}

TEST(Gallery, RefusesWhatCannotBeCompared) {
  EXPECT_EQ(Gallery::Make({Known(1, 1, 0), {FaceId{2}, PersonId{1}, At(0, "other")}}).error().message,
            "the reference face 2 was made by the model other, which can't be compared with test");
  EXPECT_EQ(Gallery::Make({Known(1, 1, 0), {FaceId{2}, PersonId{1}, {"test", {1}}}}).error().message,
            "the reference face 2 has 1 values where test has 2");
  const Gallery gallery = *Gallery::Make({Known(1, 1, 0)});
  const auto refused = gallery.DistancesToPeople(std::vector<Embedding>{At(0), At(0, "other")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.error().message, "a face was made by the model other, which can't be compared with test");
}

RC_GTEST_PROP(Gallery, AgreesWithComparingOneByOne, ()) {
  const auto angle = rc::gen::inRange(0, 360);
  const auto references =
      *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(rc::gen::inRange(1, 6), angle));
  const auto queries = *rc::gen::container<std::vector<int>>(angle);
  std::vector<Reference> known;
  known.reserve(references.size());
  for (std::size_t i = 0; i < references.size(); ++i) {
    known.push_back(Known(static_cast<std::int64_t>(i) + 1, references[i].first, references[i].second));
  }
  std::vector<Embedding> faces;
  faces.reserve(queries.size());
  for (const int degrees : queries) faces.push_back(At(degrees));
  const auto ranked = *Gallery::Make(known)->DistancesToPeople(faces);
  RC_ASSERT(ranked.size() == queries.size());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    std::map<PersonId, float> nearest;
    for (const auto& [person, degrees] : references) {
      const float distance = Chord(std::abs(degrees - queries[q]));
      const auto [entry, is_new] = nearest.try_emplace(PersonId{person}, distance);
      if (!is_new) entry->second = std::min(entry->second, distance);
    }
    RC_ASSERT(ranked[q].size() == nearest.size());
    for (std::size_t i = 0; i < ranked[q].size(); ++i) {
      RC_ASSERT(std::abs(ranked[q][i].distance - nearest.at(ranked[q][i].person)) < 1e-3F);
      if (i > 0) RC_ASSERT(ranked[q][i - 1].distance <= ranked[q][i].distance);
    }
  }
}

RC_GTEST_PROP(Gallery, TheNearestAreTheFirstOfAll, ()) {
  const auto angle = rc::gen::inRange(0, 3600);
  const auto drawn =
      *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(rc::gen::inRange(1, 9), angle));
  std::vector<Reference> known;
  known.reserve(drawn.size());
  for (const auto& [person, tenths] : drawn) {
    known.push_back(Known(static_cast<std::int64_t>(known.size()) + 1, person, tenths / 10.0));
  }
  const Gallery gallery = *Gallery::Make(known);
  const auto count = *rc::gen::inRange<std::size_t>(1, 4);
  const auto all = *gallery.DistancesLeavingOut(known);
  const auto nearest = *gallery.NearestLeavingOut(known, count);
  RC_ASSERT(nearest.size() == all.size());
  for (std::size_t q = 0; q < all.size(); ++q) {
    RC_ASSERT(nearest[q].size() == std::min(count, all[q].size()));
    for (std::size_t i = 0; i < nearest[q].size(); ++i) {
      RC_ASSERT(std::abs(nearest[q][i].distance - all[q][i].distance) < 1e-5F);
      RC_ASSERT(nearest[q][i].person == all[q][i].person || i + 1 < all[q].size());
    }
  }
}

// As many as make no difference: the same face a thousand times over.
TEST(Gallery, TheNearestOfManyEqualOnesAreByIds) {
  std::vector<Reference> known;
  known.reserve(20'000);
  for (int i = 0; i < 20'000; ++i) known.push_back(Known(30'000 - i, 1 + i % 5, 10));
  const Gallery gallery = *Gallery::Make(known);
  const auto nearest = *gallery.NearestLeavingOut(std::vector{Known(1, 1, 10), Known(30'000 - 19'999, 1, 40)}, 2);
  EXPECT_THAT(nearest[0], ElementsAre(PersonDistance{PersonId{1}, FaceId{10'005}, 0},
                                      PersonDistance{PersonId{2}, FaceId{10'004}, 0}));
  EXPECT_EQ(nearest[1][1].reference, FaceId{10'004});
}

}  // namespace
}  // namespace kinfolder
