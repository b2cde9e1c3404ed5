#include "app/browse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class BrowseTest : public testing::Test {
 protected:
  BrowseTest() {
    for (const char* folder : {"home/b", "home/a", "home/.hidden", "other"}) fs::create_directories(base_ / folder);
    for (const char* file : {"home/z.jpg", "home/film.MP4", "home/notes.txt", "home/none", "home/.x.jpg"}) {
      EXPECT_TRUE(WriteFileAtomically(base_ / file, std::string_view("x")));
    }
    fs::create_directory_symlink(base_ / "other", base_ / "home/way-out");
  }

  TemporaryFolder folder_;
  fs::path base_ = fs::canonical(folder_.path());
  fs::path home_ = base_ / "home";
  std::vector<fs::path> roots_{home_};
};

TEST_F(BrowseTest, ListsFoldersAndWhatMayBePhotos) {
  const auto browsed = Browse(home_, roots_);
  ASSERT_TRUE(browsed) << browsed.error().message;
  EXPECT_EQ(browsed->path, home_);
  EXPECT_EQ(browsed->parent, "") << "nothing above the roots";
  EXPECT_THAT(browsed->folders, ElementsAre(home_ / "a", home_ / "b", home_ / "way-out"));
  EXPECT_THAT(browsed->photos, ElementsAre(home_ / "z.jpg"));
  EXPECT_FALSE(browsed->cut);
  EXPECT_EQ(Browse(home_ / "a", roots_)->parent, home_);
}

TEST_F(BrowseTest, StaysBelowTheRoots) {
  for (const fs::path& path : {base_, base_ / "other", home_ / "..", home_ / "a/../../other", home_ / "way-out",
                               fs::path("/"), fs::path("/etc")}) {
    const auto browsed = Browse(path, roots_);
    ASSERT_FALSE(browsed) << path;
    EXPECT_EQ(browsed.error().code, ErrorCode::kPermissionDenied) << path;
  }
  EXPECT_EQ(Browse("home", roots_).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Browse(home_ / "missing", roots_).error().code, ErrorCode::kNotFound);
}

TEST_F(BrowseTest, MakesAFolder) {
  EXPECT_EQ(*MakeFolderIn(home_, "New one", roots_), home_ / "New one");
  EXPECT_TRUE(fs::is_directory(home_ / "New one"));
  EXPECT_EQ(MakeFolderIn(home_, "New one", roots_).error().code, ErrorCode::kAlreadyExists);
  for (const char* name : {"", ".", "..", "../x", "a/b", ".hidden"}) {
    EXPECT_EQ(MakeFolderIn(home_, name, roots_).error().code, ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_EQ(MakeFolderIn(base_ / "other", "x", roots_).error().code, ErrorCode::kPermissionDenied);
}

TEST_F(BrowseTest, BeginsAtHomeAndTheChosenFolders) {
  Settings settings;
  settings.photos = base_ / "other";
  settings.known = base_ / "missing";
  const std::string home = home_.string();
  const auto roots = BrowsingRoots(
      settings, [&](const std::string& name) { return name == "HOME" ? std::optional(home) : std::nullopt; });
  ASSERT_FALSE(roots.empty());
  EXPECT_EQ(roots.front(), home_);
  EXPECT_EQ(roots.back(), base_ / "other");
}

}  // namespace
}  // namespace kinfolder
