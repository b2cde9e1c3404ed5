#include "filing/file_operation.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "base/temporary_folder.h"
#include "filing/test_tree.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kText = "a photo";

class FileOperations : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteTestFile(source_, kText);
    ASSERT_EQ(::chmod(source_.c_str(), 0640), 0);
    const timespec times[2] = {{1'000'000'000, 0}, {1'234'567'890, 123'000'000}};
    ASSERT_EQ(::utimensat(AT_FDCWD, source_.c_str(), times, 0), 0);
    fs::create_directory(folder_ / "people");
    start_ = Snapshot(folder_.path());
  }

  FileOperation Operation(const fs::path& target) const {
    return {source_, target, Sha256Of(AsBytes(kText)), 7, "Ann"};
  }
  Result<FileStamp> Do(FilingMethod method) { return DoFileOperation(Operation(target_), method, stop_); }
  Status Undo(FilingMethod method) { return UndoFileOperation(Operation(target_), method, stop_); }

  TemporaryFolder folder_;
  StopFlag stop_;
  fs::path source_ = folder_ / "in" / "1.jpg";
  fs::path target_ = folder_ / "people" / "1.jpg";
  std::map<std::string, std::string> start_;
};

class EachMethod : public FileOperations, public ::testing::WithParamInterface<FilingMethod> {};
INSTANTIATE_TEST_SUITE_P(All, EachMethod,
                         ::testing::Values(FilingMethod::kCopy, FilingMethod::kHardLink, FilingMethod::kReflink,
                                           FilingMethod::kSymlink, FilingMethod::kMove));

TEST_P(EachMethod, FilesTwiceAsOnceAndGoesBack) {
  const auto stamp = Do(GetParam());
  if (!stamp && stamp.error().code == ErrorCode::kUnsupported && GetParam() == FilingMethod::kReflink) {
    EXPECT_EQ(stamp.error().message, "the file system can't make " + target_.string() + " share its data with " +
                                         source_.string() + " (reflink): file by copy");
    EXPECT_EQ(Snapshot(folder_.path()), start_);
    GTEST_SKIP() << "needs a file system that can share data (Btrfs, XFS)";
  }
  ASSERT_TRUE(stamp) << stamp.error().message;
  EXPECT_EQ(*ReadTextFile(target_, 100), kText);
  EXPECT_EQ(*stamp, *StampOf(target_));
  EXPECT_EQ(stamp->modified_ns, 1'234'567'890'123'000'000);
  EXPECT_EQ(fs::exists(source_), GetParam() != FilingMethod::kMove);
  const auto filed = Snapshot(folder_.path());
  EXPECT_EQ(*Do(GetParam()), *stamp) << "again, as after a kill";
  EXPECT_EQ(Snapshot(folder_.path()), filed);
  ASSERT_TRUE(Undo(GetParam()));
  EXPECT_EQ(Snapshot(folder_.path()), start_);
  ASSERT_TRUE(Undo(GetParam()));
  EXPECT_EQ(Snapshot(folder_.path()), start_);
}

TEST_P(EachMethod, NeverReplacesAnything) {
  WriteTestFile(target_, "another");
  const auto before = Snapshot(folder_.path());
  const auto stamp = Do(GetParam());
  ASSERT_FALSE(stamp);
  EXPECT_EQ(stamp.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(stamp.error().message, target_.string() + " is there already with other content");
  EXPECT_EQ(Snapshot(folder_.path()), before);
}

TEST_P(EachMethod, RefusesAPhotoThatChanged) {
  WriteTestFile(source_, "A photo");
  const auto before = Snapshot(folder_.path());
  const auto stamp = Do(GetParam());
  ASSERT_FALSE(stamp);
  if (stamp.error().code != ErrorCode::kUnsupported) {
    EXPECT_EQ(stamp.error().message, source_.string() + " changed since it was scanned");
  }
  EXPECT_EQ(Snapshot(folder_.path()), before);
}

TEST_P(EachMethod, TellsOfAMissingSourceOrFolder) {
  fs::remove(source_);
  EXPECT_EQ(Do(GetParam()).error().code, ErrorCode::kNotFound);
  WriteTestFile(source_, kText);
  target_ = folder_ / "none" / "1.jpg";
  EXPECT_EQ(Do(GetParam()).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(fs::exists(source_));
}

TEST_P(EachMethod, StopsWhenAsked) {
  stop_.Stop();
  const auto stamp = Do(GetParam());
  ASSERT_FALSE(stamp);
  if (stamp.error().code != ErrorCode::kUnsupported) {
    EXPECT_EQ(stamp.error().code, ErrorCode::kInterrupted);
  }
  EXPECT_EQ(Snapshot(folder_.path()), start_);
}

// As programs do that look for files that are there twice.
TEST_P(EachMethod, LeavesTheOnlyCopy) {
  if (!Do(GetParam())) GTEST_SKIP() << "not on this file system";
  if (GetParam() == FilingMethod::kSymlink) GTEST_SKIP() << "the target is the link";
  fs::remove(source_);
  fs::create_symlink(target_, source_);
  const Status status = Undo(GetParam());
  ASSERT_FALSE(status);
  EXPECT_EQ(*ReadTextFile(target_, 100), kText) << status.error().message;
}

TEST_P(EachMethod, LeavesAChangedTarget) {
  if (!Do(GetParam())) GTEST_SKIP() << "not on this file system";
  fs::remove(target_);
  WriteTestFile(target_, "A PHOTO");
  const Status status = Undo(GetParam());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, target_.string() + " stays: it was changed since it was filed");
  EXPECT_EQ(*ReadTextFile(target_, 100), "A PHOTO");
}

TEST_F(FileOperations, KeepTheLastCopy) {
  for (const FilingMethod method : {FilingMethod::kCopy, FilingMethod::kHardLink}) {
    ASSERT_TRUE(Do(method));
    fs::remove(source_);
    const Status status = Undo(method);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message,
              target_.string() + " stays: its original " + source_.string() + " is gone or was changed");
    fs::rename(target_, source_);
  }
}

