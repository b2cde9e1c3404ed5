#include "app/job_runner.h"

#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <utility>

#include "base/file.h"

namespace kinfolder {
namespace {

constexpr std::uint64_t kMostJobFileBytes = 64 << 20;  // single photos are listed by path

bool IsAtWork(JobState state) { return state == JobState::kRunning || state == JobState::kPausing; }

double SecondsSince(std::chrono::steady_clock::time_point time) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - time).count();
}

struct RememberedJob {
  JobRequest request;
  bool paused = false;
};

std::optional<RememberedJob> ReadJobFile(const std::filesystem::path& file) {
  const Result<std::string> text = ReadTextFile(file, kMostJobFileBytes);
  if (!text) return std::nullopt;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("request")) return std::nullopt;
  const Result<JobRequest> request = JobRequestFromJson(json["request"].dump());
  if (!request) return std::nullopt;
  return RememberedJob{*request, json.value("paused", false)};
}

}  // namespace

JobRunner::JobRunner(std::filesystem::path file, JobWork work) : file_(std::move(file)), work_(std::move(work)) {
  const std::optional<RememberedJob> remembered = ReadJobFile(file_);
  if (!remembered) return;
  const std::lock_guard lock(mutex_);
  if (remembered->paused) {
    status_ = JobStatus{};
    status_->number = ++numbers_;
    status_->request = remembered->request;
    status_->state = JobState::kPaused;
    Changed();
  } else {
    Begin(remembered->request);
  }
}

JobRunner::~JobRunner() {
  {
    const std::lock_guard lock(mutex_);
    if (stop_) stop_->Stop();
  }
  if (worker_.joinable()) worker_.join();
}

Result<JobStatus> JobRunner::Start(const JobRequest& request) {
  std::unique_lock lock(mutex_);
  JoinEnded(lock);
  if (status_ && (IsAtWork(status_->state) || status_->state == JobState::kPaused)) {
    return Fail(ErrorCode::kLocked, "another job is {}; finish or dismiss it first", NameOf(status_->state));
  }
  Begin(request);
  return *Copy();
}

Result<JobStatus> JobRunner::Pause() {
  const std::lock_guard lock(mutex_);
  if (!status_ || !IsAtWork(status_->state)) return Fail(ErrorCode::kNotFound, "no job is at work");
  status_->state = JobState::kPausing;
  stop_->Stop();
  Changed();
  return *Copy();
}

Result<JobStatus> JobRunner::Resume() {
  std::unique_lock lock(mutex_);
  JoinEnded(lock);
  if (!status_ || status_->state != JobState::kPaused) return Fail(ErrorCode::kNotFound, "no job is paused");
  Begin(JobRequest(status_->request));
  return *Copy();
}

Status JobRunner::Dismiss() {
  std::unique_lock lock(mutex_);
  if (!status_) return Fail(ErrorCode::kNotFound, "there is no job");
  if (IsAtWork(status_->state)) {
    dismissing_ = true;
    status_->state = JobState::kPausing;
    stop_->Stop();
    Changed();
    changed_.wait(lock, [&] { return !status_ || !IsAtWork(status_->state); });
    return {};
  }
  status_.reset();
  Save();
  Changed();
  return {};
}

bool JobRunner::HasWork() const {
  const std::lock_guard lock(mutex_);
  return status_ && IsAtWork(status_->state);
}

std::optional<JobStatus> JobRunner::Now() const {
  const std::lock_guard lock(mutex_);
  return Copy();
}

std::optional<JobStatus> JobRunner::WaitForChange(std::int64_t version, std::chrono::milliseconds most) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [&] { return (status_ ? status_->version : -1) != version; });
  return Copy();
}

// All below: with the mutex held, but for Work.

void JobRunner::Begin(const JobRequest& request) {
  JobStatus status;
  status.number = ++numbers_;
  status.request = request;
  status_ = std::move(status);
  step_began_ = std::chrono::steady_clock::now();
  stop_ = std::make_unique<StopFlag>();
  dismissing_ = false;
  Save();
  Changed();
  worker_ = std::thread(&JobRunner::Work, this, request);
}

void JobRunner::Work(const JobRequest& request) {
  const auto step = [this](std::string_view name) {
    const std::lock_guard lock(mutex_);
    status_->step = name;
    status_->progress = {};
    step_began_ = std::chrono::steady_clock::now();
    Changed();
  };
  const auto progress = [this](const ProgressUpdate& update) {
    const std::lock_guard lock(mutex_);
    status_->progress = update;
    Changed();
  };
  const Result<Json> outcome = work_(request, step, progress, *stop_);
  const std::lock_guard lock(mutex_);
  Finish(outcome);
  Changed();
}

void JobRunner::Finish(const Result<Json>& outcome) {
  status_->step_seconds = SecondsSince(step_began_);
  if (outcome) {
    status_->state = JobState::kDone;
    status_->result = *outcome;
  } else if (outcome.error().code == ErrorCode::kInterrupted) {
    // Asked by nobody but the destructor, it stays in the file as at work.
    if (status_->state == JobState::kRunning) return;
    status_->state = JobState::kPaused;
  } else {
    status_->state = JobState::kFailed;
    status_->failure = outcome.error();
  }
  if (dismissing_ && status_->state == JobState::kPaused) status_.reset();
  Save();
}

// What can't be written is no reason to stop: then a restart does not know of the job.
void JobRunner::Save() {
  if (status_ && (IsAtWork(status_->state) || status_->state == JobState::kPaused)) {
    const Json json =
        Json::Object({{"request", AsJson(status_->request)}, {"paused", status_->state == JobState::kPaused}});
    const Status written = WriteFileAtomically(file_, json.text() + "\n");
    if (written) return;
  }
  std::error_code error;
  std::filesystem::remove(file_, error);
}

void JobRunner::Changed() {
  if (status_) status_->version = ++versions_;
  changed_.notify_all();
}

std::optional<JobStatus> JobRunner::Copy() const {
  std::optional<JobStatus> copy = status_;
  if (copy && IsAtWork(copy->state)) copy->step_seconds = SecondsSince(step_began_);
  return copy;
}

// Where nothing is at work, the last job's thread has nothing left to do but to end. Meanwhile others may begin a job.
void JobRunner::JoinEnded(std::unique_lock<std::mutex>& lock) {
  while (worker_.joinable() && !(status_ && IsAtWork(status_->state))) {
    std::thread ended = std::exchange(worker_, {});
    lock.unlock();
    ended.join();
    lock.lock();
  }
}

}  // namespace kinfolder
