// Lists the photos below folders: what a scan looks at, before anything is opened.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "domain/face.h"
#include "domain/photo.h"

namespace kinfolder {

struct WalkOptions {
  std::vector<std::filesystem::path> excluded;  // folders that are not entered
  std::vector<std::string> ignore;              // globs on names of files and folders
};

struct WalkResult {
  std::vector<std::filesystem::path> roots;  // as given, absolute and without symbolic links
  std::vector<FoundPhoto> files;             // by path, each once
  std::vector<FailedPhoto> failed;           // what is no regular file, or can't be looked at
  // Folders that could not be read: what is in them is not known to be gone.
  std::vector<std::filesystem::path> unread;
};

// Every file below `roots` (folders, or single files), whatever it is called, but for names that begin with a dot,
// what cameras and systems lay beside photos (sidecars, Thumbs.db), what `options.ignore` names, and folders with a
// file `.nomedia`. Symbolic links are followed; one that leads back to a folder that holds it is a failure.
// kNotFound for a root that is not there, kInvalidArgument for one inside an excluded folder, kInterrupted.
Result<WalkResult> Walk(const std::vector<std::filesystem::path>& roots, const WalkOptions& options,
                        const StopFlag& stop);

// Is `path` the folder or below it? Both absolute and normal.
bool IsWithin(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace kinfolder
