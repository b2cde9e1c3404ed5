#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/hash.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

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
