// Runs: what was done to the user's folders, written down before it is done, so that it can be finished after a kill
// and taken back afterwards. A run is one file, JOURNAL_FOLDER/RUN.jsonl: the plan, flushed to the disk before the
// first operation, then a line for each step done.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "domain/filing_plan.h"
#include "filing/pack.h"

namespace kinfolder {

enum class RunState { kUnfinished, kDone, kUndoing, kUndone };

struct RunSummary {
  std::string id;          // "20261124-153012-1": the time it began (UTC) and a number
  std::string started_at;  // "2026-11-24T15:30:12Z"
  RunState state = RunState::kUnfinished;
  int folders_created = 0;
  int photos_filed = 0;
  int packs_written = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> problems;  // of the latest apply or undo, a sentence each
};

struct ApplyResult {
  RunSummary run;
  std::vector<Error> failures;  // operations that could not be done; the rest was
};

class Journal {
 public:
  // Creates the folder when it is missing.
  static Result<Journal> Open(const std::filesystem::path& folder);

  // Begins a run: nothing is touched before the plan is on the disk. `packs` are written after the files are filed.
  // A plan with nothing to do and no pack to write makes no run: an empty id in the summary.
  Result<ApplyResult> Apply(const FilingPlan& plan, const std::vector<PackRequest>& packs,
                            const ProgressFunction& progress, const StopFlag& stop);

  // Finishes what a killed or interrupted run or undo left open; to be called before a new run.
  Result<std::vector<ApplyResult>> Recover(const ProgressFunction& progress, const StopFlag& stop);

  // Takes the run back: filed copies and created folders are removed, moved photos go back, packs it made are removed
  // and packs it replaced are as before. A file that was changed since, and a folder that holds something else now,
  // stays and is told of. The latest run that is not undone when `id` is absent; kNotFound when there is none;
  // kInvalidArgument when it is undone already.
  Result<ApplyResult> Undo(const std::optional<std::string>& id, const ProgressFunction& progress,
                           const StopFlag& stop);

  // Newest first.
  Result<std::vector<RunSummary>> Runs() const;

 private:
  explicit Journal(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace kinfolder
