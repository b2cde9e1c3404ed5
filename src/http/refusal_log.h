// Tells of requests that were refused: who knocks on a door that is open wants to be known.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "http/message.h"
#include "http/time_budget.h"

namespace kinfolder {

// A line for each, unless there are many: then one a second, which says how many others there were. Safe to use from
// many threads at once.
class RefusalLog {
 public:
  static constexpr int kLinesAtOnce = 20;

  explicit RefusalLog(std::function<void(const std::string& line)> note) : note_(std::move(note)) {}

  // "refused: 192.0.2.1 POST /api/login (401)"; nothing where the reply is no refusal of somebody.
  void Tell(const Request& request, const Reply& reply, TimeBudget::Clock::time_point now);

 private:
  const std::function<void(const std::string& line)> note_;
  std::mutex mutex_;
  TimeBudget lines_{1, std::chrono::seconds(kLinesAtOnce - 1)};  // a line is a second, and one may be owed
  int others_ = 0;
};

}  // namespace kinfolder
