// What came of long work, as JSON: the same object whether a terminal or a window asked for it. docs/json.md says what
// the fields mean.
#pragma once

#include <vector>

#include "app/json.h"
#include "app/people.h"
#include "app/review.h"
#include "app/run.h"
#include "app/settings.h"
#include "domain/face.h"
#include "filing/journal.h"

namespace kinfolder {

// [{"photo": path, "reason": sentence}, ...]
Json FailuresAsJson(const std::vector<FailedPhoto>& failed);

// Everything that a run could not use or do.
std::vector<FailedPhoto> AllFailures(const RunOutcome& outcome);

Json RunAsJson(const RunOutcome& outcome, const Settings& settings);
Json AppliedAsJson(const FilingPlan& plan, const ApplyResult& applied);
Json UndoneAsJson(const ApplyResult& undone);
Json FactAsJson(const PastFact& fact);
Json FactNumbersAsJson(const std::vector<std::int64_t>& facts);
Json ForgottenAsJson(const ForgottenPerson& forgotten);

}  // namespace kinfolder
