// The config file: TOML, one `name = value` a line, the names as the flags have them.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace kinfolder {

// The file's values as text by name; lists are joined with `:`. Empty when there is no such file; kInvalidArgument with
// line and reason for what is no TOML, or nests.
Result<std::map<std::string, std::string>> ReadConfigFile(const std::filesystem::path& file);

// Writes `name = value`, in place of the line that has the name or at the end; every other line, comments too, stays
// as it is. Makes the file and its folder when missing.
Status SetInConfigFile(const std::filesystem::path& file, const std::string& name, const std::string& value);

// Takes the line with this name away; fine when there is none.
Status UnsetInConfigFile(const std::filesystem::path& file, const std::string& name);

}  // namespace kinfolder
