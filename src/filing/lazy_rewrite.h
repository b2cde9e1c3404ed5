// A file that is written anew only when its bytes change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"

namespace kinfolder {

// Takes the bytes that a file should have and compares them with those it has. From the first difference on (or where
// there is no file yet) they go to a temporary file beside it: bytes that are the same cost no writing.
class LazyRewrite {
 public:
  // `expected_bytes`: about how long the file will be, for the check of free space before anything is written.
  LazyRewrite(std::filesystem::path target, std::uint64_t expected_bytes);
  ~LazyRewrite();
  LazyRewrite(const LazyRewrite&) = delete;
  LazyRewrite& operator=(const LazyRewrite&) = delete;

  Status Write(std::span<const std::byte> bytes);

  // To be called once after the last Write: whether the file has to change.
  Result<bool> Changes();

  // Gives the file this modification time (since 1970) and puts what was written in place.
  Status Commit(std::int64_t modified_ns);

  std::uint64_t bytes() const { return bytes_; }
  Sha256Digest Digest() { return hash_.Finish(); }  // of all bytes; once

 private:
  Status StartWriting(std::uint64_t same_bytes);

  std::filesystem::path target_;
  std::uint64_t expected_bytes_ = 0;
  std::uint64_t bytes_ = 0;
  int old_ = -1;  // the file as it is, while no difference is known
  std::optional<AtomicFile> file_;
  Sha256 hash_;
};

}  // namespace kinfolder
