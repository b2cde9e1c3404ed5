// Zip archives, written and read as streams (libarchive).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace kinfolder {

using BlockSink = std::function<Status(std::span<const std::byte>)>;

// Writes entries without compression, dated 1980-01-01, readable by all, owned by nobody in particular: the same
// entries give the same bytes, in every time zone and locale. Zip64 for what is larger than 4 GB.
class ZipWriter {
 public:
  // The archive's bytes go to `sink`, in order.
  static Result<ZipWriter> Create(BlockSink sink);

  ZipWriter(ZipWriter&&) noexcept;
  ~ZipWriter();

  // `name` in UTF-8. `feed` has to give exactly `bytes` bytes to the sink it is called with, else kIo.
  Status Add(const std::string& name, std::uint64_t bytes, const std::function<Status(const BlockSink&)>& feed);

  // Writes the directory; nothing may be added afterwards.
  Status Finish();

 private:
  struct State;
  explicit ZipWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct ZipEntry {
  std::string name;  // UTF-8
  std::uint64_t bytes = 0;
};

// Calls `visit` for each entry in the order they lie in the archive; `read` gives the entry's bytes and checks them,
// and need not be called. kCorrupt, with the archive's name, for what is no whole zip archive.
using ZipVisitor = std::function<Status(const ZipEntry& entry, const std::function<Status(const BlockSink&)>& read)>;
Status ForEachZipEntry(const std::filesystem::path& archive, const ZipVisitor& visit);

}  // namespace kinfolder
