#include "app/job_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

using namespace std::chrono_literals;

// Counts up one item a millisecond, until asked to stop or `most`; goes on where it was, as all real work does.
class Counting {
 public:
  explicit Counting(int most) : most_(most) {}

  Result<Json> operator()(const StepFunction& step, const ProgressFunction& progress, const StopFlag& stop) {
    step("Counting");
    while (count_ < most_) {
      if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "stopped");
      std::this_thread::sleep_for(1ms);
      ++count_;
      progress({static_cast<std::uint64_t>(count_.load()), static_cast<std::uint64_t>(most_), 0, "item"});
    }
    return Json::Object({{"count", count_.load()}});
  }
  int count() const { return count_; }

 private:
  int most_;
  std::atomic<int> count_{0};
};

JobWork WorkOf(Counting& counting) {
  return [&counting](const JobRequest&, const StepFunction& step, const ProgressFunction& progress,
                     const StopFlag& stop) { return counting(step, progress, stop); };
}

// The job when it is in this state; what it is after ten seconds otherwise.
JobStatus WaitFor(const JobRunner& runner, JobState state) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  std::optional<JobStatus> status = runner.Now();
  while (status && status->state != state && std::chrono::steady_clock::now() < deadline) {
    status = runner.WaitForChange(status->version, 100ms);
  }
  return status.value_or(JobStatus{});
}

class JobRunnerTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "job.json";
  JobRequest request_{JobKind::kPack, {}, {"Ann"}, "", true};
};

TEST_F(JobRunnerTest, DoesAJobAndKeepsItsOutcome) {
  Counting counting(5);
  JobRunner runner(file_, WorkOf(counting));
  EXPECT_EQ(runner.Now(), std::nullopt);
  ASSERT_TRUE(runner.Start(request_));
  const JobStatus done = WaitFor(runner, JobState::kDone);
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_EQ(done.request, request_);
  EXPECT_EQ(done.step, "Counting");
  EXPECT_EQ(done.progress.done, 5);
  EXPECT_EQ(done.result.text(), R"({"count":5})");
  EXPECT_FALSE(std::filesystem::exists(file_)) << "there is nothing to go on with";
  ASSERT_TRUE(runner.Dismiss());
  EXPECT_EQ(runner.Now(), std::nullopt);
}

TEST_F(JobRunnerTest, OneJobIsAtWorkAtATime) {
  Counting counting(100000);
  JobRunner runner(file_, WorkOf(counting));
  ASSERT_TRUE(runner.Start(request_));
  EXPECT_EQ(runner.Start(request_).error().code, ErrorCode::kLocked);
  EXPECT_EQ(runner.Resume().error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(runner.Pause());
  WaitFor(runner, JobState::kPaused);
  EXPECT_EQ(runner.Start(request_).error().code, ErrorCode::kLocked) << "a paused one is not lost to another";
}

TEST_F(JobRunnerTest, ManyMayStartAtOnceAndOneDoes) {
  std::atomic<int> works{0};
  JobRunner runner(file_, [&works](const auto&, const auto&, const auto&, const auto&) -> Result<Json> {
    ++works;
    return Json();
  });
  std::atomic<int> started{0};
  std::vector<std::thread> clients;
  clients.reserve(8);
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < 50; ++j) started += runner.Start(request_) ? 1 : 0;
    });
  }
  for (std::thread& client : clients) client.join();
  WaitFor(runner, JobState::kDone);
  EXPECT_GE(started, 1);
  EXPECT_EQ(works, started);
}

TEST_F(JobRunnerTest, PausesAndGoesOnWhereItWas) {
  Counting counting(200);
  JobRunner runner(file_, WorkOf(counting));
  ASSERT_TRUE(runner.Start(request_));
  ASSERT_TRUE(runner.Pause());
  ASSERT_EQ(WaitFor(runner, JobState::kPaused).state, JobState::kPaused);
  const int at = counting.count();
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(counting.count(), at);
  ASSERT_LT(at, 200);
  ASSERT_TRUE(runner.Resume());
  EXPECT_EQ(WaitFor(runner, JobState::kDone).result.text(), R"({"count":200})");
}

TEST_F(JobRunnerTest, ADismissedJobIsStoppedAndForgotten) {
  Counting counting(100000);
  {
    JobRunner runner(file_, WorkOf(counting));
    ASSERT_TRUE(runner.Start(request_));
    ASSERT_TRUE(runner.Dismiss());
    EXPECT_EQ(runner.Now(), std::nullopt);
  }
  const JobRunner next(file_, WorkOf(counting));
  EXPECT_EQ(next.Now(), std::nullopt);
}

TEST_F(JobRunnerTest, AFailureIsTold) {
  JobRunner runner(file_, [](const auto&, const auto&, const auto&, const auto&) -> Result<Json> {
    return Fail(ErrorCode::kNoSpace, "the disk is full");
  });
  ASSERT_TRUE(runner.Start(request_));
  EXPECT_EQ(WaitFor(runner, JobState::kFailed).failure, (Error{ErrorCode::kNoSpace, "the disk is full"}));
  EXPECT_TRUE(runner.Start(request_)) << "it stands in nobody's way";
}

TEST_F(JobRunnerTest, WhatWasAtWorkWhenTheProgramEndedIsBegunAgain) {
  Counting counting(300);
  {
    JobRunner runner(file_, WorkOf(counting));
    ASSERT_TRUE(runner.Start(request_));
    std::this_thread::sleep_for(10ms);
  }
  ASSERT_LT(counting.count(), 300);
  const JobRunner next(file_, WorkOf(counting));
  const JobStatus done = WaitFor(next, JobState::kDone);
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_EQ(done.request, request_);
}

TEST_F(JobRunnerTest, WhatWasPausedStaysPaused) {
  Counting counting(100000);
  {
    JobRunner runner(file_, WorkOf(counting));
    ASSERT_TRUE(runner.Start(request_));
    ASSERT_TRUE(runner.Pause());
    WaitFor(runner, JobState::kPaused);
  }
  const JobRunner next(file_, WorkOf(counting));
  ASSERT_TRUE(next.Now());
  EXPECT_EQ(next.Now()->state, JobState::kPaused);
  EXPECT_EQ(next.Now()->request, request_);
}

TEST_F(JobRunnerTest, AFileThatCannotBeReadIsForgotten) {
  for (const char* text : {"", "{", "[]", R"({"request": {"kind": "dance"}})"}) {
    ASSERT_TRUE(WriteFileAtomically(file_, std::string_view(text)));
    Counting counting(1);
    const JobRunner runner(file_, WorkOf(counting));
    EXPECT_EQ(runner.Now(), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace kinfolder
