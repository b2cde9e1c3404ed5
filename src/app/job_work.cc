#include "app/job_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "app/filing.h"
#include "app/input_folders.h"
#include "app/report.h"
#include "app/workspace.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

struct Job {
  const JobRequest& request;
  const LoadedSettings& loaded;
  Workspace& workspace;
  const StepFunction& step;
  const ProgressFunction& progress;
  const StopFlag& stop;

  std::set<std::string> people() const { return {request.people.begin(), request.people.end()}; }
};

Result<Json> RecognizeAndFile(const Job& job) {
  if (job.request.paths.empty()) {
    ASSIGN_OR_RETURN(const bool has_photos, HasInput(job.loaded, "photos"));
    if (!has_photos) {
      return Fail(ErrorCode::kNotFound, "there are no photos in {} yet", job.loaded.settings.photos.string());
    }
  }
  RETURN_IF_ERROR(HasInput(job.loaded, "known"));
  RunRequest request;
  request.paths = job.request.paths;
  request.file = job.request.kind == JobKind::kRun;
  request.may_create_folders = [&](const FilingPlan&) { return job.request.create_folders; };
  ASSIGN_OR_RETURN(const RunOutcome outcome, RunMainJob(job.workspace, request, job.step, job.progress, job.stop));
  return RunAsJson(outcome, job.loaded.settings);
}

Result<Json> Apply(const Job& job, const FilingPlan& plan, const std::vector<PackRequest>& packs) {
  ASSIGN_OR_RETURN(const ApplyResult applied, ApplyFiling(job.workspace, plan, packs, job.progress, job.stop));
  return AppliedAsJson(plan, applied);
}

Result<Json> MakePeoplesFolders(const Job& job) {
  job.step("Folders");
  ASSIGN_OR_RETURN(const FilingPlan plan, PlanFolders(job.workspace, job.people()));
  return Apply(job, plan, {});
}

Result<Json> FilePhotos(const Job& job) {
  job.step("Filing");
  FilingChoice choice;
  choice.people = job.people();
  ASSIGN_OR_RETURN(const FilingPlan plan, PlanFiling(job.workspace, choice));
  return Apply(job, plan, {});
}

Result<Json> WritePacks(const Job& job) {
  job.step("Packs");
  ASSIGN_OR_RETURN(const fs::path folder, Chosen(job.loaded.settings.packs, "packs"));
  ASSIGN_OR_RETURN(const auto requests, PackRequests(job.workspace, job.people(), folder, {}));
  ASSIGN_OR_RETURN(const auto stale, StalePacks(requests, {}));
  return Apply(job, {}, stale);
}

Result<Json> UndoRun(const Job& job, const std::vector<ApplyResult>& recovered) {
  job.step("Undo");
  // An undo that was stopped half way is finished by now.
  const auto finished = std::ranges::find_if(recovered, [&](const ApplyResult& result) {
    return result.run.state == RunState::kUndone && (job.request.run.empty() || result.run.id == job.request.run);
  });
  if (finished != recovered.end()) return UndoneAsJson(*finished);
  const std::optional<std::string> run = job.request.run.empty() ? std::nullopt : std::optional(job.request.run);
  ASSIGN_OR_RETURN(const ApplyResult undone, UndoFiling(job.workspace, run, job.progress, job.stop));
  return UndoneAsJson(undone);
}

}  // namespace

Result<Json> DoJob(const JobRequest& request, const LoadedSettings& loaded, const Environment& environment,
                   const StepFunction& step, const ProgressFunction& progress, const StopFlag& stop) {
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Open(loaded.settings, environment, Workspace::Access::kWrite, NameOf(request.kind)));
  const Job job{request, loaded, workspace, step, progress, stop};
  if (request.kind == JobKind::kRun || request.kind == JobKind::kRecognize) return RecognizeAndFile(job);
  ASSIGN_OR_RETURN(const auto recovered, workspace.journal().Recover(progress, stop));
  RETURN_IF_ERROR(CheckFinished(recovered));
  switch (request.kind) {
    case JobKind::kFolders:
      return MakePeoplesFolders(job);
    case JobKind::kFile:
      return FilePhotos(job);
    case JobKind::kPack:
      return WritePacks(job);
    default:
      return UndoRun(job, recovered);
  }
}

}  // namespace kinfolder
