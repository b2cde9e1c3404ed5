// The two directions of a run: its steps done, its steps taken back. Both go on where a kill left off.
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "domain/filing_plan.h"
#include "filing/pack.h"
#include "filing/run.h"
#include "filing/run_log.h"

namespace kinfolder {

// What there is to tell of a run besides its own state.
struct StepReport {
  std::vector<Error> failures;
  std::vector<std::string> notes;
  std::vector<PackOutcome> packs;
};

// The steps that the plan takes on the disk as it is now: folders that are missing, targets that are not there, packs
// that are not current. What stands in the way goes to `report`.
Result<Run> PrepareRun(const FilingPlan& plan, const std::vector<PackRequest>& packs, const StopFlag& stop,
                       StepReport& report);

// kNoSpace when the run's files and packs do not fit.
Status CheckSpaceFor(const Run& run);

// Does the open steps and finishes the run; leaves it unfinished when asked to stop. Only a failing journal is an
// error.
Status ApplySteps(RunLog& log, const ProgressFunction& progress, const StopFlag& stop, StepReport& report);

// kNotFound where a folder that was there before the run is not there now: what lies in it is not gone.
Status CheckReachable(const Run& run);

// Takes back what the run did, last things first; the same.
Status UndoSteps(RunLog& log, const ProgressFunction& progress, const StopFlag& stop, StepReport& report);

// Removes the temporary files that a killed run left in the folders it wrote to.
void SweepTemporaryFiles(const Run& run);

}  // namespace kinfolder
