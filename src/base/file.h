// Files, read whole or in blocks and written so that no half-written file is ever seen under its final name.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/result.h"

namespace kinfolder {

// What `stat` says of a file: equal stamps mean that the file was not touched since.
struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970, in nanoseconds

  bool operator==(const FileStamp&) const = default;
};

// "cannot ACTION PATH: REASON", with the code that fits `error_number` (an errno).
Error FileError(int error_number, std::string_view action, const std::filesystem::path& path);
// The same error, with the file that it is about in front: "PATH: MESSAGE".
Error About(const std::filesystem::path& path, const Error& error);
// Does the error say that nothing is there? Others tell of a disk that does not answer, or a folder that may not be
// read.
bool IsMissing(const std::error_code& error);

// Follows symbolic links. kUnsupported for what is no regular file (a folder, FIFO, device).
Result<FileStamp> StampOf(const std::filesystem::path& path);

// The whole file. Never blocks on a FIFO; kTooLarge beyond `max_bytes`; kUnsupported for what is no regular file.
Result<std::vector<std::byte>> ReadFile(const std::filesystem::path& path, std::uint64_t max_bytes);

// The same as text (bytes as they are).
Result<std::string> ReadTextFile(const std::filesystem::path& path, std::uint64_t max_bytes);

// Calls `visit` with successive blocks of the file until its end or the first failure.
Status ForEachBlock(const std::filesystem::path& path, const std::function<Status(std::span<const std::byte>)>& visit);

// A file being written under a temporary name in its final folder. Commit gives it the final name, after its bytes
// are on the disk; without Commit nothing is left behind. A kill leaves at most a temporary file, which
// IsTemporaryName recognises.
class AtomicFile {
 public:
  enum class IfExists { kReplace, kFail };

  // Creates no folders: the target's parent must exist.
  static Result<AtomicFile> Create(const std::filesystem::path& target);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();

  Status Write(std::span<const std::byte> bytes);
  Status Write(std::string_view text);

  // Gives it the mode, the owner and the extended attributes (access lists among them) of the file that it is to
  // replace; fails where the system refuses the owner.
  Status TakeAttributesOf(const std::filesystem::path& original);
  // And its times; after the last Write.
  Status TakeTimesOf(const std::filesystem::path& original);

  // The open file, for functions that need a descriptor; owned by this object.
  int descriptor() const { return descriptor_; }
  const std::filesystem::path& temporary_path() const { return temporary_; }

  // Flushes, renames and flushes the folder. kAlreadyExists (with kFail) when the target appeared meanwhile.
  Status Commit(IfExists if_exists = IfExists::kReplace);

  // Gives it the final name at once, without waiting for the disk: for what can be made again. After a power cut the
  // file may be there and cut short.
  Status CommitUnflushed();

 private:
  AtomicFile(std::filesystem::path target, std::filesystem::path temporary, int descriptor);
  void Discard();

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
};

// True for names that AtomicFile gives while it writes, and those that SQLite gives files beside such a one: what is
// left of a killed run may be deleted.
bool IsTemporaryName(std::string_view file_name);

// Removes the files with such names that lie in the folder itself and that nothing has changed for `untouched`; with
// 0 nobody may be writing there.
void SweepTemporaryFiles(const std::filesystem::path& folder, std::chrono::seconds untouched = {});

// Time enough for a file that is still being written to have grown.
inline constexpr std::chrono::seconds kAbandoned = std::chrono::hours(1);

// Writes `bytes` to `target` through AtomicFile, replacing what is there.
Status WriteFileAtomically(const std::filesystem::path& target, std::span<const std::byte> bytes);
Status WriteFileAtomically(const std::filesystem::path& target, std::string_view text);

// The same for a secret: only the owner can read the file, from its first byte on.
Status WriteSecretFile(const std::filesystem::path& target, std::string_view text);

// Renames without ever replacing: kAlreadyExists when `to` is there. Both on one file system.
Status RenameNoReplace(const std::filesystem::path& from, const std::filesystem::path& to);

// Creates the folder and its missing parents; fine when it is there already.
Status MakeFolders(const std::filesystem::path& folder);

// Puts the folder's entries (names created, renamed, removed) on the disk.
Status SyncFolder(const std::filesystem::path& folder);

// The bytes of text, and the text of bytes, without copying.
std::span<const std::byte> AsBytes(std::string_view text);
std::string_view AsText(std::span<const std::byte> bytes);

}  // namespace kinfolder
