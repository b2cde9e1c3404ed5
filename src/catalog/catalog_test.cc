// What every catalogue must do, whatever it is kept in: one suite, run over each backend.
#include "catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <tuple>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Backend {
  std::string name;
  // Opens the catalogue that lies in this folder, or makes it.
  std::function<Result<std::unique_ptr<Catalog>>(const std::filesystem::path&)> open;
};

std::ostream& operator<<(std::ostream& stream, const Backend& backend) { return stream << backend.name; }

using Saying = std::tuple<FaceId, Decision, std::optional<PersonId>>;  // a FaceDecision, whatever its number

class CatalogContract : public testing::TestWithParam<Backend> {
 protected:
  CatalogContract() { Open(); }

  // Also again: everything must have been kept.
  void Open() {
    catalog_.reset();
    auto opened = GetParam().open(folder_.path());
    if (!opened) throw std::runtime_error(opened.error().message);
    catalog_ = *std::move(opened);
  }

  Catalog& catalog() { return *catalog_; }

  PhotoId Put(const ScannedPhoto& photo, FileRole role = FileRole::kPhoto) {
    return catalog().PutScanned(photo, role).value();
  }
  // The faces of a photo that has just been put.
  std::vector<CatalogFace> FacesAfter(const ScannedPhoto& photo) { return catalog().FacesOf(Put(photo)).value(); }
  FaceId FaceAfter(const ScannedPhoto& photo) { return FacesAfter(photo).at(0).id; }
  PersonId Add(const std::string& name) { return catalog().AddPerson(name, "user").value().id; }

  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto all_people = catalog().People().value();
    names.reserve(all_people.size());
    for (const Person& person : all_people) names.push_back(person.name);
    return names;
  }
  std::vector<std::pair<FaceId, PersonId>> Holders() {
    std::vector<std::pair<FaceId, PersonId>> holders;
    const auto all_references = catalog().References().value();
    holders.reserve(all_references.size());
    for (const CatalogReference& reference : all_references) {
      holders.emplace_back(reference.face, reference.person);
    }
    return holders;
  }
  std::vector<Saying> Said() {
    std::vector<Saying> said;
    const auto all_decisions = catalog().Decisions().value();
    said.reserve(all_decisions.size());
    for (const FaceDecision& decision : all_decisions) {
      said.push_back({decision.face, decision.decision, decision.person});
    }
    return said;
  }
  std::vector<std::string> FactKinds() {
    std::vector<std::string> kinds;
    const auto all_facts = catalog().Facts().value();
    kinds.reserve(all_facts.size());
    for (const Fact& fact : all_facts) kinds.push_back(fact.kind);
    return kinds;
  }
  std::int64_t Revision() { return catalog().Revision().value(); }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_;
};

INSTANTIATE_TEST_SUITE_P(Backends, CatalogContract,
                         testing::Values(Backend{"Sqlite",
                                                 [](const std::filesystem::path& folder) {
                                                   return OpenSqliteCatalog(folder / "catalog.sqlite");
                                                 }}),
                         [](const auto& backend) { return backend.param.name; });

// -- Files and photos --

TEST_P(CatalogContract, IsEmptyAtFirst) {
  EXPECT_THAT(*catalog().Files(), IsEmpty());
  EXPECT_THAT(*catalog().People(), IsEmpty());
  EXPECT_THAT(*catalog().References(), IsEmpty());
  EXPECT_THAT(*catalog().Matches(), IsEmpty());
  EXPECT_THAT(*catalog().Facts(), IsEmpty());
  EXPECT_EQ(catalog().MatchState(), "");
  EXPECT_TRUE(catalog().Check());
  EXPECT_EQ(*catalog().FindPhoto(ContentOf("a")), std::nullopt);
}

TEST_P(CatalogContract, KeepsAPhotoWithAllThatIsKnownOfIt) {
  const ScannedPhoto photo = PhotoOf("a", {FaceAt(1), FaceAt(3)});
  const PhotoId id = Put(photo);
  Open();
  const auto found = catalog().FindPhoto(photo.content).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, id);
  EXPECT_EQ(found->info, photo.info);
  EXPECT_EQ(catalog().GetPhoto(id)->content, photo.content);
  const auto faces = catalog().FacesOf(id).value();
  ASSERT_THAT(faces, SizeIs(2));
  for (std::size_t i = 0; i < faces.size(); ++i) {
    EXPECT_EQ(faces[i].photo, id);
    EXPECT_EQ(faces[i].detection, photo.faces[i].detection);
    EXPECT_EQ(faces[i].quality, photo.faces[i].quality);
    EXPECT_EQ(*catalog().EmbeddingOf(faces[i].id, kModel), photo.faces[i].embedding);
  }
}

TEST_P(CatalogContract, KeepsAPhotoOfWhichLittleIsKnown) {
  ScannedPhoto photo = PhotoOf("a", {});
  photo.info = {};
  EXPECT_EQ(catalog().GetPhoto(Put(photo))->info, PhotoInfo{});
}

TEST_P(CatalogContract, ListsAllPhotosById) {
  EXPECT_TRUE(catalog().Photos().value().empty());
  const PhotoId first = Put(PhotoOf("b", {}));
  const PhotoId second = Put(PhotoOf("a", {FaceAt(1)}));
  const auto photos = catalog().Photos();
  ASSERT_TRUE(photos);
  ASSERT_EQ(photos->size(), 2);
  EXPECT_EQ(photos->front().id, first);
  EXPECT_EQ(photos->back().id, second);
  EXPECT_EQ(photos->back().content, ContentOf("a"));
}

TEST_P(CatalogContract, SaysWhichPhotoOrEmbeddingIsMissing) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  EXPECT_EQ(catalog().GetPhoto(PhotoId{77}).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(catalog().GetPhoto(PhotoId{77}).error().message, HasSubstr(folder_.path().string()));
  EXPECT_THAT(catalog().EmbeddingOf(face, "other").error().message, HasSubstr("has no embedding by other"));
}

TEST_P(CatalogContract, KnowsWhereAPhotoLies) {
  const PhotoId photo = Put(PhotoOf("a", {}));
  ASSERT_TRUE(catalog().PutFile({"/photos/0.jpg", {10, 30}}, photo, FileRole::kPhoto));
  ASSERT_TRUE(catalog().PutFile({"/known/a.jpg", {10, 40}}, photo, FileRole::kReference));
  EXPECT_THAT(*catalog().FilesOf(photo, FileRole::kPhoto), ElementsAre("/photos/0.jpg", "/photos/a.jpg"));
  EXPECT_THAT(*catalog().FilesOf(photo, FileRole::kReference), ElementsAre("/known/a.jpg"));
  const auto file = catalog().FindFile("/photos/0.jpg").value();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->stamp, (FileStamp{10, 30}));
  EXPECT_EQ(file->photo, photo);
  EXPECT_EQ(*catalog().FindFile("/photos/1.jpg"), std::nullopt);

  ASSERT_TRUE(catalog().ForgetFile("/photos/0.jpg"));
  ASSERT_TRUE(catalog().ForgetFile("/photos/never there.jpg"));
  EXPECT_THAT(*catalog().FilesOf(photo, FileRole::kPhoto), ElementsAre("/photos/a.jpg"));
  EXPECT_TRUE(catalog().GetPhoto(photo)) << "the photo stays";
}

