// One line on stderr that tells how far long work is: count, rate, time left, current item.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/progress.h"

namespace kinfolder {

// What is left of the work at the rate so far, as "0:42" or "3:04:05"; "" while that can't be told.
std::string TimeLeft(std::chrono::duration<double> passed, std::uint64_t done, std::uint64_t total);

class ProgressLine {
 public:
  using Clock = std::chrono::steady_clock;

  ProgressLine(std::string_view step, bool on_terminal);
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Update(const ProgressUpdate& update);
  // Takes the line off the screen, before something else is written.
  void Clear();

 private:
  std::string Text(const ProgressUpdate& update, Clock::time_point now) const;

  std::string step_;
  bool on_terminal_;
  bool on_screen_ = false;
  Clock::time_point began_ = Clock::now();
  Clock::time_point shown_ = began_;
};

}  // namespace kinfolder
