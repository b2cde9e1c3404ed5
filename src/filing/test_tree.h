// Folders of files for tests, and what they look like afterwards.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/file.h"
#include "base/hash.h"

namespace kinfolder {

// Creates the file (or puts other bytes into it) and its folders, without waiting for the disk.
inline void WriteTestFile(const std::filesystem::path& path, std::string_view text) {
  CHECK(MakeFolders(path.parent_path()));
  std::ofstream file(path, std::ios::binary);
  file << text;
  CHECK(file.flush().good());
}

// For everything below `root`: its path -> type, mode, and for files their time and hash, for links what they say.
inline std::map<std::string, std::string> Snapshot(const std::filesystem::path& root) {
  std::map<std::string, std::string> entries;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    struct stat status {};
    CHECK(::lstat(entry.path().c_str(), &status) == 0);
    std::string text = fmt::format("{:o}", status.st_mode);
    if (S_ISLNK(status.st_mode)) text += " -> " + std::filesystem::read_symlink(entry.path()).string();
    if (S_ISREG(status.st_mode)) {
      text += fmt::format(" {}.{} {}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                          ToHex(Sha256OfFile(entry.path()).value()));
    }
    entries[entry.path().lexically_relative(root).string()] = text;
  }
  return entries;
}

}  // namespace kinfolder
