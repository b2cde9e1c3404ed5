// The steps that bring a catalogue from nothing to the newest schema: migrations/NNNN_name.sql, in the program by the
// build. A step that was released is never changed; a new schema is a new file.
#pragma once

#include <span>

namespace kinfolder {

// Statements; the n-th (from 1) makes schema n of schema n - 1.
std::span<const char* const> Migrations();

}  // namespace kinfolder
