// Doctor: looks at everything that the main job needs, and says what is missing.
#pragma once

#include <string>
#include <vector>

#include "app/settings.h"
#include "base/result.h"

namespace kinfolder {

struct Finding {
  std::string subject;  // "Models", "Photos folder"
  std::string text;
  bool is_problem = false;
};

// In the order in which they are to be read. Changes nothing; makes nothing that is missing.
std::vector<Finding> Examine(const Settings& settings, const Environment& environment);

}  // namespace kinfolder
