// What holds for every plan and every moment a run is killed at.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <random>
#include <thread>

#include "base/temporary_folder.h"
#include "filing/journal.h"
#include "filing/planner.h"
#include "filing/test_tree.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// Photos, people and what lies in their folders already.
struct Scene {
  FilingMethod method = FilingMethod::kCopy;
  std::string layout = "{person}/{name}";
  std::vector<std::tuple<int, int, int>> photos;  // number of the name, of the content, of the person
  std::vector<std::pair<int, int>> existing;      // person, content
  bool packs_before = false;
};

rc::Gen<Scene> AnyScene() {
  return rc::gen::map(rc::gen::tuple(rc::gen::element(FilingMethod::kCopy, FilingMethod::kHardLink,
                                                      FilingMethod::kSymlink, FilingMethod::kMove),
                                     rc::gen::element<std::string>("{person}/{name}", "{person}/{year}/{name}"),
                                     rc::gen::container<std::vector<std::tuple<int, int, int>>>(rc::gen::tuple(
                                         rc::gen::inRange(0, 6), rc::gen::inRange(0, 6), rc::gen::inRange(0, 3))),
                                     rc::gen::container<std::vector<std::pair<int, int>>>(
                                         rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange(0, 6))),
                                     rc::gen::arbitrary<bool>()),
                      [](auto&& fields) {
                        Scene scene;
                        std::tie(scene.method, scene.layout, scene.photos, scene.existing, scene.packs_before) = fields;
                        return scene;
                      });
}

const std::vector<std::string>& Names() {
  static const std::vector<std::string> names = {"a.jpg", "A.JPG", "b c.jpg", "\xFF\xFE.jpg", ".hidden.jpg", "é.jpg"};
  return names;
}

std::string PersonName(int number) { return fmt::format("P{}", number); }

// The scene on a disk.
class Stage {
 public:
  explicit Stage(const Scene& scene) : journal_(Journal::Open(folder_ / "journal").value()) {
    request_.people_folder = user() / "people";
    request_.method = scene.method;
    request_.layout = scene.layout;
    for (int person = 0; person < 3; ++person) {
      const std::string name = PersonName(person);
      request_.folder_of[name] = name;
      request_.people_with_folder.insert(name);
      packs_.push_back({name, user() / "people" / name, user() / "packs" / (name + ".zip")});
    }
    CHECK(MakeFolders(user()));
    for (const auto& [name, content, person] : scene.photos) {
      const std::string text = Content(content);
      const fs::path path = user() / "in" / std::to_string(content) / Names()[name];
      Put(path, text);
      request_.photos.push_back({PersonName(person), path, Sha256Of(AsBytes(text)), text.size(), {}});
    }
    for (const auto& [person, content] : scene.existing) {
      const fs::path path = user() / "people" / PersonName(person) / fmt::format("a ({}).jpg", content);
      Put(path, Content(content));
      request_.existing.push_back({path, Content(content).size(), Sha256Of(AsBytes(Content(content)))});
    }
    if (scene.packs_before) {
      CHECK(MakeFolders(user() / "packs"));
      for (const PackRequest& pack : packs_) {
        if (fs::exists(pack.folder)) CHECK(WritePack(pack, {}, stop_));
      }
    }
    plan_ = MakePlan(request_).value();
    std::erase_if(packs_, [&](const PackRequest& pack) {  // of people who have a folder now or will get one
      return !fs::exists(pack.folder) && !IsTarget(pack.person);
    });
  }

  Result<ApplyResult> Apply() { return journal_.Apply(plan_, packs_, {}, stop_); }
  Result<ApplyResult> Undo() { return journal_.Undo({}, {}, stop_); }
  Result<std::vector<ApplyResult>> Recover() { return journal_.Recover({}, stop_); }
  Journal& journal() { return journal_; }

  fs::path user() const { return folder_ / "user"; }

  // Without the times of what the run itself writes (archives), and of what links to outside the folder.
  std::map<std::string, std::string> Look() const {
    auto entries = Snapshot(user());
    for (auto& [name, text] : entries) {
      if (name.ends_with(".zip")) text = ToHex(Sha256OfFile(user() / name).value());
      // Two stages have two folders.
      for (std::size_t at = text.find(folder_.path().string()); at != std::string::npos;
           at = text.find(folder_.path().string())) {
        text.erase(at, folder_.path().string().size());
      }
    }
    return entries;
  }

