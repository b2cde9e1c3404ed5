// What belongs into a pack: the files of a person's folder and the names of their entries.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace kinfolder {

inline constexpr const char* kSumsName = "SHA256SUMS";  // the entry that lists the others' hashes

// When a file was last touched, by the clock of its file system; equal values mean that nobody did since.
struct TouchTimes {
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970
  std::int64_t changed_ns = 0;   // ctime, of the link too where it is one: nobody can set it

  bool operator==(const TouchTimes&) const = default;
};

struct PackFile {
  std::filesystem::path path;
  std::string entry;  // "Ann/2019/IMG_1.jpg", every part safe, no two equal without regard to case
  TouchTimes times;
};

struct PackListing {
  std::vector<PackFile> files;       // sorted by the bytes of `entry`
  std::vector<std::string> skipped;  // a sentence for each thing that is neither a file nor a folder

  std::uint64_t bytes() const;
};

// Everything below `folder` but hidden and temporary files and `archive` itself. kNotFound for a missing folder; a
// folder or link that can't be read is a failure, because a pack that lacks photos should not look whole.
Result<PackListing> ListPackFiles(const std::filesystem::path& folder, const std::filesystem::path& archive);

// Of the file that `path` leads to; kUnsupported for what is no file.
Result<TouchTimes> TouchTimesOf(const std::filesystem::path& path);

}  // namespace kinfolder
