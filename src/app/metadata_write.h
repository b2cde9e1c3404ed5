// Writes the names that somebody confirmed into XMP sidecars, or into the photos themselves.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

enum class MetadataPlace {
  kSidecars,
  kPhotoFiles,  // and existing sidecars, which would hide what the photo says; a sidecar where the photo can't be
                // written
};

struct MetadataChange {
  std::filesystem::path photo;
  std::filesystem::path target;  // the sidecar, or the photo
  bool is_new = false;           // a sidecar that is not there yet
  std::vector<std::string> names;
  std::string note;  // why a sidecar is written though photos were asked for; "" otherwise
};

struct MetadataOutcome {
  std::vector<MetadataChange> changes;  // by photo
  int up_to_date = 0;                   // photos that say all already
  std::vector<FailedPhoto> failed;      // gone, changed since they were scanned, or not to be written
};

// What WriteMetadata would do. Names are those that the user, their labels or the folder of known people said, in the
// user's photos; what was recognised, and what other programs wrote, is nobody's word. kInterrupted.
Result<MetadataOutcome> PlanMetadata(Catalog& catalog, MetadataPlace place, const ProgressFunction& progress,
                                     const StopFlag& stop);

// Does it. A file is made beside the one that it replaces, checked (it says what it should, all else in it is as it
// was), and takes its place at once; a photo keeps its times, mode, owner and attributes. The catalogue knows a photo
// that was written into as the same picture, with all that was said of it. Files that say all already are not touched.
Result<MetadataOutcome> WriteMetadata(Catalog& catalog, MetadataPlace place, const ProgressFunction& progress,
                                      const StopFlag& stop);

}  // namespace kinfolder
