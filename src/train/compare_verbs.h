// kinfolder-train compare verification | detection | identification: packages side by side on data whose truth is
// known.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/parallel.h"
#include "base/result.h"

namespace kinfolder {

// What the chosen verb does; the text is for stdout.
using VerbAction = std::function<Result<std::string>(const ParallelRun&)>;

// `chosen` is set when the command line asks for one of them; it and `app` must outlive the parsing.
void AddCompareVerbs(CLI::App& app, VerbAction& chosen);

}  // namespace kinfolder
