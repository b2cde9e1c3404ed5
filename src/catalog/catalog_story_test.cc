// A long life of one catalogue: decisions, scans, files that move, other models and kills, in random order. Whatever
// happens, no fact is lost or changed, and people and decisions are what the facts say.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

constexpr std::array kContents = {"a", "b", "c", "d"};
constexpr std::array kModels = {"facenet", "facenet-2"};
constexpr int kFacesPerPhoto = 4;

// What facts say and what follows from them, without row numbers of faces: those come and go with scans.
struct Told {
  std::vector<std::string> facts;      // each one's kind, details and origin
  std::vector<std::string> people;     // by name
  std::vector<std::string> decisions;  // sorted
};

class Story {
 public:
  explicit Story(unsigned seed) : random_(seed) {}

  int Draw(int count) { return std::uniform_int_distribution(0, count - 1)(random_); }
  Catalog& catalog() { return *catalog_; }
  std::filesystem::path path() const { return folder_ / "catalog.sqlite"; }
  void Open() { catalog_ = OpenSqliteCatalog(path()).value(); }
  void Close() { catalog_.reset(); }

  // -- What the world does ---------------------------------------------------------------------------------------

  // Finds all faces where they are, in every photo that has a file.
  void ScanAll(const char* model = kModels[0]) {
    for (const char* const content : kContents) Scan(content, ~0U, 0, model);
  }

  void ScanSome() {
    Scan(kContents[static_cast<std::size_t>(Draw(kContents.size()))], static_cast<unsigned>(Draw(16)),
         0.005F * static_cast<float>(Draw(5) - 2), kModels[0]);
  }

  // The file lies elsewhere, and is found there by its content.
  void Move() {
    const char* const content = kContents[static_cast<std::size_t>(Draw(kContents.size()))];
    const auto photo = catalog_->FindPhoto(ContentOf(content)).value();
    if (!photo) return;
    const auto files = catalog_->FilesOf(photo->id, FileRole::kPhoto).value();
    for (const auto& file : files) ASSERT_TRUE(catalog_->ForgetFile(file));
    ASSERT_TRUE(
        catalog_->PutFile({fmt::format("/elsewhere/{}/{}", ++moves_, content), {10, 20}}, photo->id, FileRole::kPhoto));
  }

  void ChangeSomethingInTheWorld() {
    switch (Draw(5)) {
      case 0:
        Move();
        break;
      case 1:
        ScanAll(kModels[static_cast<std::size_t>(Draw(kModels.size()))]);
        break;
      default:
        ScanSome();
        break;
    }
  }

  // -- What the user says ----------------------------------------------------------------------------------------

  // What can't be said (a name that is taken) says nothing.
  void Say() {
    const auto people = catalog_->People().value();
    const auto faces = AllFaces();
    const auto somebody = [&] { return people[static_cast<std::size_t>(Draw(static_cast<int>(people.size())))].id; };
    const auto face = [&] { return faces[static_cast<std::size_t>(Draw(static_cast<int>(faces.size())))]; };
    const int kind = Draw(20);
    if (people.size() < 2 || kind < 3) {
      std::ignore = catalog_->AddPerson(fmt::format("Person {}", Draw(30)), kUserOrigin);
    } else if (kind < 5) {
      std::ignore = catalog_->RenamePerson(somebody(), fmt::format("Person {}", Draw(30)), kUserOrigin);
    } else if (kind < 6) {
      std::ignore = catalog_->MergePeople(somebody(), somebody(), kUserOrigin);
    } else if (kind < 7) {
      std::ignore = catalog_->RemovePerson(somebody(), kUserOrigin);
    } else if (kind < 9) {
      std::ignore = catalog_->Undo(1 + Draw(static_cast<int>(catalog_->Facts()->size())), kUserOrigin);
    } else if (faces.empty()) {
      return;
    } else if (kind < 14) {
      std::ignore = catalog_->AddReference(face(), somebody(), kUserOrigin);
    } else if (kind < 15) {
      std::ignore = catalog_->RemoveReference(face(), kUserOrigin);
    } else if (kind < 18) {
      std::ignore = catalog_->Reject(face(), somebody(), kUserOrigin);
    } else {
      constexpr std::array kAsides = {Decision::kNotAFace, Decision::kStranger, Decision::kLater};
      std::ignore = catalog_->SetAside(face(), kAsides[static_cast<std::size_t>(Draw(3))], kUserOrigin);
    }
  }

