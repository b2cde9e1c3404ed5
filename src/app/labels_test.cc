#include "app/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <memory>

#include "app/review.h"
#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// A catalogue with the photos "beach" and "hill", three faces each.
struct Album {
  Album() {
    for (const char* const content : {"beach", "hill"}) {
      const auto scanned = PhotoOf(content, {FaceAt(1), FaceAt(4), FaceAt(7)});
      const PhotoId photo = catalog->PutScanned(scanned, FileRole::kPhoto).value();
      const auto found = catalog->FacesOf(photo).value();
      for (const CatalogFace& face : found) faces.push_back(face.id);
    }
  }

  PersonId Add(const std::string& name, const std::string& origin = kUserOrigin) {
    return catalog->AddPerson(name, origin)->id;
  }
  void Say(std::size_t face, Decision decision, std::optional<PersonId> person = {},
           const std::string& origin = kUserOrigin) {
    ASSERT_TRUE(DecideFaces(*catalog, std::array{faces[face]}, decision, person, origin));
  }
  Labels Export() { return LabelsOf(*catalog).value(); }
  LabelsTaken Import(const Labels& labels) { return TakeLabels(*catalog, labels).value(); }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto people = catalog->People().value();
    names.reserve(people.size());
    for (const Person& person : people) names.push_back(person.name);
    return names;
  }
  std::vector<Decision> DecisionsOf(std::size_t face) {
    std::vector<Decision> decisions;
    const auto all = catalog->Decisions().value();
    for (const FaceDecision& said : all) {
      if (said.face == faces[face]) decisions.push_back(said.decision);
    }
    return decisions;
  }

  TemporaryFolder folder;
  std::unique_ptr<Catalog> catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
  std::vector<FaceId> faces;
};

// All that can be said.
Labels FullLabels(Album& album) {
  const PersonId zoe = album.Add("Zoe");
  const PersonId anna = album.Add("Anna");
  album.Say(0, Decision::kConfirmed, anna);
  album.Say(0, Decision::kRejected, zoe);
  album.Say(1, Decision::kNotAFace);
  album.Say(2, Decision::kStranger);
  album.Say(3, Decision::kLater);
  album.Say(3, Decision::kRejected, anna);
  return album.Export();
}

// The same labels, whoever said them and when.
Labels Bare(Labels labels) {
  for (PersonLabel& label : labels.people) label.time = label.origin = "";
  for (FaceLabel& label : labels.faces) label.time = label.origin = "";
  return labels;
}

// Something that the user says or takes back; nothing where it makes no sense.
struct Saying {
  int kind = 0;
  int a = 0;
  int b = 0;
};

rc::Gen<std::vector<Saying>> Sayings() {
  const auto number = [] { return rc::gen::inRange(0, 9); };
  return rc::gen::container<std::vector<Saying>>(
      rc::gen::construct<Saying>(rc::gen::inRange(0, 10), number(), number()));
}

void SayOne(Album& album, const Saying& saying) {
  Catalog& catalog = *album.catalog;
  const std::string name = "Person " + std::to_string(saying.b % 5);
  const auto people = catalog.People().value();
  const FaceId face = album.faces[static_cast<std::size_t>(saying.a) % album.faces.size()];
  if (saying.kind == 0 || people.empty()) return (void)catalog.AddPerson(name, kUserOrigin);
  const PersonId one = people[static_cast<std::size_t>(saying.a) % people.size()].id;
  const PersonId other = people[static_cast<std::size_t>(saying.b) % people.size()].id;
  if (saying.kind == 1) return (void)catalog.RenamePerson(one, name, kUserOrigin);
  if (saying.kind == 2) return (void)catalog.MergePeople(one, other, kUserOrigin);
  if (saying.kind == 3) return (void)catalog.RemovePerson(one, kUserOrigin);
  if (saying.kind < 6) return (void)catalog.AddReference(face, other, kUserOrigin);
  if (saying.kind == 6) return (void)catalog.Reject(face, other, kUserOrigin);
  if (saying.kind == 7) return (void)catalog.SetAside(face, Decision::kStranger, kUserOrigin);
  if (saying.kind == 8) return (void)catalog.SetAside(face, Decision::kNotAFace, kUserOrigin);
  (void)catalog.Undo(static_cast<std::int64_t>(catalog.Facts()->size()) - saying.a, kUserOrigin);
}

void SayAll(Album& album, const std::vector<Saying>& sayings) {
  for (const Saying& saying : sayings) SayOne(album, saying);
}

RC_GTEST_PROP(LabelLaws, ALostCatalogueComesBack, ()) {
  Album lost;
  SayAll(lost, *Sayings());
  const Labels labels = lost.Export();
  Album album;
  RC_ASSERT(album.Import(labels).faces == static_cast<int>(labels.faces.size()));
  RC_ASSERT(Bare(album.Export()) == Bare(labels));
  RC_ASSERT(album.catalog->Check().has_value());
}

