#include "train/blob_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/file.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kKindBytes = 8;
constexpr std::size_t kLengthBytes = 8;  // of the header's length, little-endian
constexpr std::uint64_t kMaxParts = 1000;

std::filesystem::path PartOf(const std::filesystem::path& path, std::uint64_t part) {
  return path.string() + fmt::format(".{:03}", part);
}

std::array<std::byte, kLengthBytes> LengthBytes(std::uint64_t length) {
  std::array<std::byte, kLengthBytes> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(length >> 8 * i);
  return bytes;
}

std::uint64_t LengthIn(std::span<const std::byte> bytes) {
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length |= std::to_integer<std::uint64_t>(bytes[i]) << 8 * i;
  return length;
}

Result<std::vector<std::byte>> ReadWholeOrParts(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto there = [&](const std::filesystem::path& file) { return std::filesystem::exists(file, ignored); };
  if (there(path) || !there(PartOf(path, 0))) return ReadFile(path, kMaxBlobBytes);
  std::vector<std::byte> bytes;
  for (std::uint64_t part = 0; part < kMaxParts && there(PartOf(path, part)); ++part) {
    ASSIGN_OR_RETURN(const std::vector<std::byte> more, ReadFile(PartOf(path, part), kMaxBlobBytes - bytes.size()));
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  return bytes;
}

}  // namespace

Status WriteBlobFile(const std::filesystem::path& target, std::string_view kind, const Json& header,
                     std::span<const std::span<const std::byte>> payload) {
  CHECK(kind.size() == kKindBytes);
  const std::string text = header.dump();
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(target));
  RETURN_IF_ERROR(file.Write(kind));
  RETURN_IF_ERROR(file.Write(LengthBytes(text.size())));
  RETURN_IF_ERROR(file.Write(text));
  for (const std::span<const std::byte> piece : payload) RETURN_IF_ERROR(file.Write(piece));
  return file.Commit();
}

Result<BlobFile> ReadBlobFile(const std::filesystem::path& path, std::string_view kind) {
  BlobFile file;
  ASSIGN_OR_RETURN(file.bytes, ReadWholeOrParts(path));
  const std::span<const std::byte> bytes = file.bytes;
  constexpr std::size_t kHeaderAt = kKindBytes + kLengthBytes;
  if (bytes.size() < kHeaderAt || AsText(bytes.first(kKindBytes)) != kind) {
    return Fail(ErrorCode::kCorrupt, "{} is not a file of the kind that is needed here ({})", path.string(), kind);
  }
  const std::uint64_t length = LengthIn(bytes.subspan(kKindBytes));
  if (length > bytes.size() - kHeaderAt) return Fail(ErrorCode::kCorrupt, "{} is cut off", path.string());
  file.payload_at = kHeaderAt + length;
  file.header = AsText(bytes.subspan(kHeaderAt, length));
  if (!Json::parse(file.header, nullptr, false).is_object())
    return Fail(ErrorCode::kCorrupt, "the header of {} is damaged", path.string());
  file.sha256 = Sha256Of(bytes);
  return file;
}

Result<int> SplitIntoParts(const std::filesystem::path& path, std::uint64_t part_bytes) {
  ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, ReadFile(path, kMaxBlobBytes));
  const std::uint64_t parts = part_bytes == 0 ? 0 : (bytes.size() + part_bytes - 1) / part_bytes;
  if (parts == 0 || parts > kMaxParts) {
    return Fail(ErrorCode::kInvalidArgument, "{} bytes can't be cut into parts of {} bytes: 1 to {} parts are possible",
                bytes.size(), part_bytes, kMaxParts);
  }
  for (std::uint64_t part = 0; part < parts; ++part) {
    const std::uint64_t begin = part * part_bytes;
    const std::uint64_t count = std::min<std::uint64_t>(part_bytes, bytes.size() - begin);
    RETURN_IF_ERROR(WriteFileAtomically(PartOf(path, part), std::span(bytes).subspan(begin, count)));
  }
  std::error_code ignored;  // parts of an earlier, longer file would be read along
  for (std::uint64_t part = parts; part < kMaxParts && std::filesystem::remove(PartOf(path, part), ignored); ++part) {
  }
  return static_cast<int>(parts);
}

}  // namespace kinfolder
