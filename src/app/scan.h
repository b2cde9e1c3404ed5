// Scan: brings the catalogue up to date with what lies below folders. Photos that it knows cost a `stat` each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "app/networks.h"
#include "app/walk.h"
#include "base/progress.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

struct ScanRequest {
  std::vector<std::filesystem::path> paths;  // folders, or single photos
  FileRole role = FileRole::kPhoto;
  WalkOptions walk;
  int jobs = 0;        // photos at the same time; 0: one for each processor
  bool again = false;  // look at unchanged files, too
};

struct ScanResult {
  std::vector<std::filesystem::path> roots;  // of the request, as the catalogue writes paths
  std::int64_t files = 0;                    // found in all
  std::int64_t unchanged = 0;                // known, not opened
  std::int64_t scanned = 0;                  // looked at with the networks
  std::int64_t same = 0;                     // new or changed files of a photo that is known: copied, moved, renamed
  std::int64_t faces = 0;                    // found in the scanned ones
  std::int64_t gone = 0;                     // files no longer there
  std::vector<FailedPhoto> failed;           // by path; those of earlier runs, too, as long as the file is the same
};

// Photo after photo is read, decoded, looked at and embedded by several workers at once; one writer commits them in
// batches, so that an interrupted scan goes on where it was. kInterrupted when asked to stop: what was done is kept.
// A photo that can't be read is a row of `failed`, never a stop.
Result<ScanResult> ScanPhotos(Catalog& catalog, Networks& networks, const ScanRequest& request,
                              const ProgressFunction& progress, const StopFlag& stop);

}  // namespace kinfolder