TEST_P(CatalogContract, KeepsPathsThatAreNoText) {
  const std::filesystem::path odd("/photos/\xff'\n\".jpg");
  ScannedPhoto photo = PhotoOf("a", {});
  photo.file.path = odd;
  const PhotoId id = Put(photo);
  EXPECT_THAT(*catalog().FilesOf(id, FileRole::kPhoto), ElementsAre(odd));
  EXPECT_EQ(catalog().Files()->at(0).path, odd);
}

TEST_P(CatalogContract, KeepsAFailureUntilTheFileCanBeRead) {
  const Error error{ErrorCode::kTooLarge, "/photos/a.jpg: it is too large"};
  ASSERT_TRUE(catalog().PutFailure({PhotoOf("a", {}).file, error}, FileRole::kPhoto));
  EXPECT_EQ((*catalog().FindFile("/photos/a.jpg"))->failure, error);
  Put(PhotoOf("a", {}));
  EXPECT_EQ((*catalog().FindFile("/photos/a.jpg"))->failure, std::nullopt);
  ASSERT_TRUE(catalog().PutFailure({PhotoOf("a", {}).file, error}, FileRole::kPhoto));
  EXPECT_EQ((*catalog().FindFile("/photos/a.jpg"))->photo, std::nullopt);
  EXPECT_TRUE(*catalog().FindPhoto(ContentOf("a"))) << "what was known of its content stays";
}

TEST_P(CatalogContract, KeepsEveryCodeOfFailure) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInterrupted); ++code) {
    const Error error{static_cast<ErrorCode>(code), "reason"};
    ASSERT_TRUE(catalog().PutFailure({PhotoOf("a", {}).file, error}, FileRole::kPhoto));
    EXPECT_EQ((*catalog().FindFile("/photos/a.jpg"))->failure, error);
  }
}

TEST_P(CatalogContract, AFileWithOtherContentIsThatPhoto) {
  Put(PhotoOf("a", {}));
  ScannedPhoto changed = PhotoOf("b", {});
  changed.file.path = "/photos/a.jpg";
  const PhotoId photo = Put(changed);
  EXPECT_EQ((*catalog().FindFile("/photos/a.jpg"))->photo, photo);
  EXPECT_THAT(*catalog().Files(), SizeIs(1));
}

// -- Scans --

TEST_P(CatalogContract, TheSamePictureInOtherBytesHasTheSameFaces) {
  const ScannedPhoto photo = PhotoOf("a", {FaceAt(1), FaceAt(4)});
  const auto faces = FacesAfter(photo);
  ASSERT_TRUE(catalog().PutFile({"/photos/copy.jpg", {10, 20}}, faces[0].photo, FileRole::kPhoto));
  const FoundPhoto file{photo.file.path, {11, 21}};
  const PhotoId same = catalog().PutSamePicture(file, ContentOf("a, named"), faces[0].photo, FileRole::kPhoto).value();
  EXPECT_NE(same, faces[0].photo);
  const auto copies = catalog().FacesOf(same).value();
  ASSERT_THAT(copies, SizeIs(2));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(copies[i].detection, faces[i].detection);
    EXPECT_EQ(copies[i].quality, faces[i].quality);
    EXPECT_EQ(*catalog().EmbeddingOf(copies[i].id, kModel), *catalog().EmbeddingOf(faces[i].id, kModel));
  }
  const CatalogPhoto row = catalog().GetPhoto(same).value();
  EXPECT_EQ(row.content, ContentOf("a, named"));
  EXPECT_EQ(row.info.bytes, 11);
  EXPECT_EQ(row.info.upright_size, photo.info.upright_size);
  EXPECT_EQ(*catalog().IsScanned(ContentOf("a, named"), kDetectorId, kModel), true);
  EXPECT_EQ((*catalog().FindFile(file.path))->photo, same);
  EXPECT_EQ(catalog().PutSamePicture(file, ContentOf("a, named"), faces[0].photo, FileRole::kPhoto), same) << "again";
  EXPECT_THAT(*catalog().FacesOf(same), SizeIs(2));
  EXPECT_THAT(*catalog().FacesOf(faces[0].photo), SizeIs(2)) << "which has a file still";
  EXPECT_TRUE(catalog().Check());
}

TEST_P(CatalogContract, NoFaceCountsTwiceWhenItsPictureGotOtherBytes) {
  const ScannedPhoto photo = PhotoOf("a", {FaceAt(1), FaceAt(4)});
  const auto faces = FacesAfter(photo);
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().AddReference(faces[0].id, anna, "user"));
  const PhotoId same =
      catalog().PutSamePicture({photo.file.path, {11, 21}}, ContentOf("b"), faces[0].photo, FileRole::kPhoto).value();
  EXPECT_THAT(*catalog().FacesOf(faces[0].photo), IsEmpty());
  EXPECT_THAT(*catalog().FacesOf(same), SizeIs(2));
  EXPECT_THAT(Holders(), IsEmpty());
  EXPECT_EQ(*catalog().IsScanned(ContentOf("a"), kDetectorId, kModel), false);
  EXPECT_TRUE(catalog().Check());
  ASSERT_EQ(catalog().PutSamePicture(photo.file, ContentOf("a"), same, FileRole::kPhoto), faces[0].photo);
  const auto back = *catalog().FacesOf(faces[0].photo);
  ASSERT_THAT(back, SizeIs(2)) << "of a file that is as it was after all";
  EXPECT_THAT(Holders(), ElementsAre(std::pair(back[0].id, anna)));
  EXPECT_THAT(*catalog().FacesOf(same), IsEmpty());
  EXPECT_EQ(*catalog().IsScanned(ContentOf("a"), kDetectorId, kModel), true);
  ASSERT_TRUE(catalog().PutSamePicture({photo.file.path, {11, 21}}, ContentOf("b"), faces[0].photo, FileRole::kPhoto));
  const auto scanned = FacesAfter(photo);
  EXPECT_THAT(Holders(), ElementsAre(std::pair(scanned[0].id, anna))) << "what was said is not lost";
}

TEST_P(CatalogContract, KnowsWithWhichModelsAPhotoWasLookedAt) {
  EXPECT_FALSE(*catalog().IsScanned(ContentOf("a"), kDetectorId, kModel));
  Put(PhotoOf("a", {FaceAt(1)}));
  EXPECT_TRUE(*catalog().IsScanned(ContentOf("a"), kDetectorId, kModel));
  EXPECT_FALSE(*catalog().IsScanned(ContentOf("a"), "other", kModel));
  EXPECT_FALSE(*catalog().IsScanned(ContentOf("a"), kDetectorId, "other"));
  EXPECT_FALSE(*catalog().IsScanned(ContentOf("b"), kDetectorId, kModel));
  EXPECT_THAT(*catalog().ScannedContents(kDetectorId, kModel), ElementsAre(ContentOf("a")));
  EXPECT_THAT(*catalog().ScannedContents("other", kModel), IsEmpty());
}

