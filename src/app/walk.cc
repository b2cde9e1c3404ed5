#include "app/walk.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "app/photo_stages.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// What cameras, phones, editors and systems lay beside photos: never photos, never worth a word.
constexpr std::array kBesidePhotos = {"*.xmp", "*.aae", "*.thm", "*.json", "Thumbs.db", "desktop.ini"};

bool Fits(const std::string& name, const char* glob) { return ::fnmatch(glob, name.c_str(), FNM_CASEFOLD) == 0; }

using FolderKey = std::pair<dev_t, ino_t>;

Result<FolderKey> KeyOf(const fs::path& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return Fail(FileError(errno, "look at", folder));
  return FolderKey{info.st_dev, info.st_ino};
}

class Walker {
 public:
  Walker(const WalkOptions& options, const StopFlag& stop) : options_(options), stop_(stop) {
    for (const fs::path& folder : options.excluded) {
      if (const Result<FolderKey> key = KeyOf(folder)) excluded_.insert(*key);
    }
  }

  Status AddRoot(const fs::path& given) {
    std::error_code error;
    const fs::path root = fs::canonical(given, error);
    if (error) return Fail(FileError(error.value(), "look at", given));
    for (fs::path parent = root;; parent = parent.parent_path()) {
      if (const Result<FolderKey> key = KeyOf(parent); key && excluded_.contains(*key)) {
        return Fail(ErrorCode::kInvalidArgument, "{} lies in {}, where Kinfolder keeps its own files", given.string(),
                    parent.string());
      }
      if (parent == parent.parent_path()) break;
    }
    result_.roots.push_back(root);
    if (fs::is_directory(root, error)) return EnterFolder(root);
    AddFile(root);
    return {};
  }

  // Links to folders come last, so that a folder is listed under its own path where it has one.
  Status FollowLinks() {
    while (!links_.empty()) {
      std::vector<Link> links = std::exchange(links_, {});
      std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) { return a.path < b.path; });
      for (Link& link : links) {
        open_ = std::move(link.open);
        RETURN_IF_ERROR(EnterFolder(link.path));
      }
    }
    return {};
  }

  WalkResult Finish() && {
    const auto by_path = [](const FoundPhoto& a, const FoundPhoto& b) { return a.path < b.path; };
    const auto same_path = [](const FoundPhoto& a, const FoundPhoto& b) { return a.path == b.path; };
    std::sort(result_.files.begin(), result_.files.end(), by_path);
    result_.files.erase(std::unique(result_.files.begin(), result_.files.end(), same_path), result_.files.end());
    return std::move(result_);
  }

 private:
  void AddFailure(const fs::path& path, Error error) {
    result_.failed.push_back({FoundPhoto{path, {}}, std::move(error)});
  }

  void AddFile(const fs::path& path) {
    Result<FoundPhoto> found = FindPhotoFile(path);
    if (found) {
      result_.files.push_back(*std::move(found));
    } else {
      AddFailure(path, WhyNot(path, found.error()));
    }
  }

  // Of a link, the system's words tell neither that it is one nor what is wrong with it.
  static Error WhyNot(const fs::path& path, const Error& error) {
    std::error_code unknown;
    if (!fs::is_symlink(path, unknown)) return error;
    if (error.code == ErrorCode::kNotFound) {
      return {error.code, fmt::format("{} is a link to something that is not there", path.string())};
    }
    if (error.code == ErrorCode::kInvalidArgument) {
      return {error.code, fmt::format("{} is a link that leads in a circle", path.string())};
    }
    return error;
  }

  bool IsIgnored(const std::string& name) const {
    if (name.starts_with('.') || IsTemporaryName(name)) return true;
    return std::any_of(kBesidePhotos.begin(), kBesidePhotos.end(),
                       [&](const char* glob) { return Fits(name, glob); }) ||
           std::any_of(options_.ignore.begin(), options_.ignore.end(),
                       [&](const std::string& glob) { return Fits(name, glob.c_str()); });
  }

  Status EnterFolder(const fs::path& folder) {
    const Result<FolderKey> key = KeyOf(folder);
    if (!key) {
      AddFailure(folder, key.error());
      result_.unread.push_back(folder);
      return {};
    }
    if (excluded_.contains(*key)) return {};
    if (std::find(open_.begin(), open_.end(), *key) != open_.end()) {
      AddFailure(folder, Error{ErrorCode::kUnsupported,
                               fmt::format("{} is a link back to a folder that holds it", folder.string())});
      return {};
    }
    if (!entered_.insert(*key).second) return {};
    open_.push_back(*key);
    Status status = ListFolder(folder);
    open_.pop_back();
    return status;
  }

  Status ListFolder(const fs::path& folder) {
    std::error_code error;
    if (fs::exists(folder / ".nomedia", error)) return {};
    fs::directory_iterator entry(folder, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      if (stop_.stopped()) return Fail(ErrorCode::kInterrupted, "interrupted while listing {}", folder.string());
      const fs::path& path = entry->path();
      if (IsIgnored(path.filename().string())) continue;
      std::error_code unknown;
      if (!entry->is_directory(unknown)) {
        AddFile(path);
      } else if (entry->is_symlink(unknown)) {
        links_.push_back({path, open_});
      } else {
        RETURN_IF_ERROR(EnterFolder(path));
      }
    }
    if (error) {
      AddFailure(folder, FileError(error.value(), "list", folder));
      result_.unread.push_back(folder);
    }
    return {};
  }

  const WalkOptions& options_;
  const StopFlag& stop_;
  std::set<FolderKey> excluded_;
  std::set<FolderKey> entered_;
  struct Link {
    fs::path path;
    std::vector<FolderKey> open;  // as open_, where the link was found
  };
  std::vector<FolderKey> open_;  // the folders on the way down to the current one
  std::vector<Link> links_;
  WalkResult result_;
};

}  // namespace

Result<WalkResult> Walk(const std::vector<fs::path>& roots, const WalkOptions& options, const StopFlag& stop) {
  Walker walker(options, stop);
  for (const fs::path& root : roots) RETURN_IF_ERROR(walker.AddRoot(root));
  RETURN_IF_ERROR(walker.FollowLinks());
  return std::move(walker).Finish();
}

bool IsWithin(const fs::path& path, const fs::path& folder) {
  const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace kinfolder
