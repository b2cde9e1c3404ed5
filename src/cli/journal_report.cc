#include "cli/journal_report.h"

#include "app/filing.h"

namespace kinfolder {

Status RecoverFirst(Invocation& invocation, Workspace& workspace) {
  ASSIGN_OR_RETURN(const std::vector<ApplyResult> recovered,
                   workspace.journal().Recover(invocation.console.Progress("Interrupted run"), invocation.stop));
  NoteRecovered(invocation.console, recovered);
  return CheckFinished(recovered);
}

void NoteRecovered(Console& console, const std::vector<ApplyResult>& recovered) {
  for (const ApplyResult& run : recovered) {
    if (run.run.state == RunState::kDone) console.Note("Finished run {}, which had been interrupted.", run.run.id);
    if (run.run.state == RunState::kUndone) console.Note("Finished the undo of run {}.", run.run.id);
    NoteOutcome(console, run);
  }
}

void NoteMisplaced(Console& console, const FilingPlan& plan) {
  for (const FiledAlready& filed : plan.misplaced) {
    console.Note("{}: {} is not found on it any more; it stays until you take it out", filed.target.string(),
                 filed.person);
  }
}

ExitStatus NoteOutcome(Console& console, const ApplyResult& applied) {
  for (const std::string& note : applied.notes) console.Note("{}", note);
  for (const Error& error : applied.failures) console.Note("{}", error.message);
  return applied.failures.empty() ? kAllDone : kDoneInPart;
}

}  // namespace kinfolder
