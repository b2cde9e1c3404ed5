// What files were found to contain, kept between runs so that an untouched file is not read again. May be thrown away.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"

namespace kinfolder {

class ContentCache {
 public:
  // What `file` kept of earlier runs; empty where it is missing or can't be understood.
  static Result<ContentCache> Open(const std::filesystem::path& file);

  // The hash of the file's bytes: remembered while its size and times are the same, else read.
  Result<Sha256Digest> ContentOf(const std::filesystem::path& path);

  // Remembers what a file that was just written holds.
  void Remember(const std::filesystem::path& path, const Sha256Digest& content);

  // Writes what is new; what is no longer there is dropped.
  Status Save();

 private:
  struct Entry {
    FileStamp stamp;
    Sha256Digest content;
  };

  explicit ContentCache(std::filesystem::path file) : file_(std::move(file)) {}
  void Read(const std::string& text);

  std::filesystem::path file_;
  std::map<std::string, Entry> entries_;  // by path
  bool changed_ = false;
};

}  // namespace kinfolder
