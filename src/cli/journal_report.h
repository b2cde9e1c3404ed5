// What the verbs that touch folders say about the journal's runs.
#pragma once

#include <vector>

#include "app/exit_status.h"
#include "app/workspace.h"
#include "cli/verb.h"
#include "filing/journal.h"

namespace kinfolder {

// Finishes what an interrupted run left open, and says so.
Status RecoverFirst(Invocation& invocation, Workspace& workspace);

void NoteRecovered(Console& console, const std::vector<ApplyResult>& recovered);

// What earlier runs filed for people who are not found on it any more.
void NoteMisplaced(Console& console, const FilingPlan& plan);

// Failures and notes, a line each; kDoneInPart when something failed.
ExitStatus NoteOutcome(Console& console, const ApplyResult& applied);

}  // namespace kinfolder
