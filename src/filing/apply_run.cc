#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
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

class Applier {
 public:
  Applier(RunLog& log, const ProgressFunction& progress, const StopFlag& stop, StepReport& report)
      : log_(log), stop_(stop), report_(report), counter_(progress, OpenSteps(log.run())) {}

  Status Apply() {
    const Run& run = log_.run();
    for (const FileStep& step : run.files) {
      if (step.state == StepState::kFailed) copied_in_part_.insert(step.operation.source);
    }
    for (std::size_t i = 0; i < run.folders.size(); ++i) {
      if (run.folders[i].state == StepState::kOpen) RETURN_IF_ERROR(CreateFolder(i));
    }
    for (std::size_t i = 0; i < run.files.size() && !stop_.stopped(); ++i) {
      if (run.files[i].state == StepState::kOpen) RETURN_IF_ERROR(FilePhoto(i));
    }
    for (std::size_t i = 0; i < run.packs.size() && !stop_.stopped(); ++i) {
      if (run.packs[i].state == StepState::kOpen) RETURN_IF_ERROR(WriteOnePack(i));
    }
    if (OpenSteps(run) > 0) return {};  // asked to stop
    for (const std::string& folder : touched_) RETURN_IF_ERROR(SyncFolder(folder));
    return log_.Record(RunEvent(Kind::kFinished), RunLog::Flush::kYes);
  }

 private:
  static std::uint64_t OpenSteps(const Run& run) {
    const auto is_open = [](const auto& step) { return step.state == StepState::kOpen; };
    return static_cast<std::uint64_t>(std::count_if(run.folders.begin(), run.folders.end(), is_open) +
                                      std::count_if(run.files.begin(), run.files.end(), is_open) +
                                      std::count_if(run.packs.begin(), run.packs.end(), is_open));
  }

  // Writes down how the step went, unless it was asked to stop: then it stays open.
  Status Close(RunEvent event, const Status& outcome, const fs::path& what) {
    if (!outcome) {
      if (outcome.error().code == ErrorCode::kInterrupted) return {};
      event.problem = outcome.error().message;
      report_.failures.push_back(outcome.error());
    }
    RETURN_IF_ERROR(log_.Record(event));
    counter_.Step(!outcome, what.string());
    return {};
  }

  Status CreateFolder(std::size_t index) {
    const fs::path folder = log_.run().folders[index].creation.folder;
    return Close(RunEvent(Kind::kFolder, index), MakeFolder(folder), folder);
  }

  static Status MakeFolder(const fs::path& folder) {
    constexpr mode_t kMode = 0777;  // less what the user's umask says
    if (::mkdir(folder.c_str(), kMode) == 0) return SyncFolder(folder.parent_path());
    const int error_number = errno;
    std::error_code error;
    if (error_number == EEXIST && fs::is_directory(folder, error)) return {};
    return Fail(FileError(error_number, "create folder", folder));
  }

  Status FilePhoto(std::size_t index) {
    const FileStep& step = log_.run().files[index];
    const fs::path target = step.operation.target;
    if (step.method == FilingMethod::kMove && copied_in_part_.contains(step.operation.source)) {
      return Close(RunEvent(Kind::kFile, index),
                   Fail(ErrorCode::kIo, "{} stays where it is: not everybody on it has got a copy yet",
                        step.operation.source.string()),
                   target);
    }
    const Result<FileStamp> stamp = DoFileOperation(step.operation, step.method, stop_);
    if (!stamp) {
      if (stamp.error().code != ErrorCode::kInterrupted) copied_in_part_.insert(step.operation.source);
      return Close(RunEvent(Kind::kFile, index), Fail(stamp.error()), target);
    }
    if (step.method != FilingMethod::kCopy && step.method != FilingMethod::kReflink) {
      touched_.insert(target.parent_path());
      if (step.method == FilingMethod::kMove) touched_.insert(step.operation.source.parent_path());
    }
    RunEvent event(Kind::kFile, index);
    event.stamp = *stamp;
    return Close(std::move(event), {}, target);
  }

  Status WriteOnePack(std::size_t index) {
    const PackRequest request = log_.run().packs[index].request;
    if (!log_.run().packs[index].begun) {
      const auto before = Sha256OfFile(request.target);
      if (!before && before.error().code != ErrorCode::kNotFound) {
        return Close(RunEvent(Kind::kPack, index), Fail(before.error()), request.target);
      }
      RunEvent event(Kind::kPackBegins, index);
      if (before) event.digest = *before;
      RETURN_IF_ERROR(log_.Record(event, RunLog::Flush::kYes));
    }
    RunEvent event(Kind::kPack, index);
    event.digest = log_.run().packs[index].before;
    const ProgressFunction tell = [&](const ProgressUpdate& update) {
      counter_.Tell(fmt::format("{}: {} of {}", request.target.string(), update.done, update.total));
    };
    Result<PackOutcome> outcome = WritePack(request, tell, stop_);
    if (!outcome) return Close(event, Fail(outcome.error()), request.target);
    report_.notes.insert(report_.notes.end(), outcome->skipped.begin(), outcome->skipped.end());
    report_.packs.push_back(*outcome);
    if (outcome->files > 0) event.digest = outcome->sha256;
    if (outcome->files > 0 && !event.digest) {  // written before a kill
      const auto now = Sha256OfFile(request.target);
      if (!now) return Close(event, Fail(now.error()), request.target);
      event.digest = *now;
    }
    return Close(event, {}, request.target);
  }

  RunLog& log_;
  const StopFlag& stop_;
  StepReport& report_;
  StepCounter counter_;
  std::set<fs::path> copied_in_part_;  // what is copied to some people could not be copied to all: the next run does it
  std::set<std::string> touched_;      // folders whose names are not known to be on the disk
};

}  // namespace

Status ApplySteps(RunLog& log, const ProgressFunction& progress, const StopFlag& stop, StepReport& report) {
  return Applier(log, progress, stop, report).Apply();
}

}  // namespace kinfolder
