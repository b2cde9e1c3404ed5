#include "app/unknown_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "app/review.h"
#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class UnknownGroupsTest : public testing::Test {
 protected:
  // A photo with one face, which looks as far from others as its degrees are.
  FaceId Add(const std::string& photo, double degrees, float width_px = 100) {
    ScannedFace face = FaceAt(1);
    const double radians = degrees * std::acos(-1.0) / 180;
    face.embedding.values = {static_cast<float>(std::cos(radians)), static_cast<float>(std::sin(radians))};
    face.quality.width_px = width_px;
    const PhotoId id = catalog_->PutScanned(PhotoOf(photo, {face}), FileRole::kPhoto).value();
    const FaceId added = catalog_->FacesOf(id)->front().id;
    matches_.push_back({added, {}, {}, {}, 1});
    return added;
  }

  UnknownGroups Group() {
    EXPECT_TRUE(catalog_->ReplaceMatches(kModel, matches_));
    library_ = Library::Read(*catalog_).value();
    return GroupUnknownFaces(*library_, *catalog_, kModel, 0.5F).value();
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_ = OpenSqliteCatalog(folder_ / "catalog.sqlite").value();
  std::vector<Match> matches_;
  std::shared_ptr<const Library> library_;  // for as long as its faces are looked at
};

std::vector<FaceId> IdsOf(const std::vector<const MatchedFace*>& faces) {
  std::vector<FaceId> ids;
  ids.reserve(faces.size());
  for (const MatchedFace* const face : faces) ids.push_back(face->face.id);
  return ids;
}

TEST_F(UnknownGroupsTest, TheLargestComesFirstAndItsCoverInFront) {
  const FaceId a = Add("a", 0);
  const FaceId b = Add("b", 10);
  const FaceId c = Add("c", 90);
  const FaceId d = Add("d", 95, 300);
  const FaceId e = Add("e", 100);
  const FaceId f = Add("f", 180);
  const UnknownGroups unknown = Group();
  ASSERT_EQ(unknown.groups.size(), 2U);
  EXPECT_THAT(IdsOf(unknown.groups[0]), ElementsAre(d, c, e));
  EXPECT_THAT(IdsOf(unknown.groups[1]), ElementsAre(a, b));
  EXPECT_THAT(IdsOf(unknown.alone), ElementsAre(f));
}

TEST_F(UnknownGroupsTest, FacesThatHaveANameOrWereSetAsideAreNotAmongThem) {
  const FaceId alone = Add("a", 0);
  Add("b", 1);
  matches_.back().person = catalog_->AddPerson("Anna", "user")->id;
  for (const Decision decision : {Decision::kNotAFace, Decision::kStranger, Decision::kLater}) {
    ASSERT_TRUE(catalog_->SetAside(Add(std::string(NameOf(decision)), 2), decision, "user"));
  }
  EXPECT_THAT(Group().groups, IsEmpty());
  EXPECT_THAT(IdsOf(Group().alone), ElementsAre(alone));
  const FaceId other = Add("c", 3);
  EXPECT_THAT(IdsOf(Group().groups.at(0)), ElementsAre(alone, other));
  EXPECT_THAT(Group().alone, IsEmpty());
}

TEST_F(UnknownGroupsTest, NoFacesAreNoGroups) { EXPECT_THAT(Group().groups, IsEmpty()); }

TEST_F(UnknownGroupsTest, HundredsOfOnePersonAreOneGroupTheBestFirst) {
  constexpr std::size_t kFaces = 300;
  ASSERT_TRUE(catalog_->InTransaction([&]() -> Status {
    for (std::size_t i = 0; i < kFaces; ++i) Add(std::to_string(i), 0.01 * static_cast<double>(i), i < 10 ? 300 : 100);
    return {};
  }));
  const UnknownGroups unknown = Group();
  ASSERT_EQ(unknown.groups.size(), 1U);
  EXPECT_EQ(unknown.groups[0].size(), kFaces);
  EXPECT_THAT(unknown.alone, IsEmpty());
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(unknown.groups[0][i]->face.quality.width_px, 300) << "the best first";
}

}  // namespace
}  // namespace kinfolder
