// The catalogue in one SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "catalog/catalog.h"

namespace kinfolder {

// Opens, or makes, the catalogue at `file` (its folder must exist) and brings it to the newest schema (numbered
// migrations, each in a transaction). kUnsupported for a catalogue of a newer Kinfolder, kCorrupt for what is none.
// `called`: the file that errors speak of, where that is another.
Result<std::unique_ptr<Catalog>> OpenSqliteCatalog(const std::filesystem::path& file,
                                                   const std::filesystem::path& called = {});

}  // namespace kinfolder
