// docs/settings.md, made from the table of settings.
#pragma once

#include <string>

namespace kinfolder {

std::string SettingsDocument();

}  // namespace kinfolder
