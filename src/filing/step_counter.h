// Progress over the steps of a run, from either direction.
#pragma once

#include <cstdint>
#include <string>

#include "base/progress.h"

namespace kinfolder {

class StepCounter {
 public:
  StepCounter(const ProgressFunction& progress, std::uint64_t total) : progress_(progress), total_(total) {}

  void Step(bool failed, std::string what) {
    ++done_;
    failed_ += failed ? 1 : 0;
    Tell(std::move(what));
  }

  void Tell(std::string what) const {
    if (progress_) progress_({done_, total_, failed_, std::move(what)});
  }

 private:
  const ProgressFunction& progress_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace kinfolder