TEST_F(FileOperations, UndoAHardLinkThatWasEditedThroughEitherName) {
  ASSERT_TRUE(Do(FilingMethod::kHardLink));
  const int descriptor = ::open(target_.c_str(), O_WRONLY);
  ASSERT_EQ(::write(descriptor, "b", 1), 1);
  ::close(descriptor);
  EXPECT_TRUE(Undo(FilingMethod::kHardLink));
  EXPECT_EQ(*ReadTextFile(source_, 100), "b photo");
}

TEST_F(FileOperations, MoveBackOnlyToAFreePlace) {
  ASSERT_TRUE(Do(FilingMethod::kMove));
  fs::remove(source_.parent_path());
  ASSERT_TRUE(Undo(FilingMethod::kMove)) << "the folder is made again";
  EXPECT_EQ(Snapshot(folder_.path()), start_);
  ASSERT_TRUE(Do(FilingMethod::kMove));
  WriteTestFile(source_, "new one");
  const Status status = Undo(FilingMethod::kMove);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            target_.string() + " stays: " + source_.string() + " is there already with other content");
}

TEST_F(FileOperations, TellWhenWhatWasMovedIsGone) {
  ASSERT_TRUE(Do(FilingMethod::kMove));
  fs::remove(target_);
  const Status status = Undo(FilingMethod::kMove);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, source_.string() + " can't come back: " + target_.string() + " is gone");
}

TEST_F(FileOperations, FollowLinksButDoNotMoveThem) {
  const fs::path link = folder_ / "in" / "link.jpg";
  fs::create_symlink("1.jpg", link);
  FileOperation operation = Operation(target_);
  operation.source = link;
  const auto moved = DoFileOperation(operation, FilingMethod::kMove, stop_);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::kUnsupported);
  for (const FilingMethod method : {FilingMethod::kCopy, FilingMethod::kHardLink}) {
    ASSERT_TRUE(DoFileOperation(operation, method, stop_));
    EXPECT_FALSE(fs::is_symlink(target_));
    ASSERT_TRUE(UndoFileOperation(operation, method, stop_));
  }
  EXPECT_TRUE(fs::exists(link));
}

TEST_F(FileOperations, FinishAMoveThatWasCutBetweenCopyAndRemoval) {
  WriteTestFile(target_, kText);
  ASSERT_TRUE(Do(FilingMethod::kMove));
  EXPECT_FALSE(fs::exists(source_));
  EXPECT_EQ(*ReadTextFile(target_, 100), kText);
}

TEST_F(FileOperations, MoveAcrossFileSystems) {
  const fs::path memory = "/dev/shm";
  struct stat here {};
  struct stat there {};
  if (::stat(memory.c_str(), &there) != 0 || ::stat(folder_.path().c_str(), &here) != 0 ||
      here.st_dev == there.st_dev || ::access(memory.c_str(), W_OK) != 0) {
    GTEST_SKIP() << "needs a second file system at /dev/shm";
  }
  std::string name = (memory / "kinfolder-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  target_ = fs::path(name) / "1.jpg";
  EXPECT_TRUE(Do(FilingMethod::kMove));
  EXPECT_FALSE(fs::exists(source_));
  EXPECT_EQ(StampOf(target_)->modified_ns, 1'234'567'890'123'000'000);
  EXPECT_TRUE(Undo(FilingMethod::kMove));
  EXPECT_EQ(Snapshot(folder_.path()), start_);
  const auto link = Do(FilingMethod::kHardLink);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().message, "cannot hard-link " + source_.string() + " to " + target_.string() +
                                      " (Invalid cross-device link): file by copy");
  EXPECT_TRUE(fs::is_empty(name));
  fs::remove_all(name);
}

}  // namespace
}  // namespace kinfolder
