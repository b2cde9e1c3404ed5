#include "app/walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

class WalkTest : public testing::Test {
 protected:
  WalkTest() : root_(fs::canonical(folder_.path())) {}

  void Write(const fs::path& name) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << name;
  }

  WalkResult Run(const WalkOptions& options = {}) { return Walk({root_}, options, StopFlag()).value(); }

  std::vector<std::string> Names(const WalkResult& result) const {
    std::vector<std::string> names;
    for (const FoundPhoto& file : result.files) names.push_back(file.path.lexically_relative(root_).string());
    return names;
  }

  TemporaryFolder folder_;
  fs::path root_;
};

TEST_F(WalkTest, ListsFilesOfAnyNameByPath) {
  Write("b.jpg");
  Write("a/deep/er/c.xyz");
  Write("a/no ending");
  const WalkResult result = Run();
  EXPECT_THAT(Names(result), ElementsAre("a/deep/er/c.xyz", "a/no ending", "b.jpg"));
  EXPECT_THAT(result.failed, IsEmpty());
  EXPECT_EQ(result.files[2].stamp.bytes, 7U);
}

TEST_F(WalkTest, PassesOverWhatIsNoPhotoOfTheUser) {
  for (const char* name : {".hidden.jpg", ".trash/a.jpg", "IMG_1.jpg.xmp", "IMG_1.AAE", "Thumbs.db", "desktop.ini",
                           "takeout.json", "quiet/.nomedia", "quiet/a.jpg", "quiet/deep/b.jpg"}) {
    Write(name);
  }
  EXPECT_THAT(Names(Run()), IsEmpty());
}

TEST_F(WalkTest, IgnoresByGlobWithoutRegardToCase) {
  Write("a.jpg");
  Write("a.MOV");
  Write("Trash/b.jpg");
  WalkOptions options;
  options.ignore = {"*.mov", "trash"};
  EXPECT_THAT(Names(Run(options)), ElementsAre("a.jpg"));
}

TEST_F(WalkTest, DoesNotEnterExcludedFoldersNotEvenThroughALink) {
  Write("People/Anna/a.jpg");
  Write("b.jpg");
  fs::create_directory_symlink(root_ / "People", root_ / "link");
  WalkOptions options;
  options.excluded = {root_ / "People", root_ / "not there"};
  EXPECT_THAT(Names(Run(options)), ElementsAre("b.jpg"));

  const auto inside = Walk({root_ / "People/Anna"}, options, StopFlag());
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(inside.error().message, HasSubstr("where Kinfolder keeps its own files"));
}

TEST_F(WalkTest, FollowsLinksAndListsEveryFolderOnce) {
  Write("real/a.jpg");
  for (const char* link : {"a link", "zlink"}) fs::create_directory_symlink(root_ / "real", root_ / link);
  fs::create_symlink(root_ / "real/a.jpg", root_ / "b.jpg");
  EXPECT_THAT(Names(Run()), ElementsAre("b.jpg", "real/a.jpg"));
}

TEST_F(WalkTest, ALoopOrBrokenLinkIsOneFailureEach) {
  Write("a/b/c.jpg");
  fs::create_directory_symlink(root_, root_ / "a/b/up");
  fs::create_symlink("self", root_ / "self");
  fs::create_symlink("nowhere", root_ / "broken");
  const WalkResult result = Run();
  EXPECT_THAT(Names(result), ElementsAre("a/b/c.jpg"));
  ASSERT_EQ(result.failed.size(), 3U);
  std::string messages;
  for (const FailedPhoto& failed : result.failed) messages += failed.error.message + "\n";
  EXPECT_THAT(messages, HasSubstr("/a/b/up is a link back to a folder that holds it"));
  EXPECT_THAT(messages, HasSubstr("/self is a link that leads in a circle"));
  EXPECT_THAT(messages, HasSubstr("/broken is a link to something that is not there"));
}

TEST_F(WalkTest, AFifoIsAFailureAndDoesNotBlock) {
  ASSERT_EQ(::mkfifo((root_ / "pipe.jpg").c_str(), 0600), 0);
  const WalkResult result = Run();
  ASSERT_EQ(result.failed.size(), 1U);
  EXPECT_EQ(result.failed[0].error.code, ErrorCode::kUnsupported);
}

TEST_F(WalkTest, AFolderThatCanNotBeReadIsAFailureAndIsNotTakenForEmpty) {
  if (::geteuid() == 0) GTEST_SKIP() << "needs a user whom permissions hold back; root reads everything";
  Write("locked/a.jpg");
  fs::permissions(root_ / "locked", fs::perms::none);
  const WalkResult result = Run();
  fs::permissions(root_ / "locked", fs::perms::owner_all);
  ASSERT_EQ(result.failed.size(), 1U);
  EXPECT_THAT(result.unread, ElementsAre(root_ / "locked"));
}

TEST_F(WalkTest, TakesSingleFilesAndOverlappingRoots) {
  Write("a/b.jpg");
  const auto result = Walk({root_ / "a/b.jpg", root_ / "a", root_}, {}, StopFlag());
  ASSERT_TRUE(result);
  EXPECT_THAT(Names(*result), ElementsAre("a/b.jpg"));
}

TEST_F(WalkTest, SaysWhichRootIsMissing) {
  const auto result = Walk({root_ / "missing"}, {}, StopFlag());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(result.error().message, HasSubstr("missing"));
}

TEST_F(WalkTest, CanBeStopped) {
  Write("a.jpg");
  StopFlag stop;
  stop.Stop();
  EXPECT_EQ(Walk({root_}, {}, stop).error().code, ErrorCode::kInterrupted);
}

TEST(IsWithinTest, ComparesWholeNames) {
  EXPECT_TRUE(IsWithin("/a/b", "/a"));
  EXPECT_TRUE(IsWithin("/a", "/a"));
  EXPECT_FALSE(IsWithin("/ab", "/a"));
  EXPECT_FALSE(IsWithin("/a", "/a/b"));
}

}  // namespace
}  // namespace kinfolder
