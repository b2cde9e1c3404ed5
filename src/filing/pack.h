// Packs: one zip archive per person, named after them, to hand over.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/progress.h"
#include "base/result.h"

namespace kinfolder {

// What should be in one pack: all files below `folder` (without temporary and hidden ones).
struct PackRequest {
  std::string person;
  std::filesystem::path folder;  // the person's folder, absolute
  std::filesystem::path target;  // the zip, absolute
};

struct PackOutcome {
  std::string person;
  std::filesystem::path target;
  int files = 0;
  std::uint64_t bytes = 0;  // of the archive
  bool changed = false;     // false: it held exactly these files already and was left alone
};

// Writes the archive: zip64 where needed, streamed, photos stored without compression, entries
// "PERSON-FOLDER-NAME/path" sorted by name, times and modes fixed, SHA256SUMS last. The same files give the same bytes.
// An archive that is current (PackIsCurrent), or that would come out byte for byte the same, is left alone. kNotFound
// for a missing folder; an empty folder gives no pack (files = 0, changed = false) and removes nothing.
Result<PackOutcome> WritePack(const PackRequest& request, const ProgressFunction& progress, const StopFlag& stop);

// True when the archive lists exactly the folder's files with their sizes and none of them was touched (ctime, mtime)
// after the archive was written. Cheap: no photo is read. False may still mean that nothing would change.
Result<bool> PackIsCurrent(const PackRequest& request);

// Reads the whole archive and compares every entry with SHA256SUMS: kCorrupt with what is wrong.
Result<PackOutcome> VerifyPack(const std::filesystem::path& archive);

}  // namespace kinfolder
