#include "filing/journal.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "base/file.h"
#include "filing/run_log.h"
#include "filing/run_steps.h"

namespace kinfolder {
namespace {

RunSummary SummaryOf(const Run& run) {
  RunSummary summary;
  summary.id = run.id;
  summary.started_at = run.started_at;
  summary.state = run.state;
  summary.problems = run.problems;
  for (const FolderStep& step : run.folders) summary.folders_created += step.state == StepState::kDone ? 1 : 0;
  for (const FileStep& step : run.files) {
    if (step.state != StepState::kDone) continue;
    ++summary.photos_filed;
    summary.bytes += step.operation.bytes;
  }
  for (const PackStep& step : run.packs) {
    summary.packs_written += step.state == StepState::kDone && step.changed() ? 1 : 0;
  }
  return summary;
}

ApplyResult ResultOf(const Run& run, StepReport report) {
  return {SummaryOf(run), std::move(report.failures), std::move(report.notes), std::move(report.packs)};
}

bool ChangedSomething(const RunSummary& run) {
  return run.folders_created > 0 || run.photos_filed > 0 || run.packs_written > 0;
}

Result<ApplyResult> FinishApply(RunLog& log, StepReport report, const ProgressFunction& progress,
                                const StopFlag& stop) {
  RETURN_IF_ERROR(ApplySteps(log, progress, stop, report));
  ApplyResult result = ResultOf(log.run(), std::move(report));
  if (result.run.state == RunState::kDone && !ChangedSomething(result.run)) {
    RETURN_IF_ERROR(log.Remove());
    result.run.id.clear();
  }
  return result;
}

Result<ApplyResult> FinishUndo(RunLog& log, const ProgressFunction& progress, const StopFlag& stop) {
  StepReport report;
  RETURN_IF_ERROR(UndoSteps(log, progress, stop, report));
  return ResultOf(log.run(), std::move(report));
}

// Newest first, without damaged ones.
Status ForEachRun(const std::filesystem::path& folder, const std::function<void(const Run&)>& visit) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, RunIds(folder));
  for (const std::string& id : ids) {
    const Result<Run> run = ReadRun(folder, id);
    if (run) visit(*run);
    if (!run && run.error().code != ErrorCode::kCorrupt) return Fail(run.error());
  }
  return {};
}

}  // namespace

Result<Journal> Journal::Open(const std::filesystem::path& folder) {
  RETURN_IF_ERROR(MakeFolders(folder));
  return Journal(folder);
}

Result<ApplyResult> Journal::Apply(const FilingPlan& plan, const std::vector<PackRequest>& packs,
                                   const ProgressFunction& progress, const StopFlag& stop) {
  StepReport report;
  ASSIGN_OR_RETURN(Run run, PrepareRun(plan, packs, stop, report));
  if (run.folders.empty() && run.files.empty() && run.packs.empty()) {
    run.state = RunState::kDone;
    return ResultOf(run, std::move(report));
  }
  SweepTemporaryFiles(run);  // that could not be removed when they were made
  RETURN_IF_ERROR(CheckSpaceFor(run));
  ASSIGN_OR_RETURN(RunLog log, RunLog::Begin(folder_, std::move(run)));
  return FinishApply(log, std::move(report), progress, stop);
}

Result<std::vector<ApplyResult>> Journal::Recover(const ProgressFunction& progress, const StopFlag& stop) {
  SweepTemporaryFiles(folder_);
  ASSIGN_OR_RETURN(std::vector<std::string> ids, RunIds(folder_));
  std::reverse(ids.begin(), ids.end());  // in the order they were begun
  std::vector<ApplyResult> results;
  for (const std::string& id : ids) {
    const Result<Run> run = ReadRun(folder_, id);
    if (!run && run.error().code == ErrorCode::kCorrupt) {
      RETURN_IF_ERROR(SetRunAside(folder_, id));
      ApplyResult& result = results.emplace_back();
      result.run.id = id;
      result.failures.push_back({ErrorCode::kCorrupt, run.error().message + "; it was set aside and can't be undone"});
      continue;
    }
    if (!run) return Fail(run.error());
    if (run->state == RunState::kDone || run->state == RunState::kUndone) continue;
    SweepTemporaryFiles(*run);
    ASSIGN_OR_RETURN(RunLog log, RunLog::Resume(folder_, id));
    ASSIGN_OR_RETURN(ApplyResult result, run->state == RunState::kUndoing ? FinishUndo(log, progress, stop)
                                                                          : FinishApply(log, {}, progress, stop));
    results.push_back(std::move(result));
  }
  return results;
}

Result<ApplyResult> Journal::Undo(const std::optional<std::string>& id, const ProgressFunction& progress,
                                  const StopFlag& stop) {
  ASSIGN_OR_RETURN(const std::vector<RunSummary> runs, Runs());
  const auto run = std::find_if(runs.begin(), runs.end(), [&](const RunSummary& candidate) {
    return id ? candidate.id == *id : candidate.state != RunState::kUndone;
  });
  if (run == runs.end()) {
    return id ? Fail(ErrorCode::kNotFound, "there is no run \"{}\"", *id)
              : Fail(ErrorCode::kNotFound, "there is no run to take back");
  }
  if (run->state == RunState::kUndone && run->problems.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "run {} was taken back already", run->id);
  }
  ASSIGN_OR_RETURN(RunLog log, RunLog::Resume(folder_, run->id));
  RETURN_IF_ERROR(CheckReachable(log.run()));
  SweepTemporaryFiles(log.run());
  return FinishUndo(log, progress, stop);
}

Result<std::vector<RunSummary>> Journal::Runs() const {
  std::vector<RunSummary> runs;
  RETURN_IF_ERROR(ForEachRun(folder_, [&](const Run& run) { runs.push_back(SummaryOf(run)); }));
  return runs;
}

Result<std::unordered_map<std::string, FiledFile>> Journal::FiledFiles() const {
  std::unordered_map<std::string, FiledFile> files;
  std::unordered_set<std::string> moved_away;
  const Status read = ForEachRun(folder_, [&](const Run& run) {  // newest first: what is there already is later
    for (const FileStep& step : run.files) {
      if (step.state != StepState::kDone || step.undo != StepState::kOpen) continue;
      if (step.method == FilingMethod::kMove) moved_away.insert(step.operation.source.native());
      const std::string& target = step.operation.target.native();
      if (!moved_away.contains(target)) files.try_emplace(target, FiledFile{step.stamp, step.operation.content});
    }
  });
  RETURN_IF_ERROR(read);
  return files;
}

Result<std::map<std::string, std::optional<Sha256Digest>>> Journal::WrittenPacks() const {
  std::map<std::string, std::optional<Sha256Digest>> packs;
  std::unordered_set<std::string> settled;
  std::unordered_set<std::string> rewritten;  // maybe, since what older runs tell of them
  const Status read = ForEachRun(folder_, [&](const Run& run) {
    for (const PackStep& step : run.packs) {
      const std::string& target = step.request.target.native();
      if (!step.begun || step.state == StepState::kFailed || settled.contains(target)) continue;
      if (step.state == StepState::kOpen || step.undo != StepState::kOpen) {
        rewritten.insert(target);
        continue;
      }
      settled.insert(target);
      if (step.after) packs.emplace(target, rewritten.contains(target) ? std::nullopt : step.after);
    }
  });
  RETURN_IF_ERROR(read);
  return packs;
}

}  // namespace kinfolder
