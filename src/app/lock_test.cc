#include "app/lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

TEST(WorkspaceLockTest, TheSecondIsToldWhoHasIt) {
  const TemporaryFolder folder;
  const auto first = WorkspaceLock::Acquire(folder / "lock", "scan");
  ASSERT_TRUE(first);
  const auto second = WorkspaceLock::Acquire(folder / "lock", "file");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kLocked);
  EXPECT_THAT(second.error().message,
              testing::MatchesRegex(
                  fmt::format("another run \\(PID {} on .+: kinfolder scan, started .+\\) is at work", ::getpid())));
}

TEST(WorkspaceLockTest, EndsWithItsScope) {
  const TemporaryFolder folder;
  { ASSERT_TRUE(WorkspaceLock::Acquire(folder / "lock", "scan")); }
  std::optional<WorkspaceLock> kept;
  {
    auto lock = WorkspaceLock::Acquire(folder / "lock", "file");
    ASSERT_TRUE(lock);
    kept.emplace(*std::move(lock));
  }
  EXPECT_FALSE(WorkspaceLock::Acquire(folder / "lock", "scan")) << "a moved lock is still held";
}

TEST(WorkspaceLockTest, EndsWithAKilledProcess) {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = WorkspaceLock::Acquire(folder / "lock", "run");
    ::_exit(lock ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(WorkspaceLock::Acquire(folder / "lock", "run"));
}

TEST(WorkspaceLockTest, SaysWhatIsWrongWithTheFile) {
  const TemporaryFolder folder;
  const auto lock = WorkspaceLock::Acquire(folder / "missing/lock", "run");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kinfolder
