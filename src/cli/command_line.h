// The command line: from the table of verbs to what the user asks for, or to the help.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/verb.h"

namespace kinfolder {

struct ParsedCommand {
  const Verb* verb = nullptr;  // nullptr: only `text` is asked for
  Arguments arguments;
  std::map<std::string, std::string> settings;  // given as flags, by name
  bool no_progress = false;
  std::string text;  // help or version
};

// kInvalidArgument with what is wrong and where to find help. `verbs` must outlive the result.
Result<ParsedCommand> ParseCommandLine(const std::vector<Verb>& verbs, int count, const char* const* words);

}  // namespace kinfolder
