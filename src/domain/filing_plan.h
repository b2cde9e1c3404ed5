// A filing plan: every file operation as a value, before anything is touched. It can be shown, saved, applied, undone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "domain/photo.h"

namespace kinfolder {

enum class FilingMethod { kCopy, kHardLink, kReflink, kSymlink, kMove };

struct FolderCreation {
  std::filesystem::path folder;  // absolute
  std::string person;
};

struct FileOperation {
  std::filesystem::path source;  // absolute
  std::filesystem::path target;  // absolute; never there before
  ContentHash content;
  std::uint64_t bytes = 0;
  std::string person;
};

// A photo that lies in a person's folder already.
struct FiledAlready {
  std::filesystem::path target;
  ContentHash content;
  std::string person;
};

struct FilingPlan {
  FilingMethod method = FilingMethod::kCopy;
  std::vector<FolderCreation> folders;
  std::vector<FileOperation> operations;
  std::vector<FiledAlready> already;    // nothing to do for these
  std::vector<FiledAlready> misplaced;  // filed earlier for somebody who is not found on them any more; they stay
  std::vector<std::string> people_without_folder;  // nothing is filed for them

  std::uint64_t bytes_to_write() const {
    if (method == FilingMethod::kHardLink || method == FilingMethod::kSymlink) return 0;
    std::uint64_t bytes = 0;
    for (const FileOperation& operation : operations) bytes += operation.bytes;
    return bytes;
  }
};

}  // namespace kinfolder