TEST_P(CatalogContract, AnotherEmbedderAddsBesideTheFirst) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  ScannedPhoto photo = PhotoOf("a", {FaceAt(1, 0, "other")});
  photo.embedder = "other";
  EXPECT_EQ(FaceAfter(photo), face);
  EXPECT_TRUE(catalog().EmbeddingOf(face, kModel));
  EXPECT_TRUE(catalog().EmbeddingOf(face, "other"));
  EXPECT_TRUE(*catalog().IsScanned(ContentOf("a"), kDetectorId, kModel));
  EXPECT_TRUE(*catalog().IsScanned(ContentOf("a"), kDetectorId, "other"));
}

TEST_P(CatalogContract, AnotherDetectorTakesThePlaceOfTheFirst) {
  Put(PhotoOf("a", {FaceAt(1)}));
  ScannedPhoto photo = PhotoOf("a", {FaceAt(1)});
  photo.detector = "other";
  Put(photo);
  EXPECT_FALSE(*catalog().IsScanned(ContentOf("a"), kDetectorId, kModel));
  EXPECT_TRUE(*catalog().IsScanned(ContentOf("a"), "other", kModel));
}

TEST_P(CatalogContract, ANewFaceHasNoEmbeddingByAnEarlierModel) {
  Put(PhotoOf("a", {FaceAt(1)}));
  ScannedPhoto photo = PhotoOf("a", {FaceAt(1, 0, "other"), FaceAt(5, 0, "other")});
  photo.embedder = "other";
  Put(photo);
  EXPECT_FALSE(*catalog().IsScanned(ContentOf("a"), kDetectorId, kModel));
}

TEST_P(CatalogContract, ARescanKeepsTheFacesItFindsAgain) {
  const auto before = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(5)}));
  const auto after = FacesAfter(PhotoOf("a", {FaceAt(8), FaceAt(5, 0.01F), FaceAt(1, 0.02F)}));
  ASSERT_THAT(after, SizeIs(3));
  EXPECT_EQ(after[0].id, before[0].id);
  EXPECT_EQ(after[0].detection, FaceAt(1, 0.02F).detection);
  EXPECT_EQ(after[0].quality, FaceAt(1, 0.02F).quality);
  EXPECT_EQ(*catalog().EmbeddingOf(after[0].id, kModel), FaceAt(1, 0.02F).embedding);
  EXPECT_EQ(after[1].id, before[1].id);
  EXPECT_EQ(after[2].detection, FaceAt(8).detection);
}

TEST_P(CatalogContract, FacesThatDriftAreComparedWithWhereTheyWereFirst) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  EXPECT_EQ(FaceAfter(PhotoOf("a", {FaceAt(1, 0.03F)})), face);
  EXPECT_EQ(FaceAfter(PhotoOf("a", {FaceAt(1, -0.03F)})), face);
}

TEST_P(CatalogContract, ABoxGivenTwiceIsOneFace) {
  EXPECT_THAT(FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(1)})), SizeIs(1));
  EXPECT_THAT(FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(1), FaceAt(2), FaceAt(2)})), SizeIs(2));
}

TEST_P(CatalogContract, FacesThatAreGoneLoseTheirRows) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  ASSERT_TRUE(catalog().ReplaceMatches(kModel, {{face, {}, {}, {}, 1}}));
  EXPECT_THAT(FacesAfter(PhotoOf("a", {})), IsEmpty());
  EXPECT_THAT(*catalog().Matches(), IsEmpty());
  EXPECT_EQ(catalog().EmbeddingOf(face, kModel).error().code, ErrorCode::kNotFound);
}

TEST_P(CatalogContract, FacesThatTheUserSpokeOfStayWhenTheyAreNotFoundAgain) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3), FaceAt(5)}));
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().AddReference(faces[0].id, anna, "user"));
  ASSERT_TRUE(catalog().ReplaceMatches(kModel, {{faces[1].id, anna, {}, {}, 1, Decider::kUser}}));
  const auto after = FacesAfter(PhotoOf("a", {}));
  ASSERT_THAT(after, SizeIs(2));
  EXPECT_EQ(after[0].id, faces[0].id);
  EXPECT_EQ(after[1].id, faces[1].id);
  EXPECT_THAT(Holders(), ElementsAre(std::pair(faces[0].id, anna)));
}

TEST_P(CatalogContract, ListsFacesOfPhotosThatHaveAFileOfThatRole) {
  const PhotoId b = Put(PhotoOf("b", {FaceAt(1), FaceAt(3)}));
  const PhotoId known = Put(PhotoOf("known", {FaceAt(5)}), FileRole::kReference);
  const PhotoId a = Put(PhotoOf("a", {FaceAt(7)}));
  std::vector<PhotoId> photos;
  const auto all_faces = catalog().FacesWithEmbeddings(kModel, FileRole::kPhoto, {}, 10).value();
  for (const auto& [face, embedding] : all_faces) {
    photos.push_back(face.photo);
    EXPECT_EQ(embedding, *catalog().EmbeddingOf(face.id, kModel));
  }
  EXPECT_THAT(photos, ElementsAre(b, b, a));
  const auto first = catalog().FacesWithEmbeddings(kModel, FileRole::kPhoto, {}, 1).value();
  ASSERT_THAT(first, SizeIs(1));
  const auto rest = catalog().FacesWithEmbeddings(kModel, FileRole::kPhoto, {b, first[0].first.id}, 10).value();
  ASSERT_THAT(rest, SizeIs(2));
  EXPECT_EQ(rest[0].first.id, all_faces[1].first.id);
  EXPECT_EQ(rest[1].first.id, all_faces[2].first.id);
  EXPECT_THAT(*catalog().FacesWithEmbeddings(kModel, FileRole::kPhoto, {a, rest[1].first.id}, 10), IsEmpty());
  const auto references = catalog().FacesWithEmbeddings(kModel, FileRole::kReference, {}, 10).value();
  ASSERT_THAT(references, SizeIs(1));
  EXPECT_EQ(references[0].first.photo, known);
  EXPECT_THAT(*catalog().FacesWithEmbeddings("other", FileRole::kPhoto, {}, 10), IsEmpty());
  ASSERT_TRUE(catalog().ForgetFile("/photos/b.jpg"));
  EXPECT_THAT(*catalog().FacesWithEmbeddings(kModel, FileRole::kPhoto, {}, 10), SizeIs(1));
}

// -- People --

TEST_P(CatalogContract, ListsPeopleByName) {
  Add("Änne");
  Add("bob");
  Add("Anna");
  EXPECT_THAT(Names(), ElementsAre("Anna", "bob", "Änne"));
  EXPECT_THAT(FactKinds(), ElementsAre("person-added", "person-added", "person-added"));
}

