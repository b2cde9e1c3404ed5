#include "app/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReviewTest : public testing::Test {
 protected:
  ReviewTest() {
    const PhotoId photo =
        catalog_->PutScanned(PhotoOf("beach", {FaceAt(1), FaceAt(4), FaceAt(7)}), FileRole::kPhoto).value();
    const auto faces = catalog_->FacesOf(photo).value();
    std::vector<Match> matches;
    for (const CatalogFace& face : faces) {
      faces_.push_back(face.id);
      matches.push_back({face.id, {}, {}, {}, 1});
    }
    anna_ = catalog_->AddPerson("Anna", "user")->id;
    matches[2].person = anna_;
    matches[2].needs_review = true;
    EXPECT_TRUE(catalog_->ReplaceMatches(kModel, matches));
  }

  std::vector<FaceId> Waiting(ReviewList list) {
    const auto library = Library::Read(*catalog_).value();
    std::vector<FaceId> waiting;
    const auto listed = FacesToReview(*library, list);
    waiting.reserve(listed.size());
    for (const MatchedFace* const face : listed) waiting.push_back(face->face.id);
    return waiting;
  }
  std::int64_t Say(std::size_t face, Decision decision, std::optional<PersonId> person = {}) {
    return DecideFaces(*catalog_, std::array{faces_[face]}, decision, person).value().front();
  }
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    const auto history = History(*catalog_).value();
    told.reserve(history.size());
    for (const PastFact& fact : history) told.push_back(fact.text + (fact.undone ? " (undone)" : ""));
    return told;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_ = OpenSqliteCatalog(folder_ / "catalog.sqlite").value();
  std::vector<FaceId> faces_;
  PersonId anna_;
};

TEST_F(ReviewTest, FacesWaitUntilSomethingIsSaidOfThem) {
  EXPECT_THAT(Waiting(ReviewList::kUnknown), ElementsAre(faces_[0], faces_[1]));
  EXPECT_THAT(Waiting(ReviewList::kUncertain), ElementsAre(faces_[2]));
  Say(0, Decision::kStranger);
  Say(1, Decision::kConfirmed, anna_);
  Say(2, Decision::kConfirmed, anna_);
  EXPECT_THAT(Waiting(ReviewList::kUnknown), IsEmpty());
  EXPECT_THAT(Waiting(ReviewList::kUncertain), IsEmpty());
}

TEST_F(ReviewTest, WhatIsLeftForLaterWaitsInAListOfItsOwn) {
  Say(0, Decision::kLater);
  Say(2, Decision::kLater);
  EXPECT_THAT(Waiting(ReviewList::kUnknown), ElementsAre(faces_[1]));
  EXPECT_THAT(Waiting(ReviewList::kUncertain), IsEmpty());
  EXPECT_THAT(Waiting(ReviewList::kLater), ElementsAre(faces_[0], faces_[2]));
}

TEST_F(ReviewTest, ARejectedNameIsNotUncertainButUnknown) {
  Say(2, Decision::kRejected, anna_);
  EXPECT_THAT(Waiting(ReviewList::kUncertain), IsEmpty());
  EXPECT_THAT(Waiting(ReviewList::kUnknown), ElementsAre(faces_[0], faces_[1], faces_[2]));
}

TEST_F(ReviewTest, SaysTheSameOfAllFacesOrOfNone) {
  const std::array some = {faces_[0], FaceId{99}};
  EXPECT_EQ(DecideFaces(*catalog_, some, Decision::kStranger, {}).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(*catalog_->Decisions(), IsEmpty());
  EXPECT_EQ(DecideFaces(*catalog_, faces_, Decision::kStranger, {})->size(), 3);
}

TEST_F(ReviewTest, RefusesWhatMakesNoSense) {
  const auto said = DecideFaces(*catalog_, faces_, Decision::kConfirmed, {});
  EXPECT_EQ(said.error(), (Error{ErrorCode::kInvalidArgument, "'confirmed' needs a person"}));
  EXPECT_EQ(DecideFaces(*catalog_, faces_, Decision::kLater, anna_).error().message,
            "'later' is said of nobody in particular");
  EXPECT_EQ(DecideFaces(*catalog_, faces_, Decision::kNone, {}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(ParseDecision("friend").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(ParseReviewList("all").error().message, "'show' is unknown, uncertain or later, not 'all'");
}

TEST_F(ReviewTest, DecisionsHaveNames) {
  for (const Decision decision : {Decision::kNone, Decision::kConfirmed, Decision::kRejected, Decision::kNotAFace,
                                  Decision::kStranger, Decision::kLater}) {
    EXPECT_EQ(ParseDecision(NameOf(decision)).value(), decision);
  }
}

TEST_F(ReviewTest, TellsWhatWasSaidWithTheNamesOfThatTime) {
  const std::int64_t said = Say(0, Decision::kConfirmed, anna_);
  ASSERT_TRUE(catalog_->RenamePerson(anna_, "Anne", "user"));
  Say(1, Decision::kRejected, anna_);
  Say(1, Decision::kNotAFace);
  ASSERT_TRUE(UndoFacts(*catalog_, {said}));
  EXPECT_THAT(Told(),
              ElementsAre("number 2 is taken back", "a face in beach.jpg is no face", "a face in beach.jpg is not Anne",
                          "Anna is called Anne", "a face in beach.jpg is Anna (undone)", "Anna is known"));
  const auto history = History(*catalog_).value();
  EXPECT_EQ(history.back().number, 1);
  EXPECT_EQ(history.back().origin, "user");
  EXPECT_THAT(history.back().time, testing::MatchesRegex("20..-..-..T..:..:..Z"));
  ASSERT_TRUE(catalog_->ForgetFile("/photos/beach.jpg"));
  EXPECT_EQ(Told()[1], "a face in a photo that is gone is no face");
}

}  // namespace
}  // namespace kinfolder
