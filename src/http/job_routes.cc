#include <chrono>

#include "app/job.h"
#include "http/backend.h"
#include "http/json_body.h"
#include "http/routes.h"

namespace kinfolder {
namespace {

// What is there and is shown: the job, or null.
Json Shown(const std::optional<JobStatus>& job) { return job ? AsJson(*job) : Json(); }

Result<Reply> ShowJob(Backend& backend, const Request& /*request*/) {
  return Reply::OfJson(Shown(backend.jobs().Now()));
}

Result<Reply> StartJob(Backend& backend, const Request& request) {
  RETURN_IF_ERROR(RequireJson(request));
  ASSIGN_OR_RETURN(const JobRequest job, JobRequestFromJson(request.body));
  ASSIGN_OR_RETURN(const JobStatus status, backend.jobs().Start(job));
  return Reply::OfJson(AsJson(status), 202);
}

Result<Reply> PauseJob(Backend& backend, const Request& /*request*/) {
  ASSIGN_OR_RETURN(const JobStatus status, backend.jobs().Pause());
  return Reply::OfJson(AsJson(status), 202);
}

Result<Reply> ResumeJob(Backend& backend, const Request& /*request*/) {
  ASSIGN_OR_RETURN(const JobStatus status, backend.jobs().Resume());
  return Reply::OfJson(AsJson(status), 202);
}

Result<Reply> DismissJob(Backend& backend, const Request& /*request*/) {
  RETURN_IF_ERROR(backend.jobs().Dismiss());
  return Reply::Nothing();
}

// Server-sent events (HTML standard, section 9.2): the job now, then again after every change, but at most a few times
// a second; a comment now and then keeps the connection open.
Result<Reply> FollowJob(Backend& backend, const Request& /*request*/) {
  const auto next = [&jobs = backend.jobs(), version = std::int64_t{-2},
                     quiet = 0]() mutable -> std::optional<std::string> {
    constexpr std::chrono::milliseconds kWait{500};
    constexpr std::chrono::milliseconds kRest{150};
    constexpr int kQuietWaits = 20;
    std::optional<JobStatus> job = jobs.WaitForChange(version, kWait);
    const std::int64_t now = job ? job->version : -1;
    if (now == version) {
      if (++quiet % kQuietWaits != 0) return "";
      return ":\n\n";
    }
    std::this_thread::sleep_for(kRest);
    job = jobs.Now();
    version = job ? job->version : -1;
    return "data: " + Shown(job).text() + "\n\n";
  };
  return Reply{200, "text/event-stream", {{"Cache-Control", "no-store"}}, Stream(next)};
}

}  // namespace

std::vector<Route> JobRoutes() {
  return {{"GET", "/api/job", ShowJob},           {"POST", "/api/job", StartJob},
          {"DELETE", "/api/job", DismissJob},     {"POST", "/api/job/pause", PauseJob},
          {"POST", "/api/job/resume", ResumeJob}, {"GET", "/api/job/events", FollowJob}};
}

}  // namespace kinfolder
