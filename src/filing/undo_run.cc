#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "filing/file_operation.h"
#include "filing/run_steps.h"
#include "filing/step_counter.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;
using Kind = RunEvent::Kind;

std::string Stays(const fs::path& path, std::string_view reason) {
  return fmt::format("{} stays: {}", path.string(), reason);
}

// Last things first: packs that the run made, files, and then, with the photos as they were, the packs that it
// replaced; folders at the end.
class Undoer {
 public:
  Undoer(RunLog& log, const ProgressFunction& progress, const StopFlag& stop, StepReport& report)
      : log_(log), stop_(stop), report_(report), counter_(progress, OpenSteps(log.run())) {}

  Status Undo() {
    const Run& run = log_.run();
    if (run.state != RunState::kUndoing) RETURN_IF_ERROR(log_.Record(RunEvent(Kind::kUndo), RunLog::Flush::kYes));
    const auto is_new = [&](std::size_t i) { return !run.packs[i].before; };
    RETURN_IF_ERROR(ForEachOpen(run.packs, [&](std::size_t i) { return is_new(i) ? RemovePack(i) : Status(); }));
    RETURN_IF_ERROR(ForEachOpen(run.files, [&](std::size_t i) { return TakeFileBack(i); }));
    RETURN_IF_ERROR(ForEachOpen(run.packs, [&](std::size_t i) { return is_new(i) ? Status() : RestorePack(i); }));
    RETURN_IF_ERROR(ForEachOpen(run.folders, [&](std::size_t i) { return RemoveFolder(i); }));
    if (OpenSteps(run) > 0) return {};  // asked to stop
    std::error_code error;
    for (const std::string& folder : touched_) {
      if (fs::exists(folder, error)) RETURN_IF_ERROR(SyncFolder(folder));
    }
    return log_.Record(RunEvent(Kind::kUndone), RunLog::Flush::kYes);
  }

 private:
  static std::uint64_t OpenSteps(const Run& run) {
    const auto is_open = [](const auto& step) { return step.undo == StepState::kOpen; };
    return static_cast<std::uint64_t>(std::count_if(run.folders.begin(), run.folders.end(), is_open) +
                                      std::count_if(run.files.begin(), run.files.end(), is_open) +
                                      std::count_if(run.packs.begin(), run.packs.end(), is_open));
  }

  template <class Steps, class Function>
  Status ForEachOpen(const Steps& steps, const Function& take_back) {
    for (std::size_t i = steps.size(); i > 0 && !stop_.stopped(); --i) {
      if (steps[i - 1].undo == StepState::kOpen) RETURN_IF_ERROR(take_back(i - 1));
    }
    return {};
  }

  Status Close(Kind kind, std::size_t index, const fs::path& what, const Status& outcome) {
    RunEvent event(kind, index);
    if (!outcome) {
      if (outcome.error().code == ErrorCode::kInterrupted) return {};
      event.problem = outcome.error().message;
      report_.failures.push_back(outcome.error());
    }
    touched_.insert(what.parent_path());
    RETURN_IF_ERROR(log_.Record(event));
    counter_.Step(!outcome, what.string());
    return {};
  }

  Status TakeFileBack(std::size_t index) {
    const FileStep& step = log_.run().files[index];
    const fs::path target = step.operation.target;
    if (step.method == FilingMethod::kMove) touched_.insert(step.operation.source.parent_path());
    const Status outcome =
        step.state == StepState::kFailed ? Status() : UndoFileOperation(step.operation, step.method, stop_);
    return Close(Kind::kFileUndone, index, target, outcome);
  }

  Status RemoveFolder(std::size_t index) {
    const FolderStep& step = log_.run().folders[index];
    const fs::path folder = step.creation.folder;
    Status outcome;
    if (step.state != StepState::kFailed && ::rmdir(folder.c_str()) != 0 && errno != ENOENT) {
      const bool is_used = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR;
      outcome = is_used ? Fail(ErrorCode::kAlreadyExists, "{}", Stays(folder, "it holds something else now"))
                        : Fail(FileError(errno, "remove folder", folder));
    }
    return Close(Kind::kFolderUndone, index, folder, outcome);
  }

