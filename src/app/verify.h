// Verify: whether what was filed and packed still is as it was, read through to the last byte.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "filing/journal.h"

namespace kinfolder {

enum class Unsoundness {
  kMissing,
  kChanged,     // somebody wrote to it since
  kDamaged,     // other bytes, and nobody wrote to it; or a pack that is not whole
  kUnreadable,  // or no file any more
};

// "missing", "changed", "damaged", "unreadable".
std::string_view NameOf(Unsoundness what);

struct UnsoundFile {
  std::filesystem::path path;
  Unsoundness what = Unsoundness::kMissing;
  std::string reason;  // a sentence that names the file
  bool is_pack = false;
};

struct VerifyOutcome {
  int photos = 0;  // looked at; so of packs
  int packs = 0;
  std::vector<UnsoundFile> unsound;  // photos, then packs, by path
};

// Reads what the journal's runs filed and packed, and nobody took back. `jobs` as in ParallelRun. kInterrupted when
// asked to stop. Changes nothing.
Result<VerifyOutcome> VerifyFiled(const Journal& journal, int jobs, const ProgressFunction& progress,
                                  const StopFlag& stop);

}  // namespace kinfolder
