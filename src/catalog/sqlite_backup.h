// Copies of a whole catalogue: one to keep, and one to come back to.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"

namespace kinfolder {

// Writes what the catalogue at `catalog` holds now, also while others work with it, into one file for its owner only.
// The copy is read through (Catalog::Check) before it gets its name. kAlreadyExists when `target` is there.
Status BackUpSqliteCatalog(const std::filesystem::path& catalog, const std::filesystem::path& target);

// Puts a copy of the catalogue in `backup`, brought to the newest schema and checked, into the place of the one at
// `catalog`, which may be damaged or missing; `backup` stays as it is. Returns what the one that was there is called
// now. kCorrupt, kUnsupported: as OpenSqliteCatalog and Catalog::Check say; then nothing has changed. Nobody else may
// write to the catalogue meanwhile.
Result<std::optional<std::filesystem::path>> RestoreSqliteCatalog(const std::filesystem::path& backup,
                                                                  const std::filesystem::path& catalog);

}  // namespace kinfolder
