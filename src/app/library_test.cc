#include "app/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

class LibraryTest : public testing::Test {
 protected:
  LibraryTest() : catalog_(*OpenSqliteCatalog(folder_ / "catalog.sqlite")) {}

  PhotoId Put(const std::string& content, std::vector<ScannedFace> faces, std::optional<LocalTime> taken_at,
              FileRole role = FileRole::kPhoto) {
    ScannedPhoto photo = PhotoOf(content, std::move(faces));
    photo.info.taken_at = taken_at;
    return catalog_->PutScanned(photo, role).value();
  }
  FaceId FaceOf(PhotoId photo, std::size_t index = 0) { return catalog_->FacesOf(photo).value().at(index).id; }
  Match MatchOf(FaceId face, std::optional<PersonId> person, bool needs_review = false) {
    Match match;
    match.face = face;
    match.person = person;
    match.needs_review = needs_review;
    return match;
  }
  std::shared_ptr<const Library> Read() { return Library::Read(*catalog_).value(); }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(LibraryTest, NewestPhotosComeFirstAndUndatedLast) {
  Put("b", {}, std::nullopt);
  Put("old", {}, LocalTime{1990, 1, 1, 0, 0, 0});
  Put("new", {}, LocalTime{2020, 1, 1, 0, 0, 0});
  Put("a", {}, std::nullopt);
  Put("reference", {}, std::nullopt, FileRole::kReference);
  std::vector<std::string> names;
  const auto library = Read();
  for (const LibraryPhoto& photo : library->photos()) names.push_back(photo.files.front().stem());
  EXPECT_THAT(names, testing::ElementsAre("new", "old", "a", "b"));
}

TEST_F(LibraryTest, FacesStandWithTheirPhotos) {
  const PhotoId old = Put("old", {FaceAt(1)}, LocalTime{1990, 1, 1, 0, 0, 0});
  const PhotoId recent = Put("recent", {FaceAt(1), FaceAt(4)}, LocalTime{2020, 1, 1, 0, 0, 0});
  const Person ann = catalog_->AddPerson("Ann", "user").value();
  ASSERT_TRUE(catalog_->ReplaceMatches(kModel, {MatchOf(FaceOf(old), ann.id), MatchOf(FaceOf(recent), std::nullopt),
                                                MatchOf(FaceOf(recent, 1), ann.id, true)}));
  const auto library = Read();
  const LibraryPhoto& first = library->photos().front();
  EXPECT_EQ(first.photo.id, recent);
  EXPECT_EQ(first.unknown, 1);
  EXPECT_EQ(first.uncertain, 1);
  ASSERT_EQ(library->FacesOf(first).size(), 2);
  EXPECT_EQ(library->FacesOf(first)[0].face.id, FaceOf(recent));
  ASSERT_NE(library->FindPhoto(old), nullptr);
  EXPECT_EQ(library->FacesOf(*library->FindPhoto(old)).size(), 1);
  EXPECT_EQ(library->FindPhoto(PhotoId{99}), nullptr);
}

TEST_F(LibraryTest, PeopleAreCountedByWhatIsSure) {
  const PhotoId one = Put("one", {FaceAt(1), FaceAt(4)}, std::nullopt);
  const PhotoId two = Put("two", {FaceAt(1)}, std::nullopt);
  const PhotoId known = Put("known", {FaceAt(2)}, std::nullopt, FileRole::kReference);
  const Person ann = catalog_->AddPerson("Ann", "user").value();
  const Person ben = catalog_->AddPerson("Ben", "user").value();
  ASSERT_TRUE(catalog_->AddReference(FaceOf(known), ann.id, "user"));
  ASSERT_TRUE(catalog_->ReplaceMatches(
      kModel, {MatchOf(FaceOf(one), ann.id), MatchOf(FaceOf(one, 1), ann.id, true), MatchOf(FaceOf(two), ann.id)}));
  const auto library = Read();
  const LibraryPerson* const person = library->FindPerson(ann.id);
  ASSERT_NE(person, nullptr);
  EXPECT_EQ(person->photos, 2);
  EXPECT_EQ(person->faces, 2);
  EXPECT_EQ(person->uncertain, 1);
  EXPECT_EQ(person->cover, (FaceOnPhoto{FaceOf(known), known})) << "a reference before what was only found";
  EXPECT_EQ(library->FindPerson(ben.id)->cover, std::nullopt);
}

TEST_F(LibraryTest, ItsStateChangesWithWhatItShows) {
  const std::string before = LibraryState(*catalog_).value();
  EXPECT_EQ(LibraryState(*catalog_).value(), before);
  Put("a", {FaceAt(1)}, std::nullopt);
  const std::string scanned = LibraryState(*catalog_).value();
  EXPECT_NE(scanned, before);
  ASSERT_TRUE(catalog_->SetMatchState("model 0.9"));
  EXPECT_NE(LibraryState(*catalog_).value(), scanned);
}

}  // namespace
}  // namespace kinfolder
