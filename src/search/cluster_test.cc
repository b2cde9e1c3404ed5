#include "search/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

namespace kinfolder {
namespace {

using testing::ElementsAre;

// Faces on the unit circle, by id and degrees.
using Painted = std::vector<std::pair<std::int64_t, double>>;

FaceClusters ClustersOf(const Painted& painted, float cutoff) {
  std::vector<FaceId> faces;
  std::vector<float> vectors;
  for (const auto& [id, degrees] : painted) {
    const double radians = degrees * std::acos(-1.0) / 180;
    faces.push_back({id});
    vectors.push_back(static_cast<float>(std::cos(radians)));
    vectors.push_back(static_cast<float>(std::sin(radians)));
  }
  FaceClusters clusters(2, cutoff);
  clusters.Add(faces, vectors);
  return clusters;
}

std::vector<std::vector<std::int64_t>> GroupIds(const Painted& faces, float cutoff) {
  std::vector<std::vector<std::int64_t>> groups;
  for (const FaceGroup& group : ClustersOf(faces, cutoff).Groups()) {
    std::vector<std::int64_t>& ids = groups.emplace_back();
    for (const FaceId face : group) ids.push_back(face.value);
  }
  return groups;
}

using Ids = std::vector<std::int64_t>;

TEST(FaceClusters, GroupsWhatLooksAlikeLargestFirst) {
  EXPECT_THAT(GroupIds({{7, 90}, {1, 0}, {4, 200}, {2, 95}, {9, 100}, {3, 5}}, 0.3F),
              ElementsAre(Ids{2, 7, 9}, Ids{1, 3}, Ids{4}));
  EXPECT_THAT(GroupIds({}, 0.3F), ElementsAre());
}

// Each is near the next, as photos of two people through a likeness between are; the ends are far apart.
TEST(FaceClusters, AChainIsNotOneGroup) {
  EXPECT_THAT(GroupIds({{1, 0}, {2, 10}, {3, 21}, {4, 33}, {5, 46}, {6, 60}}, 0.3F),
              ElementsAre(Ids{1, 2}, Ids{3, 4}, Ids{5, 6}));
}

TEST(FaceClusters, TheCutoffIsARootMeanSquareOfDistances) {
  // From 3 to 1 and 2: chords of 30 and 40 degrees, 0.5176 and 0.6840; their root mean square is 0.6066.
  const Painted faces = {{1, 0}, {2, 10}, {3, 40}};
  EXPECT_THAT(GroupIds(faces, 0.606F), ElementsAre(Ids{1, 2}, Ids{3}));
  EXPECT_THAT(GroupIds(faces, 0.607F), ElementsAre(Ids{1, 2, 3}));
}

TEST(FaceClusters, ManyAtOnceAreAsOneByOne) {
  std::vector<FaceId> faces;
  std::vector<float> vectors;
  FaceClusters one_by_one(2, 0.01F);
  for (int i = 0; i < 700; ++i) {
    const std::vector<float> vector = {static_cast<float>(std::cos(i)), static_cast<float>(std::sin(i))};
    faces.push_back({i});
    vectors.insert(vectors.end(), vector.begin(), vector.end());
    one_by_one.Add({&faces.back(), 1}, vector);
  }
  FaceClusters at_once(2, 0.01F);
  at_once.Add(faces, vectors);
  EXPECT_EQ(at_once.Near().size(), one_by_one.Near().size());
  EXPECT_EQ(at_once.Groups(), one_by_one.Groups());
  EXPECT_GT(at_once.Groups().front().size(), 1U);
}

RC_GTEST_PROP(FaceClusters, TheOrderOfAddingDoesNotMatter, ()) {
  const auto degrees = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 360));
  Painted faces;
  for (std::size_t i = 0; i < degrees.size(); ++i) faces.emplace_back(static_cast<std::int64_t>(i) + 1, degrees[i]);
  const auto groups = GroupIds(faces, 0.4F);
  std::ranges::reverse(faces);
  RC_ASSERT(GroupIds(faces, 0.4F) == groups);
  std::size_t members = 0;
  for (const auto& group : groups) members += group.size();
  RC_ASSERT(members == faces.size());
}

}  // namespace
}  // namespace kinfolder