TEST_P(CatalogContract, FindsPeopleWhateverTheCase) {
  const PersonId anna = Add(" Änne ");
  EXPECT_EQ((*catalog().FindPerson("äNNE"))->id, anna);
  EXPECT_EQ((*catalog().FindPerson("äNNE"))->name, "Änne");
  EXPECT_EQ(*catalog().FindPerson("Anne"), std::nullopt);
  EXPECT_EQ(*catalog().FindPerson(""), std::nullopt);
}

TEST_P(CatalogContract, ANameIsOnePersons) {
  const PersonId anna = Add("Anna");
  Add("Bob");
  EXPECT_EQ(catalog().AddPerson("ANNA", "user").error(),
            (Error{ErrorCode::kAlreadyExists, "somebody is called 'Anna' already"}));
  EXPECT_EQ(catalog().RenamePerson(anna, "bob", "user").error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(catalog().AddPerson(" ", "user").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(catalog().RenamePerson(anna, "a\nb", "user").error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(FactKinds(), ElementsAre("person-added", "person-added"));
}

TEST_P(CatalogContract, RenamesPeople) {
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().RenamePerson(anna, "ANNA", "user")) << "her own name in another case";
  ASSERT_TRUE(catalog().RenamePerson(anna, "Anna Bauer", "user"));
  ASSERT_TRUE(catalog().RenamePerson(anna, " Anna Bauer ", "user")) << "nothing to do";
  Open();
  EXPECT_THAT(Names(), ElementsAre("Anna Bauer"));
  EXPECT_EQ(Add("Anna") == anna, false) << "the old name is free";
  EXPECT_THAT(FactKinds(), ElementsAre("person-added", "person-renamed", "person-renamed", "person-added"));
  EXPECT_EQ(catalog().RenamePerson(PersonId{99}, "X", "user").error().code, ErrorCode::kNotFound);
}

TEST_P(CatalogContract, MergesPeople) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3)}));
  const PersonId anna = Add("Anna");
  const PersonId annie = Add("Annie");
  ASSERT_TRUE(catalog().AddReference(faces[0].id, anna, "user"));
  ASSERT_TRUE(catalog().AddReference(faces[1].id, annie, "user"));
  const PersonDistance to_annie{annie, faces[1].id, 0.5F};
  const PersonDistance to_anna{anna, faces[0].id, 0.6F};
  ASSERT_TRUE(catalog().ReplaceMatches(kModel, {{faces[1].id, annie, to_annie, to_anna, 1}}));

  ASSERT_TRUE(catalog().MergePeople(annie, anna, "user"));
  EXPECT_THAT(Names(), ElementsAre("Anna"));
  EXPECT_THAT(Holders(), ElementsAre(std::pair(faces[0].id, anna), std::pair(faces[1].id, anna)));
  const Match match = catalog().Matches()->at(0).match;
  EXPECT_EQ(match.person, anna);
  EXPECT_EQ(match.nearest->person, anna);
  EXPECT_EQ(match.runner_up, std::nullopt) << "a runner-up is another person";
  EXPECT_EQ(catalog().MergePeople(anna, anna, "user").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(catalog().MergePeople(annie, anna, "user").error().code, ErrorCode::kNotFound);
}

TEST_P(CatalogContract, RemovesPeopleWithAllThatNamesThem) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3)}));
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  ASSERT_TRUE(catalog().AddReference(faces[0].id, anna, "user"));
  ASSERT_TRUE(catalog().AddReference(faces[1].id, bob, "user"));
  const PersonDistance to_anna{anna, faces[0].id, 0.5F};
  const PersonDistance to_bob{bob, faces[1].id, 0.6F};
  ASSERT_TRUE(catalog().ReplaceMatches(
      kModel, {{faces[0].id, anna, to_anna, to_bob, 1}, {faces[1].id, bob, to_bob, to_anna, 1}}));

  ASSERT_TRUE(catalog().RemovePerson(anna, "user"));
  EXPECT_THAT(Names(), ElementsAre("Bob"));
  EXPECT_THAT(Holders(), ElementsAre(std::pair(faces[1].id, bob)));
  const auto matches = catalog().Matches().value();
  ASSERT_THAT(matches, SizeIs(2));
  EXPECT_TRUE(matches[0].IsUnknown());
  EXPECT_EQ(matches[0].match.nearest, std::nullopt);
  EXPECT_EQ(matches[1].match.person, bob);
  EXPECT_EQ(matches[1].match.runner_up, std::nullopt);
  EXPECT_EQ(catalog().RemovePerson(anna, "user").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(catalog().Check());
}

TEST_P(CatalogContract, KeepsTheHistory) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().AddReference(face, anna, "known-folder"));
  ASSERT_TRUE(catalog().RemoveReference(face, "user"));
  ASSERT_TRUE(catalog().RemovePerson(anna, "user"));
  Open();
  const auto facts = catalog().Facts().value();
  EXPECT_THAT(FactKinds(), ElementsAre("person-added", "reference-added", "reference-removed", "person-removed"));
  EXPECT_EQ(facts[1].origin, "known-folder");
  EXPECT_THAT(facts[1].details, HasSubstr(ToHex(ContentOf("a"))));
  for (std::size_t i = 1; i < facts.size(); ++i) EXPECT_LT(facts[i - 1].number, facts[i].number);
  EXPECT_GT(facts[0].milliseconds, 1'600'000'000'000);
}

// -- References --

TEST_P(CatalogContract, AFaceIsTheReferenceOfTheLatest) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  ASSERT_TRUE(catalog().AddReference(face, bob, "user"));
  ASSERT_TRUE(catalog().AddReference(face, bob, "user")) << "said already";
  EXPECT_THAT(Holders(), ElementsAre(std::pair(face, bob)));
  EXPECT_THAT(FactKinds(), ElementsAre("person-added", "person-added", "reference-added", "reference-added"));
  const auto references = catalog().ReferencesWithEmbeddings(kModel).value();
  ASSERT_THAT(references, SizeIs(1));
  EXPECT_EQ(references[0].person, bob);
  EXPECT_EQ(references[0].embedding, FaceAt(1).embedding);
  EXPECT_THAT(*catalog().ReferencesWithEmbeddings("other"), IsEmpty());
}

TEST_P(CatalogContract, TakesAReferenceAway) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  ASSERT_TRUE(catalog().AddReference(face, Add("Anna"), "user"));
  ASSERT_TRUE(catalog().RemoveReference(face, "user"));
  EXPECT_THAT(Holders(), IsEmpty());
  EXPECT_EQ(catalog().RemoveReference(face, "user").error().code, ErrorCode::kNotFound);
}

TEST_P(CatalogContract, RefusesReferencesOfNobodyAndOfNoFace) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  EXPECT_EQ(catalog().AddReference(face, PersonId{99}, "user").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalog().AddReference(FaceId{99}, anna, "user").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(FactKinds(), ElementsAre("person-added"));
}

