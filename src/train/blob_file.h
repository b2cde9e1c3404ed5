// Files of the trainer: a header in JSON, then bytes. Written whole or not at all, and cut into parts and put together
// again where one piece is too large to be carried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"

namespace kinfolder {

// Larger files are refused unread.
inline constexpr std::uint64_t kMaxBlobBytes = std::uint64_t{1} << 36;

struct BlobFile {
  std::string header;            // the text of a JSON object
  std::vector<std::byte> bytes;  // the whole file
  std::size_t payload_at = 0;
  Sha256Digest sha256;  // of the whole file

  nlohmann::json ParsedHeader() const { return nlohmann::json::parse(header); }
  std::span<const std::byte> payload() const { return std::span(bytes).subspan(payload_at); }
};

// `kind` names the sort of file, in 8 characters: "kf-pack1".
Status WriteBlobFile(const std::filesystem::path& target, std::string_view kind, const nlohmann::json& header,
                     std::span<const std::span<const std::byte>> payload);

// `path`, or, where it is not there, its parts path.000, path.001, ... kCorrupt for what is no file of this kind;
// what the header says is the caller's to check.
Result<BlobFile> ReadBlobFile(const std::filesystem::path& path, std::string_view kind);

// Writes path.000, path.001, ... of `part_bytes` each (the last of what remains) beside the file, which stays. Returns
// how many. kInvalidArgument for parts of nothing, or for more than 1000.
Result<int> SplitIntoParts(const std::filesystem::path& path, std::uint64_t part_bytes);

}  // namespace kinfolder
