// The catalogue of the data folder, copied into a file and brought back from one.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "app/settings.h"
#include "base/result.h"

namespace kinfolder {

// See BackUpSqliteCatalog. Others may be at work meanwhile. kNoSpace before anything is written.
Status BackUpCatalog(const Settings& settings, const std::filesystem::path& target);

// See RestoreSqliteCatalog; kNoSpace before anything is written. Takes the lock in the name of `verb`: kLocked when
// another run has it.
Result<std::optional<std::filesystem::path>> RestoreCatalog(const Settings& settings,
                                                            const std::filesystem::path& backup, std::string_view verb);

}  // namespace kinfolder