TEST_P(CatalogContract, ReferencesOfRemovedPeopleDoNotFallBackToOthers) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  ASSERT_TRUE(catalog().AddReference(face, bob, "user"));
  ASSERT_TRUE(catalog().RemovePerson(bob, "user"));
  EXPECT_THAT(Holders(), IsEmpty());
}

// -- Decisions --

TEST_P(CatalogContract, KeepsWhatIsSaidOfFaces) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3), FaceAt(5)}));
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  ASSERT_TRUE(catalog().SetAside(faces[2].id, Decision::kStranger, "user"));
  ASSERT_TRUE(catalog().Reject(faces[0].id, bob, "user"));
  ASSERT_TRUE(catalog().AddReference(faces[0].id, anna, "user"));
  Open();
  EXPECT_THAT(Said(), ElementsAre(Saying{faces[0].id, Decision::kConfirmed, anna},
                                  Saying{faces[0].id, Decision::kRejected, bob},
                                  Saying{faces[2].id, Decision::kStranger, std::nullopt}));
  EXPECT_TRUE(catalog().Check());
}

TEST_P(CatalogContract, OfAFaceTheLatestWordHolds) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().SetAside(face, Decision::kNotAFace, "user"));
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  EXPECT_THAT(Said(), ElementsAre(Saying{face, Decision::kConfirmed, anna}));
  ASSERT_TRUE(catalog().Reject(face, anna, "user"));
  EXPECT_THAT(Said(), ElementsAre(Saying{face, Decision::kRejected, anna}));
  EXPECT_THAT(Holders(), IsEmpty());
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  EXPECT_THAT(Said(), ElementsAre(Saying{face, Decision::kConfirmed, anna}));
  ASSERT_TRUE(catalog().SetAside(face, Decision::kLater, "user"));
  EXPECT_THAT(Said(), ElementsAre(Saying{face, Decision::kLater, std::nullopt}));
  ASSERT_TRUE(catalog().Check());
}

TEST_P(CatalogContract, SaysWithWhichFactAFaceIsDecided) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  for (const auto& say : std::vector<std::function<Result<std::int64_t>()>>{
           [&] { return catalog().AddReference(face, anna, "user"); },
           [&] { return catalog().Reject(face, anna, "user"); },
           [&] { return catalog().SetAside(face, Decision::kLater, "user"); },
           [&] { return catalog().SetAside(face, Decision::kStranger, "user"); }}) {
    const std::int64_t said = say().value();
    EXPECT_EQ(said, catalog().Facts()->back().number);
    EXPECT_EQ(say().value(), said) << "said already";
    EXPECT_EQ(catalog().Facts()->back().number, said);
  }
}

TEST_P(CatalogContract, RefusesDecisionsOfNobodyAndOfNoFace) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  EXPECT_EQ(catalog().Reject(face, PersonId{99}, "user").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalog().Reject(FaceId{99}, anna, "user").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalog().SetAside(FaceId{99}, Decision::kLater, "user").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalog().SetAside(face, Decision::kConfirmed, "user").error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(FactKinds(), ElementsAre("person-added"));
}

TEST_P(CatalogContract, RejectionsFollowMergedPeopleAndGoWithRemovedOnes) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3)}));
  const PersonId anna = Add("Anna");
  const PersonId annie = Add("Annie");
  ASSERT_TRUE(catalog().Reject(faces[0].id, annie, "user"));
  ASSERT_TRUE(catalog().AddReference(faces[1].id, anna, "user"));
  ASSERT_TRUE(catalog().Reject(faces[1].id, annie, "user"));
  ASSERT_TRUE(catalog().MergePeople(annie, anna, "user"));
  EXPECT_THAT(Said(), ElementsAre(Saying{faces[0].id, Decision::kRejected, anna},
                                  Saying{faces[1].id, Decision::kConfirmed, anna}))
      << "the name that a face has does not fall to what was said of the other";
  ASSERT_TRUE(catalog().RemovePerson(anna, "user"));
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_TRUE(catalog().Check());
}

TEST_P(CatalogContract, DecisionsFindTheirFaceAgain) {
  const ScannedPhoto photo = PhotoOf("a", {FaceAt(1)});
  const FaceId face = FaceAfter(photo);
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().Reject(face, anna, "user"));
  ASSERT_TRUE(catalog().SetAside(face, Decision::kStranger, "user"));
  Put(PhotoOf("a", {FaceAt(5)}));
  Put(PhotoOf("a", {FaceAt(1, 0.01F), FaceAt(5)}));
  EXPECT_THAT(Said(),
              ElementsAre(Saying{face, Decision::kRejected, anna}, Saying{face, Decision::kStranger, std::nullopt}));
}

TEST_P(CatalogContract, DecisionsCountInMatchesAtOnce) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3)}));
  const PersonId anna = Add("Anna");
  const PersonDistance to_anna{anna, faces[0].id, 0.5F};
  ASSERT_TRUE(
      catalog().ReplaceMatches(kModel, {{faces[0].id, anna, to_anna, {}, 1}, {faces[1].id, anna, to_anna, {}, 1}}));
  ASSERT_TRUE(catalog().Reject(faces[0].id, anna, "user"));
  const std::int64_t confirmed = catalog().AddReference(faces[1].id, anna, "user").value();
  const auto matches = catalog().Matches().value();
  EXPECT_EQ(matches.at(0).match.person, std::nullopt);
  EXPECT_EQ(matches.at(1).match.decided_by, Decider::kUser);
  EXPECT_EQ(matches.at(1).decision, Decision::kConfirmed);
  ASSERT_TRUE(catalog().Undo(confirmed, "user"));
  EXPECT_EQ(catalog().Matches()->at(1).match.decided_by, Decider::kMachine);
}

// -- Undo --

TEST_P(CatalogContract, TakesBackAWordOnAFaceAlsoAfterOthers) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  const auto said_anna = catalog().AddReference(face, anna, "user").value();
  const auto said_bob = catalog().AddReference(face, bob, "user").value();
  ASSERT_TRUE(catalog().Undo(said_anna, "user"));
  EXPECT_THAT(Holders(), ElementsAre(std::pair(face, bob)));
  ASSERT_TRUE(catalog().Undo(said_bob, "user"));
  EXPECT_THAT(Holders(), IsEmpty());
}

