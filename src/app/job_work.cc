#include "app/job_work.h"

#include <fmt/format.h>

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

Result<Json> UndoRun(const Job& job) {
  job.step("Undo");
  const std::optional<std::string> run = job.request.run.empty() ? std::nullopt : std::optional(job.request.run);
  ASSIGN_OR_RETURN(const ApplyResult undone, job.workspace.journal().Undo(run, job.progress, job.stop));
  RETURN_IF_ERROR(CheckFinished(undone.run));
  return UndoneAsJson(undone);
}

Status Recover(const Job& job) {
  ASSIGN_OR_RETURN(const std::vector<ApplyResult> recovered, job.workspace.journal().Recover(job.progress, job.stop));
  return CheckFinished(recovered);
}

}  // namespace

Result<Json> DoJob(const JobRequest& request, const LoadedSettings& loaded, const Environment& environment,
                   const StepFunction& step, const ProgressFunction& progress, const StopFlag& stop) {
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Open(loaded.settings, environment, Workspace::Access::kWrite, NameOf(request.kind)));
  const Job job{request, loaded, workspace, step, progress, stop};
  if (request.kind == JobKind::kRun || request.kind == JobKind::kRecognize) return RecognizeAndFile(job);
  RETURN_IF_ERROR(Recover(job));
  switch (request.kind) {
    case JobKind::kFolders:
      return MakePeoplesFolders(job);
    case JobKind::kFile:
      return FilePhotos(job);
    case JobKind::kPack:
      return WritePacks(job);
    default:
      return UndoRun(job);
  }
}

}  // namespace kinfolder
