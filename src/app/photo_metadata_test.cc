#include "app/photo_metadata.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

struct FolderOfPhotos {
  explicit FolderOfPhotos(const std::vector<const char*>& names) {
    for (const char* name : names) EXPECT_TRUE(WriteFileAtomically(folder / name, "<x/>"));
  }
  std::string SidecarOf(const char* photo, std::string_view format = "jpeg") {
    return FindSidecar(folder / photo, format).value_or("none").filename();
  }

  TemporaryFolder folder;
};

TEST(FindSidecar, PrefersTheOneThatNamesTheFile) {
  FolderOfPhotos photos({"a.jpg", "a.jpg.xmp", "a.xmp", "b.jpg", "b.xmp", "c.jpg", "d.jpg", "d.jpg.XMP"});
  EXPECT_EQ(photos.SidecarOf("a.jpg"), "a.jpg.xmp");
  EXPECT_EQ(photos.SidecarOf("b.jpg"), "b.xmp");
  EXPECT_EQ(photos.SidecarOf("c.jpg"), "none");
  EXPECT_EQ(photos.SidecarOf("d.jpg"), "d.jpg.XMP");
  EXPECT_EQ(NewSidecar("/x/c.jpg"), "/x/c.jpg.xmp");
}

TEST(FindSidecar, LeavesTheSidecarOfARawFileToIt) {
  FolderOfPhotos photos({"a.jpg", "a.cr2", "a.xmp"});
  EXPECT_EQ(photos.SidecarOf("a.jpg"), "none");
  EXPECT_EQ(photos.SidecarOf("a.cr2", "raw"), "a.xmp");
}

TEST(ReadSidecar, NamesADamagedFile) {
  const FolderOfPhotos photos({"a.jpg.xmp"});
  const auto xmp = ReadSidecar(photos.folder / "a.jpg.xmp");
  ASSERT_FALSE(xmp);
  EXPECT_EQ(xmp.error().message, (photos.folder / "a.jpg.xmp").string() + ": its XMP is damaged");
}

}  // namespace
}  // namespace kinfolder
