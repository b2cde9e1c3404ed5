// The same work for every item of a list, shared out to a few threads.
#pragma once

#include <cstddef>
#include <functional>

#include "base/progress.h"
#include "base/result.h"

namespace kinfolder {

struct ParallelRun {
  int jobs = 1;  // threads, this one among them; 0: one for each processor
  ProgressFunction progress;
  const StopFlag* stop = nullptr;  // nullptr: can't be stopped
};

// Calls work(i) once for every i below `count`, in no particular order, and run.progress after each. Returns after all
// threads are done: with the first failure, after which no item is begun, or kInterrupted when asked to stop.
Status ForEachInParallel(std::size_t count, const ParallelRun& run, const std::function<Status(std::size_t)>& work);

}  // namespace kinfolder
