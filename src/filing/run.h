// A run: the plan of what is done to the user's folders, and how far it has come. Events change it and nothing else
// does, so that replaying the events that were written down gives the run as it stands.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "domain/filing_plan.h"
#include "filing/pack.h"

namespace kinfolder {

enum class RunState { kUnfinished, kDone, kUndoing, kUndone };
enum class StepState { kOpen, kDone, kFailed };

struct FolderStep {
  FolderCreation creation;
  StepState state = StepState::kOpen;
  StepState undo = StepState::kOpen;  // kFailed: it stays
};

struct FileStep {
  FileOperation operation;
  FilingMethod method = FilingMethod::kCopy;
  StepState state = StepState::kOpen;
  StepState undo = StepState::kOpen;  // kFailed: it stays
  FileStamp stamp;                    // of the target once it is done
};

struct PackStep {
  PackRequest request;
  StepState state = StepState::kOpen;
  StepState undo = StepState::kOpen;   // kFailed: it stays
  bool begun = false;                  // `before` is known
  std::optional<Sha256Digest> before;  // of the archive that was there
  std::optional<Sha256Digest> after;   // of the archive that is there now
  bool changed() const { return after != before; }
};

struct Run {
  std::string id;  // "20261124-153012-1"
  std::string started_at;
  RunState state = RunState::kUnfinished;
  std::vector<FolderStep> folders;  // parents before what they hold
  std::vector<FileStep> files;
  std::vector<PackStep> packs;
  std::vector<std::string> problems;  // of the latest apply or undo
};

struct RunEvent {
  enum class Kind {
    kFolder,        // step `index` is done, or failed where there is a problem
    kFile,          // the same; `stamp`
    kPackBegins,    // `digest` of the archive that is there
    kPack,          // done or failed; `digest` of the archive that is there now
    kFinished,      // every step is done or failed
    kUndo,          // from here on the run is being taken back; again where something of it stayed
    kFolderUndone,  // step `index` is taken back, or stays where there is a problem
    kFileUndone,
    kPackUndone,
    kUndone,
  };
  explicit RunEvent(Kind its_kind, std::size_t its_index = 0) : kind(its_kind), index(its_index) {}

  Kind kind;
  std::size_t index;
  std::string problem;  // a sentence; "": all is well
  FileStamp stamp;
  std::optional<Sha256Digest> digest;
};

// Throws std::out_of_range for a step that the run has not.
void Replay(const RunEvent& event, Run& run);

}  // namespace kinfolder
