#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <chrono>
#include <fstream>

#include "base/hash.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

TEST(IsMissing, TellsWhatIsNotThereFromWhatCanNotBeSeen) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", ""));
  std::error_code error;
  EXPECT_FALSE(IsMissing(error));
  EXPECT_EQ(fs::file_size(folder / "nothing", error), static_cast<std::uintmax_t>(-1));
  EXPECT_TRUE(IsMissing(error));
  EXPECT_EQ(fs::file_size(folder / "file" / "below", error), static_cast<std::uintmax_t>(-1));
  EXPECT_TRUE(IsMissing(error));
  EXPECT_FALSE(IsMissing(std::make_error_code(std::errc::permission_denied)));
  EXPECT_FALSE(IsMissing(std::make_error_code(std::errc::io_error)));
}

TEST(About, PutsTheFileInFront) {
  EXPECT_EQ(About("/photos/a.jpg", {ErrorCode::kCorrupt, "it is cut off"}),
            (Error{ErrorCode::kCorrupt, "/photos/a.jpg: it is cut off"}));
}

TEST(ReadFile, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadFile(folder / "missing", 10).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadFile(folder.path(), 10).error().code, ErrorCode::kUnsupported);
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  const auto fifo = ReadFile(folder / "fifo", 10);  // must not wait for a writer
  ASSERT_FALSE(fifo);
  EXPECT_EQ(fifo.error().message, (folder / "fifo").string() + " is a pipe between programs (FIFO), not a file");
}

TEST(ReadFile, KeepsToTheLimit) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "ten", "0123456789"));
  EXPECT_EQ(*ReadTextFile(folder / "ten", 10), "0123456789");
  EXPECT_EQ(ReadFile(folder / "ten", 9).error().code, ErrorCode::kTooLarge);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  {
    auto file = AtomicFile::Create(folder / "a");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->Write("half"));
    EXPECT_TRUE(IsTemporaryName(file->temporary_path().filename().string()));
    EXPECT_TRUE(IsTemporaryName(file->temporary_path().filename().string() + "-wal"));
    EXPECT_FALSE(fs::exists(folder / "a"));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(AtomicFile, SweepsWhatNobodyHasTouchedForLong) {
  const TemporaryFolder folder;
  auto file = AtomicFile::Create(folder / "a");
  ASSERT_TRUE(file);
  SweepTemporaryFiles(folder.path(), std::chrono::hours(1));
  EXPECT_TRUE(fs::exists(file->temporary_path()));               // just begun
  SweepTemporaryFiles(folder.path(), std::chrono::seconds(-1));  // as in an hour and a second
  EXPECT_FALSE(fs::exists(file->temporary_path()));
}

TEST(AtomicFile, ReplacesOrRefusesAsAsked) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "a", "old"));
  ASSERT_TRUE(WriteFileAtomically(folder / "a", "new"));
  EXPECT_EQ(*ReadTextFile(folder / "a", 10), "new");
  auto file = AtomicFile::Create(folder / "a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->Write("other"));
  EXPECT_EQ(file->Commit(AtomicFile::IfExists::kFail).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(*ReadTextFile(folder / "a", 10), "new");
}

TEST(AtomicFile, NeedsItsFolder) {
  const TemporaryFolder folder;
  EXPECT_EQ(AtomicFile::Create(folder / "none" / "a").error().code, ErrorCode::kNotFound);
}

TEST(AtomicFile, TakesTheAttributesOfWhatItReplaces) {
  const TemporaryFolder folder;
  const auto target = folder / "photo.jpg";
  ASSERT_TRUE(WriteFileAtomically(target, "before"));
  fs::permissions(target, static_cast<fs::perms>(0640));
  const bool has_attributes = ::setxattr(target.c_str(), "user.rating", "5", 1, 0) == 0;
  const auto time = fs::last_write_time(target) - std::chrono::hours(50'000);
  fs::last_write_time(target, time);
  auto file = AtomicFile::Create(target);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->Write("after"));
  ASSERT_TRUE(file->TakeAttributesOf(target));
  ASSERT_TRUE(file->TakeTimesOf(target));
  ASSERT_TRUE(file->Commit());
  EXPECT_EQ(*ReadTextFile(target, 100), "after");
  EXPECT_EQ(fs::status(target).permissions(), static_cast<fs::perms>(0640));
  EXPECT_EQ(fs::last_write_time(target), time);
  char value = 0;
  if (has_attributes) {
    EXPECT_EQ(::getxattr(target.c_str(), "user.rating", &value, 1), 1);
  }
}

TEST(RenameNoReplace, NeverReplaces) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "a", "a"));
  ASSERT_TRUE(WriteFileAtomically(folder / "b", "b"));
  EXPECT_EQ(RenameNoReplace(folder / "a", folder / "b").error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(*ReadTextFile(folder / "b", 10), "b");
  EXPECT_TRUE(RenameNoReplace(folder / "a", folder / "c"));
  EXPECT_EQ(*ReadTextFile(folder / "c", 10), "a");
}

TEST(Sha256OfFile, EqualsTheHashOfItsBytes) {
  const TemporaryFolder folder;
  const std::string text(3'000'000, 'k');
  ASSERT_TRUE(WriteFileAtomically(folder / "a", text));
  EXPECT_EQ(*Sha256OfFile(folder / "a"), Sha256Of(AsBytes(text)));
}

}  // namespace
}  // namespace kinfolder
