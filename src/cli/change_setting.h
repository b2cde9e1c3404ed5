// Settings changed for good, by whichever verb.
#pragma once

#include <filesystem>
#include <string>

#include "cli/verb.h"

namespace kinfolder {

// kInvalidArgument where there is no place for a config file.
Result<std::filesystem::path> ConfigFile(const Invocation& invocation);

// Writes the value into the config file, and notes it when a variable goes before the file. kInvalidArgument with what
// would be right for a wrong value.
Status ChangeSetting(Invocation& invocation, const SettingInfo& setting, const std::string& value);

}  // namespace kinfolder
