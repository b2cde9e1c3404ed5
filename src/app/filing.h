// Filing: from what the catalogue knows to a plan, and from the plan to folders and packs.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/workspace.h"
#include "base/result.h"
#include "domain/filing_plan.h"
#include "filing/pack.h"

namespace kinfolder {

struct FilingChoice {
  std::set<std::string> people;              // names; empty: everybody
  std::vector<std::filesystem::path> below;  // only photos with a file below one of these; empty: all
  bool create_folders = false;               // for people with a photo to file and no folder yet
};

// What is to be done so that every person's folder holds the photos that show them: those of which recognition is sure,
// and that still have a file. Looks at the people folder, changes nothing.
Result<FilingPlan> PlanFiling(Workspace& workspace, const FilingChoice& choice);

// The plan with the missing folders of these people (of everybody when empty) and nothing else. kNotFound for names
// that nobody has.
Result<FilingPlan> PlanFolders(Workspace& workspace, const std::set<std::string>& people);

// A request for everyone of `people` (everybody when empty) whose folder is there, or is made by `plan`, and who has a
// photo in it; into `packs_folder`.
Result<std::vector<PackRequest>> PackRequests(Workspace& workspace, const std::set<std::string>& people,
                                              const std::filesystem::path& packs_folder, const FilingPlan& plan);

// Those of `requests` whose pack would change: their folder does by `plan`, or did since the pack was written.
Result<std::vector<PackRequest>> StalePacks(const std::vector<PackRequest>& requests, const FilingPlan& plan);

// Applies the plan and writes the packs as one run of the journal. kInterrupted when asked to stop.
Result<ApplyResult> ApplyFiling(Workspace& workspace, const FilingPlan& plan, const std::vector<PackRequest>& packs,
                                const ProgressFunction& progress, const StopFlag& stop);

// See Journal::Undo. kInterrupted when asked to stop.
Result<ApplyResult> UndoFiling(Workspace& workspace, const std::optional<std::string>& run,
                               const ProgressFunction& progress, const StopFlag& stop);

// kInterrupted for a run that was asked to stop and is not through.
Status CheckFinished(const RunSummary& run);
// For the first such of what Journal::Recover went on with.
Status CheckFinished(const std::vector<ApplyResult>& recovered);

// The plan as one JSON object, for people and programs to read.
std::string PlanAsJson(const FilingPlan& plan);

}  // namespace kinfolder