RC_GTEST_PROP(LabelLaws, WhatWasSaidSinceStays, ()) {
  Album album;
  SayAll(album, *Sayings());
  const Labels labels = album.Export();
  SayAll(album, *Sayings());
  const Labels since = album.Export();
  album.Import(labels);
  const Labels after = album.Export();
  for (const PersonLabel& label : since.people) RC_ASSERT(std::ranges::count(after.people, label) == 1);
  for (const FaceLabel& label : since.faces) RC_ASSERT(std::ranges::count(after.faces, label) == 1);
  RC_ASSERT(album.catalog->Check().has_value());

  const std::size_t facts = album.catalog->Facts()->size();
  album.Import(labels);
  RC_ASSERT(album.catalog->Facts()->size() == facts);
}

TEST(Labels, TellOnlyWhatHolds) {
  Album album;
  const PersonId anna = album.Add("Ann");
  const PersonId gone = album.Add("Gone");
  album.Say(0, Decision::kConfirmed, gone);
  album.Say(1, Decision::kConfirmed, anna);
  album.Say(1, Decision::kStranger);
  album.Say(2, Decision::kConfirmed, anna);
  ASSERT_TRUE(album.catalog->RenamePerson(anna, "Anna", kUserOrigin));
  ASSERT_TRUE(album.catalog->RemovePerson(gone, kUserOrigin));
  const Labels labels = album.Export();
  ASSERT_THAT(labels.people, SizeIs(1));
  EXPECT_EQ(labels.people[0].name, "Anna");
  EXPECT_EQ(labels.people[0].origin, "user");
  EXPECT_THAT(labels.people[0].time, testing::MatchesRegex("20..-..-..T..:..:..Z"));
  ASSERT_THAT(labels.faces, SizeIs(2));
  EXPECT_EQ(labels.faces[0].decision, Decision::kStranger);
  EXPECT_EQ(labels.faces[1].person, "Anna");
  EXPECT_EQ(labels.faces[1].photo, ContentOf("beach"));
  EXPECT_EQ(labels.faces[1].size, (Size{400, 300}));
  EXPECT_NEAR(labels.faces[1].box.x1, 280, 1e-3);
  EXPECT_NEAR(labels.faces[1].box.y2, 105, 1e-3);
}

TEST(Labels, BringBackALostCatalogue) {
  Album lost;
  const Labels labels = FullLabels(lost);
  Album found;
  EXPECT_EQ(found.Import(labels), (LabelsTaken{.people = 2, .faces = 6}));
  EXPECT_EQ(Bare(found.Export()), Bare(labels));
  EXPECT_EQ(found.Export().people[0].origin, "import");
  EXPECT_TRUE(found.catalog->Check());
}

TEST(Labels, TakenOverTwiceChangeNothing) {
  Album album;
  const Labels labels = FullLabels(album);
  const std::size_t facts = album.catalog->Facts()->size();
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.already = 8}));
  EXPECT_THAT(*album.catalog->Facts(), SizeIs(facts));
}

TEST(Labels, FindTheFaceThatOverlapsBest) {
  Album lost;
  lost.Say(1, Decision::kStranger);
  Album album;
  Labels labels = lost.Export();
  labels.faces[0].box.x1 += 8;  // a fifth of the face's width
  labels.faces[0].box.x2 += 8;
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.faces = 1}));
  EXPECT_THAT(album.DecisionsOf(1), ElementsAre(Decision::kStranger));
}

TEST(Labels, WaitForTheirPhotosAndFaces) {
  Album lost;
  const Labels labels = FullLabels(lost);
  TemporaryFolder folder;
  const auto catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
  ASSERT_TRUE(catalog->PutScanned(PhotoOf("beach", {FaceAt(1)}), FileRole::kPhoto));
  EXPECT_EQ(*TakeLabels(*catalog, labels),
            (LabelsTaken{.people = 2, .faces = 2, .without_photo = 2, .without_face = 2}));
  ASSERT_TRUE(catalog->PutScanned(PhotoOf("beach", {FaceAt(1), FaceAt(4), FaceAt(7)}), FileRole::kPhoto));
  ASSERT_TRUE(catalog->PutScanned(PhotoOf("hill", {FaceAt(1)}), FileRole::kPhoto));
  EXPECT_EQ(*TakeLabels(*catalog, labels), (LabelsTaken{.faces = 4, .already = 4}));
  EXPECT_EQ(Bare(*LabelsOf(*catalog)).people, Bare(labels).people);
}

