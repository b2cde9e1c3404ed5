// Does a job: each kind is a use case of app/.
#pragma once

#include "app/job.h"
#include "app/run.h"
#include "app/settings.h"
#include "base/progress.h"
#include "base/result.h"

namespace kinfolder {

// Takes the workspace's lock for as long as it works. Returns what app/report.h says of the outcome; a job that ended
// in part says so in it ("failed").
Result<Json> DoJob(const JobRequest& request, const LoadedSettings& loaded, const Environment& environment,
                   const StepFunction& step, const ProgressFunction& progress, const StopFlag& stop);

}  // namespace kinfolder
