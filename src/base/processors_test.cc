#include "base/processors.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

TEST(ProcessorsTest, TheTightestGroupCounts) {
  const TemporaryFolder folder;
  const auto write = [&](const std::filesystem::path& name, const char* text) {
    ASSERT_TRUE(MakeFolders((folder.path() / name).parent_path()));
    ASSERT_TRUE(WriteFileAtomically(folder.path() / name, text));
  };
  EXPECT_EQ(ProcessorQuota(folder.path(), "a/b"), 0) << "no control groups";
  write("cpu.max", "max 100000\n");
  EXPECT_EQ(ProcessorQuota(folder.path(), "a/b"), 0) << "no limit";
  write("a/cpu.max", "400000 100000\n");
  write("a/b/cpu.max", "150000 100000\n");
  EXPECT_EQ(ProcessorQuota(folder.path(), ""), 0);
  EXPECT_EQ(ProcessorQuota(folder.path(), "a"), 4);
  EXPECT_EQ(ProcessorQuota(folder.path(), "a/b"), 2) << "a processor and a half";
  write("a/cpu.max", "100000 100000\n");
  EXPECT_EQ(ProcessorQuota(folder.path(), "a/b"), 1);
}

TEST(ProcessorsTest, VersionOne) {
  const TemporaryFolder folder;
  ASSERT_TRUE(MakeFolders(folder.path() / "cpu"));
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "cpu/cpu.cfs_quota_us", "-1\n"));
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "cpu/cpu.cfs_period_us", "100000\n"));
  EXPECT_EQ(ProcessorQuota(folder.path(), ""), 0);
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "cpu/cpu.cfs_quota_us", "300000\n"));
  EXPECT_EQ(ProcessorQuota(folder.path(), ""), 3);
}

TEST(ProcessorsTest, ThereIsOne) { EXPECT_GE(ProcessorCount(), 1); }

}  // namespace
}  // namespace kinfolder
