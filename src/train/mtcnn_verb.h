// kinfolder-train mtcnn: from photos with listed faces, crops of faces and a teacher to a detector's model package.
#pragma once

#include <CLI/CLI.hpp>

#include "train/compare_verbs.h"

namespace kinfolder {

// As AddCompareVerbs.
void AddMtcnnVerb(CLI::App& app, VerbAction& chosen);

}  // namespace kinfolder