TEST_P(CatalogContract, TakesBackManyWordsOrNone) {
  const PersonId anna = Add("Anna");
  std::vector<std::int64_t> facts;
  for (const char* name : {"a", "b", "c"}) {
    facts.push_back(catalog().AddReference(FaceAfter(PhotoOf(name, {FaceAt(1)})), anna, "user").value());
  }
  EXPECT_EQ(catalog().UndoAll({facts[0], 99}, "user").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalog().UndoAll({facts[0], facts[0]}, "user").error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(Holders(), SizeIs(3));
  const auto undone = catalog().UndoAll({facts[2], facts[0]}, "user").value();
  EXPECT_THAT(undone, ElementsAre(facts[2] + 1, facts[2] + 2));
  EXPECT_THAT(Holders(), SizeIs(1));
  EXPECT_TRUE(catalog().Check());
}

TEST_P(CatalogContract, WhoIsNotToBeForgottenAnyMoreIsLookedAtAgain) {
  const ScannedPhoto photo = PhotoOf("a", {FaceAt(1)});
  const FaceId face = FaceAfter(photo);
  const std::int64_t fact = catalog().SetAside(face, Decision::kForgotten, "user").value();
  EXPECT_FALSE(catalog().EmbeddingOf(face, kModel));
  EXPECT_TRUE(catalog().IsScanned(photo.content, photo.detector, kModel).value());
  ASSERT_TRUE(catalog().Undo(fact, "user"));
  EXPECT_FALSE(catalog().IsScanned(photo.content, photo.detector, kModel).value());
  Put(photo);
  EXPECT_EQ(catalog().EmbeddingOf(face, kModel), FaceAt(1).embedding);
}

TEST_P(CatalogContract, WhatAnUndoneWordCoveredIsThereAgain) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  const auto stranger = catalog().SetAside(face, Decision::kStranger, "user").value();
  const auto undone = catalog().Undo(stranger, "user").value();
  EXPECT_THAT(Said(), ElementsAre(Saying{face, Decision::kConfirmed, anna}));
  ASSERT_TRUE(catalog().Undo(undone, "user")) << "an undo is a fact as any other";
  EXPECT_THAT(Said(), ElementsAre(Saying{face, Decision::kStranger, std::nullopt}));
  EXPECT_THAT(FactKinds(), ElementsAre("person-added", "reference-added", "face-set-aside", "undone", "undone"));
  EXPECT_TRUE(catalog().Check());
}

TEST_P(CatalogContract, TakesBackAMergeAfterMoreWasSaid) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3), FaceAt(5)}));
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  ASSERT_TRUE(catalog().AddReference(faces[0].id, anna, "user"));
  ASSERT_TRUE(catalog().AddReference(faces[1].id, bob, "user"));
  ASSERT_TRUE(catalog().MergePeople(bob, anna, "user"));
  const std::int64_t merge = catalog().Facts()->back().number;
  ASSERT_TRUE(catalog().AddReference(faces[2].id, anna, "user"));
  const std::int64_t undone = catalog().Undo(merge, "user").value();
  EXPECT_THAT(Names(), ElementsAre("Anna", "Bob"));
  EXPECT_THAT(Holders(),
              ElementsAre(std::pair(faces[0].id, anna), std::pair(faces[2].id, anna), std::pair(faces[1].id, bob)));
  ASSERT_TRUE(catalog().AddReference(faces[2].id, bob, "user"));
  ASSERT_TRUE(catalog().Undo(undone, "user"));
  EXPECT_THAT(Names(), ElementsAre("Anna"));
  EXPECT_THAT(Holders(),
              ElementsAre(std::pair(faces[0].id, anna), std::pair(faces[1].id, anna), std::pair(faces[2].id, anna)))
      << "what was said of Bob meanwhile is said of who Bob is";
}

TEST_P(CatalogContract, ARemovedPersonComesBackWithAllThatIsTheirs) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  ASSERT_TRUE(catalog().RenamePerson(anna, "Anne", "user"));
  ASSERT_TRUE(catalog().RemovePerson(anna, "user"));
  ASSERT_TRUE(catalog().Undo(catalog().Facts()->back().number, "user"));
  EXPECT_EQ(catalog().FindPerson("Anne").value(), (Person{anna, "Anne"}));
  EXPECT_THAT(Holders(), ElementsAre(std::pair(face, anna)));
}

TEST_P(CatalogContract, SomebodyWhoWasNeverAddedIsNotSpokenOf) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  const PersonId anna = Add("Anna");
  const std::int64_t added = catalog().Facts()->back().number;
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  ASSERT_TRUE(catalog().RenamePerson(anna, "Anne", "user"));
  ASSERT_TRUE(catalog().Undo(added, "user"));
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_TRUE(catalog().Check());
}

TEST_P(CatalogContract, RefusesToTakeBackWhatCanNotBe) {
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().RenamePerson(anna, "Anne", "user"));
  const std::int64_t renamed = catalog().Facts()->back().number;
  Add("anna");
  const auto refused = catalog().Undo(renamed, "user");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(refused.error().message, HasSubstr("two people would be called 'Anna'"));
  EXPECT_THAT(Names(), ElementsAre("anna", "Anne")) << "nothing changed";
  EXPECT_THAT(FactKinds(), SizeIs(3));

  EXPECT_EQ(catalog().Undo(99, "user").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(catalog().Undo(catalog().Facts()->back().number, "user"));
  EXPECT_EQ(catalog().Undo(3, "user").error().code, ErrorCode::kInvalidArgument) << "taken back already";
  EXPECT_TRUE(catalog().Facts()->at(2).undone);
  EXPECT_FALSE(catalog().Facts()->at(3).undone);
}

// -- Matches --

TEST_P(CatalogContract, KeepsMatchesWholly) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3)}));
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  const Match named{
      faces[1].id,       anna, PersonDistance{anna, faces[0].id, 0.125F}, PersonDistance{bob, faces[1].id, 0.7F}, 1.07F,
      Decider::kMachine, true};
  const Match unknown{faces[0].id, std::nullopt, std::nullopt, std::nullopt, 1.07F};
  ASSERT_TRUE(catalog().ReplaceMatches(kModel, {named, unknown}));
  Open();
  const auto matches = catalog().Matches().value();
  ASSERT_THAT(matches, SizeIs(2));
  EXPECT_EQ(matches[0].match, unknown);
  EXPECT_EQ(matches[1].match, named);
  EXPECT_EQ(matches[1].face.id, faces[1].id);
  EXPECT_EQ(matches[1].face.detection, faces[1].detection);
}

TEST_P(CatalogContract, MachineMatchesAreReplacedAndDecisionsStay) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3), FaceAt(5)}));
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  ASSERT_TRUE(catalog().ReplaceMatches(kModel, {{faces[0].id, anna, {}, {}, 1, Decider::kUser},
                                                {faces[1].id, anna, {}, {}, 1, Decider::kImportedTag},
                                                {faces[2].id, anna, {}, {}, 1}}));
  ASSERT_TRUE(catalog().ReplaceMatches(kModel, {{faces[0].id, bob, {}, {}, 1}, {faces[1].id, bob, {}, {}, 1}}));
  const auto matches = catalog().Matches().value();
  ASSERT_THAT(matches, SizeIs(2)) << "a face that the machine no longer speaks of has no match";
  EXPECT_EQ(matches[0].match.person, anna);
  EXPECT_EQ(matches[1].match.person, anna);
}

TEST_P(CatalogContract, RefusesAMatchOfAFaceThatIsNotThere) {
  const FaceId face = FaceAfter(PhotoOf("a", {FaceAt(1)}));
  EXPECT_FALSE(catalog().ReplaceMatches(kModel, {{face, {}, {}, {}, 1}, {FaceId{99}, {}, {}, {}, 1}}));
  EXPECT_THAT(*catalog().Matches(), IsEmpty()) << "all or nothing";
}

