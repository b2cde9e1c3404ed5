// kinfolder-train pack | teach | facenet | mtcnn | export: from folders of faces and photos to a model package.
#pragma once

#include <CLI/CLI.hpp>

#include "train/compare_verbs.h"

namespace kinfolder {

// As AddCompareVerbs.
void AddTrainVerbs(CLI::App& app, VerbAction& chosen);

}  // namespace kinfolder
