#include "app/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

// A catalogue that has scanned the folder /known.
class KnownFolder : public testing::Test {
 protected:
  void Put(const std::string& path, const std::string& content, FileRole role = FileRole::kReference) {
    ScannedPhoto photo = PhotoOf(content, {FaceAt(1)});
    photo.file.path = path;
    ASSERT_TRUE(catalog_->PutScanned(photo, role));
  }
  void Remove(const std::string& path) { ASSERT_TRUE(catalog_->ForgetFile(path)); }
  IntakeResult TakeIn() { return ReferencesFromFolder(*catalog_, "/known", Intake::kRepeat).value(); }

  // "NAME: number of references" of everybody.
  std::vector<std::string> People() {
    std::vector<std::string> people;
    const auto references = catalog_->References().value();
    const auto known = catalog_->People().value();
    for (const Person& person : known) {
      const auto count = std::ranges::count(references, person.id, &CatalogReference::person);
      people.push_back(fmt::format("{}: {}", person.name, count));
    }
    return people;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_ = OpenSqliteCatalog(folder_ / "catalog.sqlite").value();
};

TEST_F(KnownFolder, SaysNothingOfPhotosThatLeftIt) {
  Put("/known/Ann/1.jpg", "1");
  Put("/known/Ann/2.jpg", "2");
  Put("/known/Ben/3.jpg", "3");
  Put("/photos/1.jpg", "1", FileRole::kPhoto);
  TakeIn();
  EXPECT_THAT(People(), ElementsAre("Ann: 2", "Ben: 1"));
  Remove("/known/Ann/1.jpg");
  EXPECT_THAT(TakeIn().notes, ElementsAre("Ann: 1 photo is no longer in /known and counts no longer"));
  EXPECT_THAT(People(), ElementsAre("Ann: 1", "Ben: 1"));
  EXPECT_THAT(TakeIn().notes, IsEmpty());
  ASSERT_TRUE(catalog_->Check());
  Put("/known/Ann/again.jpg", "1");
  EXPECT_EQ(TakeIn().added, 1) << "it came back";
  EXPECT_THAT(People(), ElementsAre("Ann: 2", "Ben: 1"));
}

TEST_F(KnownFolder, KeepsPhotosThatAreSomewhereInSuchAFolder) {
  Put("/known/Ann/1.jpg", "1");
  Put("/known/Ben/2.jpg", "2");
  TakeIn();
  Remove("/known/Ann/1.jpg");
  Put("/known/Ann/renamed.jpg", "1");
  Remove("/known/Ben/2.jpg");
  Put("/other/Ben/2.jpg", "2");
  EXPECT_THAT(TakeIn().notes, IsEmpty());
  EXPECT_THAT(People(), ElementsAre("Ann: 1", "Ben: 1"));
}

TEST_F(KnownFolder, APhotoInTwoFoldersMakesNobodySomebodyElse) {
  Put("/known/Ann/1.jpg", "1");
  Put("/known/Ann/2.jpg", "2");
  Put("/known/Ben/2.jpg", "2");
  Put("/known/Ben/3.jpg", "3");
  const IntakeResult first = TakeIn();
  EXPECT_THAT(People(), ElementsAre("Ann: 1", "Ben: 1"));
  ASSERT_THAT(first.refused, testing::SizeIs(2));
  EXPECT_EQ(first.refused[1].error.message,
            "/known/Ben/2.jpg lies in the folders of several people, Ann, Ben: keep it in the one of whom it shows");
  Put("/known/Cleo/1.jpg", "1");  // Ann's by now
  Put("/known/Cleo/4.jpg", "4");
  TakeIn();
  EXPECT_THAT(People(), ElementsAre("Ann: 1", "Ben: 1", "Cleo: 1"));
  Remove("/known/Ann/2.jpg");
  TakeIn();
  EXPECT_THAT(People(), ElementsAre("Ann: 1", "Ben: 2", "Cleo: 1"));
}

TEST_F(KnownFolder, TellsWhoseFaceItWas) {
  Put("/known/Ann/1.jpg", "1");
  TakeIn();
  IntakeResult result;
  const PhotoId photo = *catalog_->FindFile("/known/Ann/1.jpg").value()->photo;
  ASSERT_TRUE(MakeReferences(*catalog_, "Bea", {{"/known/Ann/1.jpg", photo}}, {}, result));
  EXPECT_THAT(result.notes, ElementsAre("/known/Ann/1.jpg: the face was Ann's until now; to take this back: kinfolder "
                                        "review undo 4"));
  EXPECT_THAT(People(), ElementsAre("Ann: 0", "Bea: 1"));
}

TEST_F(KnownFolder, KeepsWhatTheUserSaid) {
  Put("/known/Ann/1.jpg", "1");
  Put("/known/Ben/2.jpg", "2");
  TakeIn();
  Put("/known/Ann/3.jpg", "3");
  const Person ann = catalog_->FindPerson("Ann").value().value();
  const PhotoId photo = catalog_->FindPhoto(ContentOf("3")).value()->id;
  ASSERT_TRUE(catalog_->AddReference(catalog_->FacesOf(photo).value().front().id, ann.id, kUserOrigin));
  TakeIn();
  for (const char* path : {"/known/Ann/1.jpg", "/known/Ann/3.jpg"}) Remove(path);
  TakeIn();
  EXPECT_THAT(People(), ElementsAre("Ann: 1", "Ben: 1"));
}

TEST_F(KnownFolder, ThatIsNotThereChangesNothing) {
  Put("/known/Ann/1.jpg", "1");
  Put("/known/Ann/2.jpg", "2");
  Put("/known/Ann/3.jpg", "3");
  TakeIn();
  Remove("/known/Ann/1.jpg");
  ASSERT_TRUE(catalog_->PutFailure({{"/known/Ann/2.jpg", {}}, {ErrorCode::kIo, "cannot read"}}, FileRole::kReference));
  EXPECT_THAT(TakeIn().notes, IsEmpty()) << "nobody knows which files are really there";
  Remove("/known/Ann/2.jpg");
  Remove("/known/Ann/3.jpg");
  EXPECT_THAT(TakeIn().notes, IsEmpty()) << "an empty folder may be a drive that is not there";
  EXPECT_THAT(People(), ElementsAre("Ann: 3"));
}

}  // namespace
}  // namespace kinfolder
