#include "app/content_cache.h"

#include <sstream>
#include <utility>

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxCacheBytes = std::uint64_t{1} << 30;

}  // namespace

Result<ContentCache> ContentCache::Open(const fs::path& file) {
  ContentCache cache(file);
  Result<std::string> text = ReadTextFile(file, kMaxCacheBytes);
  if (text) cache.Read(*text);
  return cache;
}

// A line: content, bytes, modified_ns, path. Names with line breaks are not remembered.
void ContentCache::Read(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string hex;
    std::string path;
    Entry entry;
    if (!(fields >> hex >> entry.stamp.bytes >> entry.stamp.modified_ns)) continue;
    if (fields.get() != '\t' || !std::getline(fields, path)) continue;
    const Result<Sha256Digest> content = DigestFromHex(hex);
    if (!content) continue;
    entry.content = *content;
    entries_.insert_or_assign(std::move(path), entry);
  }
}

Result<Sha256Digest> ContentCache::ContentOf(const fs::path& path) {
  ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(path));
  const auto known = entries_.find(path.native());
  if (known != entries_.end() && known->second.stamp == stamp) return known->second.content;
  ASSIGN_OR_RETURN(const Sha256Digest content, Sha256OfFile(path));
  entries_.insert_or_assign(path.native(), Entry{stamp, content});
  changed_ = true;
  return content;
}

void ContentCache::Remember(const fs::path& path, const Sha256Digest& content) {
  const Result<FileStamp> stamp = StampOf(path);
  if (!stamp) return;
  entries_.insert_or_assign(path.native(), Entry{*stamp, content});
  changed_ = true;
}

Status ContentCache::Save() {
  if (!changed_) return {};
  std::string text;
  for (const auto& [path, entry] : entries_) {
    std::error_code error;
    if (path.find('\n') != std::string::npos || !fs::exists(path, error)) continue;
    text += fmt::format("{}\t{}\t{}\t{}\n", ToHex(entry.content), entry.stamp.bytes, entry.stamp.modified_ns, path);
  }
  RETURN_IF_ERROR(WriteFileAtomically(file_, text));
  changed_ = false;
  return {};
}

}  // namespace kinfolder
