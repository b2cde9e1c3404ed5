#include "app/job.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error_name.h"

namespace kinfolder {
namespace {

constexpr std::array<std::string_view, 6> kJobKinds = {"run", "recognize", "folders", "file", "pack", "undo"};
constexpr std::array<std::string_view, 5> kJobStates = {"running", "pausing", "paused", "done", "failed"};

JobRequest ReadRequest(const nlohmann::json& json) {
  JobRequest request;
  const auto kind = json.at("kind").get<std::string>();
  const auto* const found = std::find(kJobKinds.begin(), kJobKinds.end(), kind);
  if (found == kJobKinds.end()) throw std::invalid_argument(fmt::format("'{}' is no kind of job", kind));
  request.kind = static_cast<JobKind>(found - kJobKinds.begin());
  for (const auto& path : json.value("paths", std::vector<std::string>())) request.paths.emplace_back(path);
  request.people = json.value("people", request.people);
  request.run = json.value("run", request.run);
  request.create_folders = json.value("create_folders", request.create_folders);
  for (const auto& path : request.paths) {
    if (!path.is_absolute()) throw std::invalid_argument(fmt::format("'{}' is no absolute path", path.string()));
  }
  return request;
}

// Items a second, over the whole step; nullopt while nothing can be said.
std::optional<double> Rate(const JobStatus& status) {
  constexpr double kTooEarly = 0.5;
  if (status.step_seconds < kTooEarly || status.progress.done == 0) return std::nullopt;
  return static_cast<double>(status.progress.done) / status.step_seconds;
}

std::optional<double> SecondsLeft(const JobStatus& status) {
  const std::optional<double> rate = Rate(status);
  if (!rate || status.progress.total < status.progress.done || status.state != JobState::kRunning) return std::nullopt;
  return static_cast<double>(status.progress.total - status.progress.done) / *rate;
}

}  // namespace

std::string_view NameOf(JobKind kind) { return kJobKinds[static_cast<std::size_t>(kind)]; }
std::string_view NameOf(JobState state) { return kJobStates[static_cast<std::size_t>(state)]; }

Json AsJson(const JobRequest& request) {
  return Json::Object({{"kind", NameOf(request.kind)},
                       {"paths", Json::ArrayOf(request.paths, [](const auto& path) { return Json(path); })},
                       {"people", Json::ArrayOf(request.people, [](const auto& name) { return Json(name); })},
                       {"run", request.run},
                       {"create_folders", request.create_folders}});
}

Result<JobRequest> JobRequestFromJson(std::string_view text) {
  try {
    return ReadRequest(nlohmann::json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kInvalidArgument, "this is no request for a job: {}", error.what());
  } catch (const std::invalid_argument& error) {
    return Fail(ErrorCode::kInvalidArgument, "this is no request for a job: {}", error.what());
  }
}

Json AsJson(const JobStatus& status) {
  const bool failed = status.state == JobState::kFailed;
  const Json failure = Json::Object({{"code", NameOf(status.failure.code)}, {"message", status.failure.message}});
  return Json::Object({{"number", status.number},
                       {"request", AsJson(status.request)},
                       {"state", NameOf(status.state)},
                       {"step", status.step},
                       {"done", status.progress.done},
                       {"total", status.progress.total},
                       {"failed", status.progress.failed},
                       {"current", status.progress.current},
                       {"per_second", Rate(status)},
                       {"seconds_left", SecondsLeft(status)},
                       {"error", failed ? failure : Json()},
                       {"result", status.result}});
}

}  // namespace kinfolder