TEST_P(CatalogContract, RemembersWhatMatchesWereMadeFrom) {
  ASSERT_TRUE(catalog().SetMatchState("facenet 1.07 12"));
  Open();
  EXPECT_EQ(catalog().MatchState(), "facenet 1.07 12");
}

TEST_P(CatalogContract, TheRevisionChangesWithWhateverMatchesDependOn) {
  std::vector<std::int64_t> seen{Revision()};
  const auto expect_new = [&](const char* what) {
    EXPECT_THAT(seen, testing::Not(testing::Contains(Revision()))) << what;
    seen.push_back(Revision());
  };
  const PhotoId photo = Put(PhotoOf("a", {FaceAt(1)}));
  expect_new("a photo");
  const FaceId face = catalog().FacesOf(photo)->at(0).id;
  ASSERT_TRUE(catalog().PutFile({"/photos/b.jpg", {}}, photo, FileRole::kPhoto));
  expect_new("a file");
  ASSERT_TRUE(catalog().PutFile({"/photos/b.jpg", {}}, photo, FileRole::kReference));
  expect_new("a file's role");
  ASSERT_TRUE(catalog().ForgetFile("/photos/b.jpg"));
  expect_new("a file is gone");
  const PersonId anna = Add("Anna");
  expect_new("a person");
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  expect_new("a reference");
  ASSERT_TRUE(catalog().RenamePerson(anna, "Anne", "user"));
  expect_new("a name");
  ASSERT_TRUE(catalog().RemoveReference(face, "user"));
  expect_new("a reference is gone");
  ASSERT_TRUE(catalog().MergePeople(Add("Bob"), anna, "user"));
  expect_new("a merge");
  ASSERT_TRUE(catalog().RemovePerson(anna, "user"));
  expect_new("a person is gone");
  ASSERT_TRUE(catalog().PutFailure({PhotoOf("a", {}).file, {ErrorCode::kCorrupt, "cut"}}, FileRole::kPhoto));
  expect_new("a photo can't be read any more");
}

TEST_P(CatalogContract, TheRevisionStaysWhereNothingHappens) {
  const PhotoId photo = Put(PhotoOf("a", {FaceAt(1)}));
  const FaceId face = catalog().FacesOf(photo)->at(0).id;
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  const std::int64_t before = Revision();
  ASSERT_TRUE(catalog().AddReference(face, anna, "user"));
  ASSERT_TRUE(catalog().RenamePerson(anna, "Anna", "user"));
  ASSERT_TRUE(catalog().PutFile({"/photos/a.jpg", {1, 2}}, photo, FileRole::kPhoto));
  ASSERT_TRUE(catalog().PutFailure({{"/photos/x.txt", {}}, {ErrorCode::kUnsupported, "no photo"}}, FileRole::kPhoto));
  ASSERT_TRUE(catalog().ForgetFile("/photos/x.txt"));
  ASSERT_TRUE(catalog().ReplaceMatches(kModel, {}));
  EXPECT_EQ(Revision(), before);
}

// -- The whole --

TEST_P(CatalogContract, ATransactionIsAllOrNothing) {
  const Status failed = catalog().InTransaction([&]() -> Status {
    Put(PhotoOf("a", {FaceAt(1)}));
    Add("Anna");
    EXPECT_FALSE(catalog().AddPerson("anna", "user")) << "a part that fails takes back only itself";
    EXPECT_THAT(Names(), ElementsAre("Anna"));
    return Fail(ErrorCode::kIo, "no");
  });
  EXPECT_EQ(failed.error(), (Error{ErrorCode::kIo, "no"}));
  EXPECT_THAT(*catalog().Files(), IsEmpty());
  EXPECT_THAT(*catalog().Facts(), IsEmpty());
  ASSERT_TRUE(catalog().InTransaction([&]() -> Status {
    Add("Bob");
    return {};
  }));
  EXPECT_THAT(Names(), ElementsAre("Bob"));
}

TEST_P(CatalogContract, CountsWhatThereIs) {
  const PhotoId photo = Put(PhotoOf("a", {FaceAt(1), FaceAt(3)}));
  Put(PhotoOf("known", {FaceAt(5)}), FileRole::kReference);
  ASSERT_TRUE(catalog().PutFile({"/photos/copy.jpg", {}}, photo, FileRole::kPhoto));
  ASSERT_TRUE(catalog().PutFailure({{"/photos/x.txt", {}}, {ErrorCode::kUnsupported, "no photo"}}, FileRole::kPhoto));
  ASSERT_TRUE(catalog().AddReference(catalog().FacesOf(photo)->at(0).id, Add("Anna"), "user"));
  const CatalogCounts counts = catalog().Counts().value();
  EXPECT_EQ(counts.photos, 1);
  EXPECT_EQ(counts.files, 3);
  EXPECT_EQ(counts.failures, 1);
  EXPECT_EQ(counts.faces, 2);
  EXPECT_EQ(counts.people, 1);
  EXPECT_EQ(counts.references, 1);
}

// -- Faces that were missed --

TEST_P(CatalogContract, AFaceThatWasMissedStaysAsLongAsItIsSomebody) {
  const ScannedPhoto found = PhotoOf("a", {FaceAt(1)});
  const PhotoId photo = Put(found);
  const FaceId missed = catalog().AddFace(photo, FaceAt(5)).value();
  EXPECT_THAT(*catalog().FacesOf(photo), SizeIs(2));
  EXPECT_EQ(catalog().EmbeddingOf(missed, kModel), FaceAt(5).embedding);
  ASSERT_THAT(*catalog().Matches(), SizeIs(1)) << "it is nobody yet";
  EXPECT_THAT(*catalog().ConfirmedBoxes(), IsEmpty());

  const PersonId anna = Add("Anna");
  const std::int64_t said = catalog().AddReference(missed, anna, "user").value();
  EXPECT_EQ(catalog().Matches()->front().match.person, anna);
  EXPECT_THAT(*catalog().ConfirmedBoxes(), ElementsAre(std::pair(found.content, FaceAt(5).detection.box)));
  Put(found);  // a scan that misses it again
  EXPECT_THAT(Holders(), ElementsAre(std::pair(missed, anna)));
  EXPECT_TRUE(catalog().Check());

  ASSERT_TRUE(catalog().Undo(said, "user"));
  Put(found);
  EXPECT_THAT(*catalog().FacesOf(photo), SizeIs(1));
}

TEST_P(CatalogContract, AFaceThatIsThereIsNotAddedAgain) {
  const PhotoId photo = Put(PhotoOf("a", {FaceAt(1), FaceAt(3)}));
  const FaceId second = catalog().FacesOf(photo)->at(1).id;
  EXPECT_EQ(catalog().AddFace(photo, FaceAt(3, 0.02F)), second);
  EXPECT_THAT(*catalog().FacesOf(photo), SizeIs(2));
  EXPECT_EQ(catalog().EmbeddingOf(second, kModel), FaceAt(3).embedding);
  EXPECT_EQ(catalog().AddFace(PhotoId{99}, FaceAt(1)).error().code, ErrorCode::kNotFound);
}

