#include "filing/pack_listing.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/file.h"
#include "filing/naming.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

std::int64_t Nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

Result<std::vector<std::string>> SortedVisibleNames(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().native();
    if (!name.starts_with('.')) names.push_back(std::move(name));  // temporary names begin with a dot too
  }
  if (error) return Fail(FileError(error.value(), "list folder", folder));
  std::sort(names.begin(), names.end());
  return names;
}

class Lister {
 public:
  explicit Lister(fs::path archive) : archive_(std::move(archive)) {}

  Status AddFolder(const fs::path& folder, const std::string& entry) {
    ASSIGN_OR_RETURN(const std::vector<std::string> names, SortedVisibleNames(folder));
    const std::vector<std::string> safe = SafeUniqueFileNames(names);
    for (std::size_t i = 0; i < names.size(); ++i) RETURN_IF_ERROR(Add(folder / names[i], entry + "/" + safe[i]));
    return {};
  }

  PackListing Take() {
    std::sort(listing_.files.begin(), listing_.files.end(),
              [](const PackFile& a, const PackFile& b) { return a.entry < b.entry; });
    return std::move(listing_);
  }

 private:
  Status Add(const fs::path& path, std::string entry) {
    if (path == archive_) return {};
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return Fail(FileError(errno, "look at", path));
    if (S_ISDIR(status.st_mode)) return AddFolder(path, entry);
    const bool is_link = S_ISLNK(status.st_mode);
    if (is_link && ::stat(path.c_str(), &status) != 0) {
      return Skip(path, errno == ELOOP ? "is a link that leads to itself" : "is a link to nothing that can be reached");
    }
    if (S_ISDIR(status.st_mode)) return Skip(path, "is a link to a folder");
    if (!S_ISREG(status.st_mode)) return Skip(path, "is neither a file nor a folder");
    ASSIGN_OR_RETURN(const TouchTimes times, TouchTimesOf(path));
    listing_.files.push_back({path, std::move(entry), times});
    return {};
  }

  Status Skip(const fs::path& path, std::string_view reason) {
    listing_.skipped.push_back(fmt::format("{} {}", path.string(), reason));
    return {};
  }

  fs::path archive_;
  PackListing listing_;
};

}  // namespace

std::uint64_t PackListing::bytes() const {
  std::uint64_t sum = 0;
  for (const PackFile& file : files) sum += file.times.bytes;
  return sum;
}

Result<TouchTimes> TouchTimesOf(const fs::path& path) {
  struct stat link {};
  struct stat file {};
  if (::lstat(path.c_str(), &link) != 0 || ::stat(path.c_str(), &file) != 0) {
    return Fail(FileError(errno, "look at", path));
  }
  if (!S_ISREG(file.st_mode)) return Fail(ErrorCode::kUnsupported, "{} is not a file", path.string());
  return TouchTimes{static_cast<std::uint64_t>(file.st_size), Nanoseconds(file.st_mtim),
                    std::max(Nanoseconds(link.st_ctim), Nanoseconds(file.st_ctim))};
}

Result<PackListing> ListPackFiles(const fs::path& folder, const fs::path& archive) {
  Lister lister(archive);
  const fs::path trimmed = folder.has_filename() ? folder : folder.parent_path();
  // No person's folder may take the name of the list of hashes.
  const std::string root = SafeUniqueNames({kSumsName, trimmed.filename().native()}).back();
  RETURN_IF_ERROR(lister.AddFolder(folder, root));
  return lister.Take();
}

}  // namespace kinfolder
