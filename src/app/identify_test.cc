#include "app/identify.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

constexpr float kThreshold = 0.5F;

// A face in the given column whose embedding lies at this angle on the unit circle.
ScannedFace FaceToward(int column, float radians) {
  ScannedFace face = FaceAt(column);
  face.embedding.values = {std::cos(radians), std::sin(radians)};
  return face;
}

// Ann is at 0, Ben at 0.4; a photo of one face at 0.1 and one at 0.25.
class IdentifyTest : public testing::Test {
 protected:
  IdentifyTest() {
    ann_ = AddPersonAt("Ann", 0);
    ben_ = AddPersonAt("Ben", 0.4F);
    const PhotoId photo =
        catalog_->PutScanned(PhotoOf("photo", {FaceToward(1, 0.1F), FaceToward(4, 0.25F)}), FileRole::kPhoto).value();
    const auto faces = catalog_->FacesOf(photo).value();
    near_ann_ = faces[0].id;
    near_ben_ = faces[1].id;
  }

  PersonId AddPersonAt(const std::string& name, float radians) {
    const PhotoId photo = catalog_->PutScanned(PhotoOf(name, {FaceToward(1, radians)}), FileRole::kReference).value();
    const PersonId person = catalog_->AddPerson(name, "user")->id;
    EXPECT_TRUE(catalog_->AddReference(catalog_->FacesOf(photo)->front().id, person, "known-folder"));
    return person;
  }
  MatchedFace After(FaceId face) {
    result_ = IdentifyFaces(*catalog_, kModel, kThreshold).value();
    const auto matches = catalog_->Matches().value();
    for (const MatchedFace& match : matches) {
      if (match.face.id == face) return match;
    }
    throw std::runtime_error("the face has no match");
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_ = OpenSqliteCatalog(folder_ / "catalog.sqlite").value();
  PersonId ann_;
  PersonId ben_;
  FaceId near_ann_;
  FaceId near_ben_;
  IdentifyResult result_;
};

TEST_F(IdentifyTest, NamesTheNearest) {
  EXPECT_EQ(After(near_ann_).match.person, ann_);
  EXPECT_EQ(After(near_ben_).match.person, ben_);
  EXPECT_EQ(result_.named, 2);
  EXPECT_EQ(result_.unknown, 0);
  EXPECT_TRUE(result_.up_to_date) << "the second time";
}

TEST_F(IdentifyTest, PassesOverWhoWasRejectedForTheNextNearest) {
  ASSERT_TRUE(catalog_->Reject(near_ann_, ann_, "user"));
  const MatchedFace face = After(near_ann_);
  EXPECT_EQ(face.match.person, ben_);
  EXPECT_EQ(face.match.runner_up, std::nullopt);
  EXPECT_TRUE(face.match.needs_review) << "Ben is nearer in the other face";
  ASSERT_TRUE(catalog_->Reject(near_ann_, ben_, "user"));
  EXPECT_EQ(After(near_ann_).match.nearest, std::nullopt);
  EXPECT_EQ(result_.unknown, 1);
}

TEST_F(IdentifyTest, AConfirmedFaceHasTheBetterClaim) {
  ASSERT_TRUE(catalog_->AddReference(near_ben_, ann_, "user"));
  EXPECT_TRUE(After(near_ann_).match.needs_review);
  const MatchedFace confirmed = After(near_ben_);
  EXPECT_EQ(confirmed.match.person, ann_);
  EXPECT_EQ(confirmed.match.decided_by, Decider::kUser);
  EXPECT_EQ(confirmed.decision, Decision::kConfirmed);
  EXPECT_FALSE(confirmed.match.needs_review);
}

TEST_F(IdentifyTest, WhatIsTakenBackHasNotVouchedForItself) {
  const PersonId cleo = catalog_->AddPerson("Cleo", "user")->id;
  const std::int64_t said = catalog_->AddReference(near_ben_, cleo, "user").value();
  EXPECT_EQ(After(near_ben_).match.person, cleo);
  EXPECT_EQ(After(near_ben_).match.nearest->person, ben_);
  ASSERT_TRUE(catalog_->Undo(said, "user"));
  const auto matches = catalog_->Matches().value();
  EXPECT_EQ(matches.back().match.person, ben_) << "also before faces are identified again";
}

TEST_F(IdentifyTest, StrangersAndWhatIsNoFaceHaveNoNameAndWaitForNone) {
  ASSERT_TRUE(catalog_->SetAside(near_ann_, Decision::kStranger, "user"));
  const std::int64_t said = catalog_->SetAside(near_ben_, Decision::kNotAFace, "user").value();
  EXPECT_EQ(After(near_ann_).match.person, std::nullopt);
  EXPECT_EQ(result_.named, 0);
  EXPECT_EQ(result_.unknown, 0);
  ASSERT_TRUE(catalog_->Undo(said, "user"));
  EXPECT_EQ(After(near_ben_).match.person, ben_);
  EXPECT_EQ(result_.named, 1);
}

TEST_F(IdentifyTest, AStrangerHasNoClaimToAName) {
  ASSERT_TRUE(catalog_->Reject(near_ben_, ben_, "user"));
  EXPECT_TRUE(After(near_ben_).match.needs_review) << "Ann is nearer in the other face";
  ASSERT_TRUE(catalog_->SetAside(near_ann_, Decision::kStranger, "user"));
  EXPECT_FALSE(After(near_ben_).match.needs_review);
}

}  // namespace
}  // namespace kinfolder