  Status RemovePack(std::size_t index) {
    const PackStep& step = log_.run().packs[index];
    return Close(Kind::kPackUndone, index, step.request.target, RemoveNewPack(step));
  }

  static Status RemoveNewPack(const PackStep& step) {
    const fs::path& target = step.request.target;
    if (!step.begun) return {};
    const auto now = Sha256OfFile(target);
    if (!now && now.error().code == ErrorCode::kNotFound) return {};
    if (!now) return Fail(now.error());
    // A kill may have come between the archive and the line that tells its hash.
    const bool is_ours = step.after ? *now == *step.after : PackIsCurrent(step.request).value_or(false);
    if (!is_ours) return Fail(ErrorCode::kAlreadyExists, "{}", Stays(target, "it was changed since it was written"));
    if (::unlink(target.c_str()) != 0) return Fail(FileError(errno, "remove", target));
    return {};
  }

  Status RestorePack(std::size_t index) {
    const PackStep& step = log_.run().packs[index];
    return Close(Kind::kPackUndone, index, step.request.target, RestoreOldPack(step));
  }

  Status RestoreOldPack(const PackStep& step) {
    const fs::path& target = step.request.target;
    if (step.state == StepState::kDone && !step.changed()) return {};
    const auto now = Sha256OfFile(target);
    if (!now) return Fail(now.error());
    if (*now == *step.before) return {};
    if (step.state == StepState::kDone && *now != *step.after) {
      return Fail(ErrorCode::kAlreadyExists, "{}", Stays(target, "it was changed since it was written"));
    }
    const Result<PackOutcome> outcome = WritePack(step.request, {}, stop_);
    if (!outcome) return Fail(outcome.error());
    if (outcome->files == 0) {
      return Fail(ErrorCode::kAlreadyExists, "{}", Stays(target, "there are no photos to write it from"));
    }
    if (outcome->sha256 == step.before) return {};
    return Fail(ErrorCode::kAlreadyExists, "{} was written again but is not as it was before: the folder has changed",
                target.string());
  }

  RunLog& log_;
  const StopFlag& stop_;
  StepReport& report_;
  StepCounter counter_;
  std::set<std::string> touched_;
};

}  // namespace

Status CheckReachable(const Run& run) {
  std::set<std::string> made;
  for (const FolderStep& step : run.folders) made.insert(step.creation.folder);
  std::set<fs::path> folders;
  const auto add = [&](const fs::path& path) {
    fs::path folder = path.parent_path();
    while (made.contains(folder)) folder = folder.parent_path();
    folders.insert(std::move(folder));
  };
  for (const FolderStep& step : run.folders) add(step.creation.folder);
  for (const FileStep& step : run.files) add(step.operation.target);
  for (const PackStep& step : run.packs) add(step.request.target);
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (fs::exists(folder, error)) continue;
    if (error) return Fail(FileError(error.value(), "look at", folder));
    return Fail(ErrorCode::kNotFound, "{} is not there: is a drive missing? Nothing was taken back", folder.string());
  }
  return {};
}

Status UndoSteps(RunLog& log, const ProgressFunction& progress, const StopFlag& stop, StepReport& report) {
  return Undoer(log, progress, stop, report).Undo();
}

void SweepTemporaryFiles(const Run& run) {
  std::set<std::string> folders;
  for (const FileStep& step : run.files) {
    folders.insert(step.operation.target.parent_path());
    if (step.method == FilingMethod::kMove) folders.insert(step.operation.source.parent_path());
  }
  for (const PackStep& step : run.packs) folders.insert(step.request.target.parent_path());
  for (const std::string& folder : folders) SweepTemporaryFiles(fs::path(folder));
}

}  // namespace kinfolder
