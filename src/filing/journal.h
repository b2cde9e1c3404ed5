// Runs: what was done to the user's folders, written down before it is done, so that it can be finished after a kill
// and taken back afterwards. A run is one file, JOURNAL_FOLDER/RUN.jsonl: the plan, flushed to the disk before the
// first operation, then a line for each step done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "domain/filing_plan.h"
#include "filing/pack.h"
#include "filing/run.h"

namespace kinfolder {

struct RunSummary {
  std::string id;          // "20261124-153012-1": the time it began (UTC) and a number
  std::string started_at;  // "2026-11-24T15:30:12Z"
  RunState state = RunState::kUnfinished;
  int folders_created = 0;
  int photos_filed = 0;
  int packs_written = 0;
  std::uint64_t bytes = 0;            // of the photos filed
  std::vector<std::string> problems;  // of the latest apply or undo, a sentence each
};

struct ApplyResult {
  RunSummary run;                  // kUnfinished or kUndoing: it was asked to stop, and Recover goes on
  std::vector<Error> failures;     // steps that could not be done; the rest was
  std::vector<std::string> notes;  // worth telling and no failure: what a folder holds that packs leave out
  std::vector<PackOutcome> packs;  // of the packs that were looked at anew; the others were current
};

// A file that a run put there, and what the file system said of it then.
struct FiledFile {
  FileStamp stamp;
  ContentHash content;
};

class Journal {
 public:
  // Creates the folder when it is missing.
  static Result<Journal> Open(const std::filesystem::path& folder);

  // Begins a run: nothing is touched before the plan is on the disk. Missing folders are created, with their parents,
  // then the files are filed (DoFileOperation), then `packs` are written where they are not current. By move, a source
  // that is filed more than once is copied, and moved the last time; what is filed already stays where it is. A target
  // that has the planned content already is left out; one with other content is a failure. kNoSpace, with both figures,
  // before anything is begun. A run that changed nothing is not kept: an empty id in the summary.
  Result<ApplyResult> Apply(const FilingPlan& plan, const std::vector<PackRequest>& packs,
                            const ProgressFunction& progress, const StopFlag& stop);

  // Finishes what a killed or interrupted run or undo left open, and removes its temporary files; to be called before
  // a new run. A damaged run file is set aside (RUN.jsonl.damaged) and told of among the failures.
  Result<std::vector<ApplyResult>> Recover(const ProgressFunction& progress, const StopFlag& stop);

  // Takes the run back: filed copies and created folders are removed, moved photos go back, packs it made are removed
  // and packs it replaced are written anew from the folders as they are then. What was changed since, copies whose
  // original is gone, and folders that hold something else now stay and are told of, as is a pack that did not come
  // out as it was. Of a run that is undone, what stayed is tried again. The latest run that is not
  // undone when `id` is absent; kNotFound when there is none, or when the folder that all was put into is not there,
  // which may come back with a drive; kInvalidArgument when all of it is undone already.
  Result<ApplyResult> Undo(const std::optional<std::string>& id, const ProgressFunction& progress,
                           const StopFlag& stop);

  // Newest first, without damaged ones.
  Result<std::vector<RunSummary>> Runs() const;

  // What earlier runs filed and nobody took back or moved on, by path: a file that still has this stamp need not be
  // hashed.
  Result<std::unordered_map<std::string, FiledFile>> FiledFiles() const;

  // The packs that should be there after all runs, by path, with the hash of their bytes; without where that is not
  // known: a later run is unfinished, or was taken back and the pack written anew.
  Result<std::map<std::string, std::optional<Sha256Digest>>> WrittenPacks() const;

 private:
  explicit Journal(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace kinfolder
