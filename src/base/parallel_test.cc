#include "base/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace kinfolder {
namespace {

using ::testing::Each;

TEST(ForEachInParallel, DoesEveryItemOnce) {
  for (const int jobs : {0, 1, 3, 100}) {
    std::vector<std::atomic<int>> times(50);
    const Status status = ForEachInParallel(times.size(), {jobs, {}, nullptr}, [&](std::size_t i) -> Status {
      ++times[i];
      return {};
    });
    EXPECT_TRUE(status);
    EXPECT_THAT(std::vector<int>(times.begin(), times.end()), Each(1)) << jobs;
  }
}

TEST(ForEachInParallel, DoesNothingForNoItems) {
  EXPECT_TRUE(
      ForEachInParallel(0, {2, {}, nullptr}, [](std::size_t) -> Status { return Fail(ErrorCode::kIo, "called"); }));
}

TEST(ForEachInParallel, ReportsProgressInOrder) {
  std::vector<std::uint64_t> done;
  const ProgressFunction progress = [&](const ProgressUpdate& update) {
    EXPECT_EQ(update.total, 20U);
    done.push_back(update.done);
  };
  ASSERT_TRUE(ForEachInParallel(20, {4, progress, nullptr}, [](std::size_t) { return Status(); }));
  ASSERT_EQ(done.size(), 20U);
  for (std::size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i], i + 1);
}

TEST(ForEachInParallel, StopsAtTheFirstFailureAndReturnsIt) {
  int calls = 0;
  const Status status = ForEachInParallel(10, {1, {}, nullptr}, [&](std::size_t i) -> Status {
    ++calls;
    if (i == 3) return Fail(ErrorCode::kCorrupt, "item {}", i);
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error(), (Error{ErrorCode::kCorrupt, "item 3"}));
  EXPECT_EQ(calls, 4);
}

TEST(ForEachInParallel, IsInterruptedWhenAskedToStop) {
  StopFlag stop;
  int calls = 0;
  const Status status = ForEachInParallel(10, {1, {}, &stop}, [&](std::size_t) -> Status {
    if (++calls == 2) stop.Stop();
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error(), (Error{ErrorCode::kInterrupted, "stopped after 2 of 10"}));
}

}  // namespace
}  // namespace kinfolder
