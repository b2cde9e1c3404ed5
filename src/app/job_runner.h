// One long job at a time, in a thread of its own, that anybody may watch. A job is remembered in a file: one that was
// at work when the program ended is begun again, and goes on where it was because all work does.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "app/job.h"
#include "app/run.h"
#include "base/progress.h"
#include "base/result.h"

namespace kinfolder {

// Does the job and returns what came of it; kInterrupted when asked to stop.
using JobWork = std::function<Result<Json>(const JobRequest& request, const StepFunction& step,
                                           const ProgressFunction& progress, const StopFlag& stop)>;

// Safe to use from many threads at once.
class JobRunner {
 public:
  // A job that `file` tells of is begun again, or stays paused. What can't be read there is forgotten.
  JobRunner(std::filesystem::path file, JobWork work);

  // Stops the job in hand and waits for it; the next JobRunner on the same file begins it again.
  ~JobRunner();
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  // kLocked while another job is at work or paused.
  Result<JobStatus> Start(const JobRequest& request);
  // The item in hand is finished first. kNotFound when nothing is at work.
  Result<JobStatus> Pause();
  // kNotFound when nothing is paused.
  Result<JobStatus> Resume();
  // Stops the job for good; of a finished one, forgets its outcome. What it did stays done.
  Status Dismiss();

  bool HasWork() const;  // something is at work

  // The latest job; nullopt when there is none.
  std::optional<JobStatus> Now() const;
  // The same as soon as its version is another than `version` (-1 for none), or after `most`.
  std::optional<JobStatus> WaitForChange(std::int64_t version, std::chrono::milliseconds most) const;

 private:
  void Begin(const JobRequest& request);
  void Work(const JobRequest& request);
  void Finish(const Result<Json>& outcome);
  void Save();
  void Changed();
  std::optional<JobStatus> Copy() const;
  void JoinEnded(std::unique_lock<std::mutex>& lock);

  const std::filesystem::path file_;
  const JobWork work_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::optional<JobStatus> status_;
  std::chrono::steady_clock::time_point step_began_;
  std::int64_t numbers_ = 0;
  std::int64_t versions_ = 0;
  bool dismissing_ = false;
  std::unique_ptr<StopFlag> stop_;
  std::thread worker_;
};

}  // namespace kinfolder