  // A process of its own says or changes something and is killed, perhaps in the middle of it.
  void ActAndBeKilled() {
    const auto delay = std::chrono::microseconds(Draw(6000));
    Close();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Open();
      Say();
      ChangeSomethingInTheWorld();
      ::_exit(0);
    }
    std::this_thread::sleep_for(delay);
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    killed_ += WIFSIGNALED(status) ? 1 : 0;
    random_.discard(100);  // not what the child drew, again
    Open();
  }
  int killed() const { return killed_; }

  // -- What is said ----------------------------------------------------------------------------------------------

  // With every face in view.
  Told Listen() {
    ScanAll();
    Told told;
    const auto facts = catalog_->Facts().value();
    for (const Fact& fact : facts) told.facts.push_back(fact.kind + fact.details + fact.origin);
    const auto people = catalog_->People().value();
    for (const Person& person : people) told.people.push_back(fmt::format("{} {}", person.id.value, person.name));
    std::map<FaceId, std::string> names;
    for (const char* const content : kContents) {
      const auto photo = catalog_->FindPhoto(ContentOf(content)).value();
      const auto faces = catalog_->FacesOf(photo->id).value();
      for (const CatalogFace& face : faces) {
        names[face.id] = fmt::format("{}{}", content, std::lround(face.detection.box.x1 * 10));
      }
    }
    const auto decisions = catalog_->Decisions().value();
    for (const FaceDecision& said : decisions) {
      told.decisions.push_back(fmt::format("{} {} {}", names.at(said.face), static_cast<int>(said.decision),
                                           said.person ? said.person->value : 0));
    }
    std::ranges::sort(told.decisions);
    return told;
  }

  // Takes back all that was said after the first `count` facts, in random order.
  void UndoAllAfter(std::size_t count) {
    std::vector<std::int64_t> numbers;
    const auto facts = catalog_->Facts().value();
    for (std::size_t i = count; i < facts.size(); ++i) numbers.push_back(facts[i].number);
    // Two may have one name in between, or an undoing comes first: another order, then.
    for (int round = 0; round < 100; ++round) {
      std::ranges::shuffle(numbers, random_);
      for (const std::int64_t number : numbers) std::ignore = catalog_->Undo(number, kUserOrigin);
      const auto after = catalog_->Facts().value();
      const bool done = std::all_of(after.begin() + static_cast<std::ptrdiff_t>(count),
                                    after.begin() + static_cast<std::ptrdiff_t>(facts.size()),
                                    [](const Fact& fact) { return fact.undone; });
      if (done) return;
    }
    FAIL() << "not all can be taken back";
  }

 private:
  void Scan(const std::string& content, unsigned which, float shift, const std::string& model) {
    std::vector<ScannedFace> faces;
    for (int i = 0; i < kFacesPerPhoto; ++i) {
      if ((which >> i & 1U) != 0) faces.push_back(FaceAt(2 * i + 1, shift, model));
    }
    ScannedPhoto photo = PhotoOf(content, std::move(faces));
    photo.embedder = model;
    ASSERT_TRUE(catalog_->PutScanned(photo, FileRole::kPhoto));
  }

  std::vector<FaceId> AllFaces() {
    std::vector<FaceId> ids;
    const auto photos = catalog_->Photos().value();
    for (const CatalogPhoto& photo : photos) {
      const auto faces = catalog_->FacesOf(photo.id).value();
      for (const CatalogFace& face : faces) ids.push_back(face.id);
    }
    return ids;
  }

  TemporaryFolder folder_;
  std::mt19937 random_;
  std::unique_ptr<Catalog> catalog_;
  int moves_ = 0;
  int killed_ = 0;
};

bool StartsWith(const std::vector<std::string>& facts, const std::vector<std::string>& beginning) {
  return facts.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), facts.begin());
}

class CatalogStory : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Seeds, CatalogStory, testing::Values(1U, 2U, 3U));

TEST_P(CatalogStory, OfFiveHundredStepsLosesAndChangesNoFact) {
  constexpr int kSteps = 500;
  constexpr int kChapter = 50;  // steps
  Story story(GetParam());
  story.Open();
  Told told = story.Listen();
  Told chapter = told;
  for (int step = 1; step <= kSteps; ++step) {
    SCOPED_TRACE(step);
    const int kind = story.Draw(10);
    if (kind == 0) {
      story.ActAndBeKilled();
    } else if (kind < 5) {
      story.ChangeSomethingInTheWorld();
    } else {
      story.Say();
    }
    const Told after = story.Listen();
    ASSERT_TRUE(StartsWith(after.facts, told.facts));
    ASSERT_LE(after.facts.size(), told.facts.size() + 1);
    if (after.facts.size() == told.facts.size()) {
      ASSERT_EQ(after.people, told.people);
      ASSERT_EQ(after.decisions, told.decisions);
    }
    told = after;
    if (step % kChapter != 0) continue;

    const Status sound = story.catalog().Check();
    ASSERT_TRUE(sound) << sound.error().message;
    ASSERT_TRUE(story.catalog().RebuildFromFacts());
    const Told rebuilt = story.Listen();
    ASSERT_EQ(rebuilt.facts, told.facts);
    ASSERT_EQ(rebuilt.people, told.people);
    ASSERT_EQ(rebuilt.decisions, told.decisions);

    // Half of the chapters are taken back as a whole.
    if (story.Draw(2) == 0) {
      ASSERT_NO_FATAL_FAILURE(story.UndoAllAfter(chapter.facts.size()));
      told = story.Listen();
      ASSERT_EQ(told.people, chapter.people);
      ASSERT_EQ(told.decisions, chapter.decisions);
    }
    chapter = told;
  }
  EXPECT_GT(story.killed(), 10);
  EXPECT_GT(told.facts.size(), 100);
}

}  // namespace
}  // namespace kinfolder