TEST(Labels, GiveWayToWhatTheUserSaidHere) {
  Album lost;
  const Labels labels = FullLabels(lost);
  Album album;
  const PersonId zoe = album.Add("Zoe");
  const PersonId anna = album.Add("Anna");
  album.Say(0, Decision::kConfirmed, zoe);
  album.Say(1, Decision::kRejected, zoe);  // says nothing against it
  album.Say(2, Decision::kConfirmed, zoe);
  album.Say(3, Decision::kConfirmed, anna);
  const Labels before = album.Export();
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.faces = 1, .already = 2, .overruled = 5}));
  EXPECT_THAT(album.DecisionsOf(1), ElementsAre(Decision::kRejected, Decision::kNotAFace));
  EXPECT_EQ(Bare(album.Export()).faces.size(), before.faces.size() + 1);
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.already = 3, .overruled = 5})) << "and again";
}

TEST(Labels, GoBeforeTheFolderOfKnownPeople) {
  Album lost;
  lost.Say(0, Decision::kStranger);
  const PersonId sam = lost.Add("Sam", kKnownFolderOrigin);
  lost.Say(1, Decision::kConfirmed, sam, kKnownFolderOrigin);
  ASSERT_TRUE(lost.catalog->RenamePerson(sam, "Samuel", kUserOrigin));
  const Labels labels = lost.Export();
  Album album;
  const PersonId ben = album.Add("Ben", kKnownFolderOrigin);
  album.Say(0, Decision::kConfirmed, ben, kKnownFolderOrigin);
  album.Say(1, Decision::kConfirmed, album.Add("Sam", kKnownFolderOrigin), kKnownFolderOrigin);
  album.Say(2, Decision::kConfirmed, ben, kKnownFolderOrigin);
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.people = 1, .faces = 2}));
  EXPECT_THAT(album.DecisionsOf(0), ElementsAre(Decision::kStranger));
  EXPECT_THAT(album.Names(), ElementsAre("Ben", "Samuel")) << "Sam is nobody but Samuel";
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.already = 3})) << "and again";
}

// What another program wrote into a photo.
Labels FromMetadata(Labels labels) {
  for (FaceLabel& label : labels.faces) label.origin = kMetadataOrigin;
  labels.people.clear();
  return labels;
}

TEST(Labels, OfMetadataGiveWayToAllThatIsSaidHere) {
  Album other;
  for (std::size_t i = 0; i < 4; ++i) other.Say(i, Decision::kConfirmed, other.Add("Other " + std::to_string(i)));
  const Labels labels = FromMetadata(other.Export());
  Album album;
  album.Say(0, Decision::kConfirmed, album.Add("Anna"));
  album.Say(1, Decision::kConfirmed, album.Add("Sam", kKnownFolderOrigin), kKnownFolderOrigin);
  album.Say(2, Decision::kStranger);
  EXPECT_EQ(*TryLabels(*album.catalog, labels), (LabelsTaken{.people = 1, .faces = 1, .overruled = 3}));
  EXPECT_THAT(album.Names(), ElementsAre("Anna", "Sam")) << "it was only tried";
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.people = 1, .faces = 1, .overruled = 3}));
  EXPECT_THAT(album.Names(), ElementsAre("Anna", "Other 3", "Sam")) << "nobody is added for a name that does not count";
  EXPECT_EQ(album.Export().faces.back().origin, kMetadataOrigin);
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.already = 1, .overruled = 3})) << "and again";
}

TEST(Labels, GoBeforeMetadata) {
  Album album;
  album.Say(0, Decision::kConfirmed, album.Add("Other"), kMetadataOrigin);
  Album lost;
  lost.Say(0, Decision::kConfirmed, lost.Add("Anna"));
  EXPECT_EQ(album.Import(lost.Export()), (LabelsTaken{.people = 1, .faces = 1}));
  EXPECT_EQ(album.Export().faces.front().person, "Anna");
  EXPECT_EQ(album.Export().faces.front().origin, kImportOrigin);
}

TEST(Labels, KnowPeopleWhoWereRenamedMergedOrRemovedHere) {
  Album album;
  const PersonId anna = album.Add("Anna");
  const PersonId annie = album.Add("Annie");
  const PersonId gone = album.Add("Gone");
  album.Say(0, Decision::kConfirmed, anna);
  album.Say(1, Decision::kConfirmed, annie);
  album.Say(2, Decision::kConfirmed, gone);
  const Labels labels = album.Export();
  ASSERT_TRUE(album.catalog->RenamePerson(anna, "Anne", kUserOrigin));
  ASSERT_TRUE(album.catalog->MergePeople(annie, anna, kUserOrigin));
  ASSERT_TRUE(album.catalog->RemovePerson(gone, kUserOrigin));
  EXPECT_EQ(album.Import(labels), (LabelsTaken{.already = 4, .overruled = 2}));
  EXPECT_THAT(album.Names(), ElementsAre("Anne"));
}

TEST(Labels, AreTakenOverWholeOrNotAtAll) {
  Album lost;
  Labels labels = FullLabels(lost);
  labels.faces.back().person = "\n";  // which ParseLabels lets no file say
  Album album;
  EXPECT_FALSE(TakeLabels(*album.catalog, labels));
  EXPECT_THAT(*album.catalog->Facts(), IsEmpty());
}

}  // namespace
}  // namespace kinfolder