 private:
  // All files have one time, so that two stages of one scene look the same.
  static void Put(const fs::path& path, const std::string& text) {
    WriteTestFile(path, text);
    constexpr std::array<timespec, 2> kTimes = {timespec{1'000'000'000, 0}, timespec{1'000'000'000, 0}};
    CHECK(::utimensat(AT_FDCWD, path.c_str(), kTimes.data(), 0) == 0);
  }
  static std::string Content(int number) {
    return fmt::format("photo {} ", number) + std::string(std::size_t{10'000} << number, 'x');
  }
  bool IsTarget(const std::string& person) const {
    for (const FileOperation& operation : plan_.operations) {
      if (operation.person == person) return true;
    }
    return false;
  }

  TemporaryFolder folder_;
  Journal journal_;
  StopFlag stop_;
  FilingRequest request_;
  std::vector<PackRequest> packs_;
  FilingPlan plan_;
};

RC_GTEST_PROP(Journal, ApplyThenUndoGivesBackTheStart, ()) {
  Stage stage(*rc::gen::resize(25, AnyScene()));
  const auto start = stage.Look();
  const auto applied = stage.Apply();
  RC_ASSERT(applied.has_value());
  RC_ASSERT(applied->failures.empty());
  if (applied->run.id.empty()) {
    RC_ASSERT(stage.Look() == start);
    return;
  }
  const auto after = stage.Look();
  RC_ASSERT(stage.Apply()->run.id.empty());
  RC_ASSERT(stage.Look() == after);
  const auto undone = stage.Undo();
  RC_ASSERT(undone.has_value());
  RC_ASSERT(undone->failures.empty());
  RC_ASSERT(stage.Look() == start);
}

Scene BusyScene(FilingMethod method) {
  Scene scene;
  scene.method = method;
  scene.packs_before = true;
  for (int i = 0; i < 18; ++i) scene.photos.emplace_back(i % 6, (i * 5) % 6, i % 3);
  scene.existing = {{0, 1}, {1, 0}};
  return scene;
}

// Runs `act` in a process of its own and kills it after `delay`. The journal's sequence of system calls is what
// matters, so the moment is drawn anew each time.
template <class Function>
void RunAndKill(std::chrono::microseconds delay, const Function& act) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    act();
    ::_exit(0);
  }
  std::this_thread::sleep_for(delay);
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
}

template <class Function>
std::chrono::microseconds TimeOf(const Function& act) {
  const auto begin = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
}

std::chrono::microseconds Draw(std::mt19937& random, std::chrono::microseconds longest) {
  return std::chrono::microseconds(std::uniform_int_distribution<std::int64_t>(0, longest.count())(random));
}

class Killed : public ::testing::TestWithParam<FilingMethod> {};
INSTANTIATE_TEST_SUITE_P(Methods, Killed,
                         ::testing::Values(FilingMethod::kCopy, FilingMethod::kHardLink, FilingMethod::kMove));

TEST_P(Killed, AtAnyMomentIsFinishedByRecover) {
  constexpr int kKills = 20;
  Stage whole(BusyScene(GetParam()));
  const auto start = whole.Look();
  const auto apply_time = TimeOf([&] { ASSERT_TRUE(whole.Apply()); });
  const auto finished = whole.Look();
  const auto undo_time = TimeOf([&] { ASSERT_TRUE(whole.Undo()); });
  ASSERT_EQ(whole.Look(), start);

  std::mt19937 random(static_cast<unsigned>(GetParam()));
  for (int i = 0; i < kKills; ++i) {
    SCOPED_TRACE(i);
    Stage stage(BusyScene(GetParam()));
    ASSERT_EQ(stage.Look(), start);
    RunAndKill(Draw(random, apply_time), [&] { std::ignore = stage.Apply(); });
    // The first recovery is killed as well.
    RunAndKill(Draw(random, apply_time), [&] { std::ignore = stage.Recover(); });
    const auto recovered = stage.Recover();
    ASSERT_TRUE(recovered) << recovered.error().message;
    const auto applied = stage.Apply();  // where the kill came before the plan was written
    ASSERT_TRUE(applied) << applied.error().message;
    EXPECT_TRUE(applied->failures.empty());
    ASSERT_EQ(stage.Look(), finished);

    RunAndKill(Draw(random, undo_time), [&] { std::ignore = stage.Undo(); });
    const auto undone = stage.Recover();
    ASSERT_TRUE(undone) << undone.error().message;
    for (const ApplyResult& result : *undone) EXPECT_TRUE(result.failures.empty());
    if (stage.journal().Runs()->front().state == RunState::kDone) {  // killed before it began
      ASSERT_TRUE(stage.Undo());
    }
    ASSERT_EQ(stage.Look(), start);
  }
}

}  // namespace
}  // namespace kinfolder