TEST_P(CatalogContract, APhotoWithAnAddedFaceIsLookedAtByOtherModelsAgain) {
  const ScannedPhoto photo = PhotoOf("a", {FaceAt(1)});
  Put(photo);
  ScannedPhoto other = PhotoOf("a", {FaceAt(1, 0, "other")});
  other.embedder = "other";
  const PhotoId id = Put(other);
  ASSERT_TRUE(*catalog().IsScanned(photo.content, kDetectorId, kModel));
  ASSERT_TRUE(catalog().AddFace(id, FaceAt(5, 0, "other")));
  EXPECT_FALSE(*catalog().IsScanned(photo.content, kDetectorId, kModel));
  EXPECT_TRUE(*catalog().IsScanned(photo.content, kDetectorId, "other"));
}

// -- Forgetting --

class Forgetting : public CatalogContract {
 protected:
  // What a file of the catalogue holds of these bytes.
  bool AnyFileHolds(std::string_view bytes) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (ReadTextFile(entry.path(), 100'000'000).value().find(bytes) != std::string::npos) return true;
    }
    return false;
  }
  static std::string_view BytesOf(const Embedding& embedding) {
    return {reinterpret_cast<const char*>(embedding.values.data()), embedding.values.size() * sizeof(float)};
  }
};

INSTANTIATE_TEST_SUITE_P(Backends, Forgetting,
                         testing::Values(Backend{"Sqlite",
                                                 [](const std::filesystem::path& folder) {
                                                   return OpenSqliteCatalog(folder / "catalog.sqlite");
                                                 }}),
                         [](const auto& backend) { return backend.param.name; });

TEST_P(Forgetting, LeavesNoTraceOfAPersonInTheFile) {
  const auto faces = FacesAfter(PhotoOf("a", {FaceAt(1), FaceAt(3), FaceAt(5), FaceAt(7)}));
  ScannedPhoto reference = PhotoOf("b", {FaceAt(2)});
  reference.file.path = "/known/Anastasia/b.jpg";
  const FaceId taught = catalog().FacesOf(Put(reference, FileRole::kReference))->at(0).id;
  const PersonId anna = Add("Anastasia");
  const PersonId twin = Add("Bartholomew");
  const PersonId cleo = Add("Cleo");
  ASSERT_TRUE(catalog().AddReference(taught, anna, "known-folder"));
  ASSERT_TRUE(catalog().AddReference(faces[0].id, cleo, "user"));  // an earlier word, which must not come back
  ASSERT_TRUE(catalog().AddReference(faces[0].id, twin, "user"));
  ASSERT_TRUE(catalog().RenamePerson(anna, "Anastasia Maria", "user"));
  ASSERT_TRUE(catalog().MergePeople(twin, anna, "user"));
  ASSERT_TRUE(catalog().Reject(faces[1].id, anna, "user"));
  ASSERT_TRUE(catalog().AddReference(faces[3].id, cleo, "user"));
  std::vector<Match> matches(3);
  for (std::size_t i = 0; i < matches.size(); ++i) {
    matches[i].face = faces[i + 1].id;
    matches[i].person = anna;
  }
  ASSERT_TRUE(catalog().ReplaceMatches(kModel, matches));
  const std::string uid = catalog().Facts()->front().details.substr(11, 32);
  ASSERT_TRUE(AnyFileHolds("Anastasia") && AnyFileHolds("Bartholomew") && AnyFileHolds(uid));

  const auto forgotten = catalog().ForgetPerson(anna, "user");
  ASSERT_TRUE(forgotten) << forgotten.error().message;
  EXPECT_EQ(forgotten->faces, 3) << "of the reference, of the one who was merged into her, and as she was found";
  EXPECT_EQ(forgotten->facts, 7);
  for (const FaceId face : {taught, faces[0].id, faces[2].id}) {
    EXPECT_EQ(catalog().EmbeddingOf(face, kModel).error().code, ErrorCode::kNotFound);
  }
  EXPECT_TRUE(catalog().EmbeddingOf(faces[1].id, kModel)) << "it is not her";
  EXPECT_TRUE(catalog().EmbeddingOf(faces[3].id, kModel)) << "it is somebody else";
  EXPECT_THAT(Names(), ElementsAre("Cleo"));
  EXPECT_THAT(Holders(), ElementsAre(std::pair(faces[3].id, cleo)));
  EXPECT_THAT(FactKinds(), ElementsAre("person-added", "reference-added", "reference-added", "face-set-aside",
                                       "face-set-aside", "face-set-aside"));
  EXPECT_TRUE(catalog().Check());
  for (const std::string& name : {std::string("Anastasia"), std::string("Bartholomew"), uid}) {
    EXPECT_FALSE(AnyFileHolds(name)) << name;
  }
  EXPECT_FALSE(AnyFileHolds(BytesOf(FaceAt(2).embedding)));
  EXPECT_FALSE(AnyFileHolds(BytesOf(FaceAt(5).embedding)));
  EXPECT_TRUE(AnyFileHolds(BytesOf(FaceAt(7).embedding))) << "else the lines above say nothing";
}

TEST_P(Forgetting, GivesTheFacesNoEmbeddingAgain) {
  const ScannedPhoto photo = PhotoOf("a", {FaceAt(1), FaceAt(3)});
  const auto faces = FacesAfter(photo);
  const PersonId anna = Add("Anna");
  ASSERT_TRUE(catalog().AddReference(faces[0].id, anna, "user"));
  ASSERT_TRUE(catalog().ForgetPerson(anna, "user"));
  ScannedPhoto again = PhotoOf("a", {FaceAt(1, 0.01F, "other"), FaceAt(3, 0.01F, "other")});
  again.embedder = "other";
  const auto after = FacesAfter(again);
  EXPECT_EQ(after[0].id, faces[0].id);
  EXPECT_EQ(catalog().EmbeddingOf(faces[0].id, "other").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(catalog().EmbeddingOf(faces[1].id, "other"));
  EXPECT_THAT(*catalog().FacesWithEmbeddings("other", FileRole::kPhoto, {}, 10), SizeIs(1));
}

TEST_P(Forgetting, SparesWhoWasMergedWithThemOnce) {
  const PersonId anna = Add("Anna");
  const PersonId bob = Add("Bob");
  ASSERT_TRUE(catalog().MergePeople(bob, anna, "user"));
  ASSERT_TRUE(catalog().Undo(catalog().Facts()->back().number, "user"));
  ASSERT_TRUE(catalog().ForgetPerson(anna, "user"));
  EXPECT_THAT(Names(), ElementsAre("Bob"));
  EXPECT_THAT(FactKinds(), ElementsAre("person-added")) << "neither the merging nor that it was taken back";
  EXPECT_EQ(catalog().ForgetPerson(anna, "user").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kinfolder
