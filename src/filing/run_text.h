// How a run is written down: JSON lines, the plan first (a header, then a line a step), then a line for each event.
//
// Paths are bytes and JSON is Unicode: a path or message that is valid UTF-8 is a string, any other an object with its
// bytes, {"hex": "2f6dfc"}.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "filing/run.h"

namespace kinfolder {

std::string PlanText(const Run& run);
std::string EventText(const RunEvent& event);  // one line

struct ParsedRun {
  Run run;                      // the plan with all events replayed
  std::size_t whole_bytes = 0;  // of the text, up to the end of its last whole line: a kill may have cut the next
};

// kCorrupt for what PlanText and EventText did not write, kUnsupported for a later version; `name` is what the message
// speaks of.
Result<ParsedRun> ParseRun(std::string_view text, std::string_view name);

}  // namespace kinfolder
