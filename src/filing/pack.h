// Packs: one zip archive per person, named after them, to hand over.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
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
  int files = 0;                       // without SHA256SUMS
  std::uint64_t bytes = 0;             // of the archive
  bool changed = false;                // false: it held exactly these files already and was left alone
  std::optional<Sha256Digest> sha256;  // of the archive, where it was read or written
  std::vector<std::string> skipped;    // what the folder holds and the pack does not, a sentence each
};

// Writes the archive: zip64 where needed, streamed, photos stored without compression, entries
// "PERSON-FOLDER-NAME/path" with safe names, sorted, times and modes fixed, SHA256SUMS last (in the archive's root:
// `sha256sum -c SHA256SUMS` where it was unpacked). The same files give the same bytes. Symbolic links to files are
// followed, links to folders and special files skipped.
//
// An archive that is current (PackIsCurrent) is left alone; of one that would come out byte for byte the same, only the
// modification time is set, which makes it current. kNotFound for a missing folder or target folder; an empty folder
// gives no pack (files = 0, changed = false), removes nothing, and says so of an archive that is there. kAlreadyExists
// where something else than a pack has its name. A file that changes meanwhile, or can't be read, is a failure;
// kInterrupted after `stop`; either way what was there stays.
Result<PackOutcome> WritePack(const PackRequest& request, const ProgressFunction& progress, const StopFlag& stop);

// About how large the archive will be; 0 for a missing folder.
std::uint64_t ExpectedPackBytes(const PackRequest& request);

// True when the archive lists exactly the folder's files with their sizes and none of them was touched (ctime, mtime)
// after the archive was written, or at the same tick of the file system's clock. Cheap: no photo is read. False may
// still mean that nothing would change. kNotFound for a missing folder.
Result<bool> PackIsCurrent(const PackRequest& request);

// Reads the whole archive and compares every entry with SHA256SUMS: kCorrupt with what is wrong;
// kInterrupted after `stop`.
Result<PackOutcome> VerifyPack(const std::filesystem::path& archive, const StopFlag& stop);

}  // namespace kinfolder
