#include "app/browse.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "app/walk.h"
#include "base/file.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

Result<fs::path> Allowed(const fs::path& folder, const std::vector<fs::path>& roots) {
  if (!folder.is_absolute()) return Fail(ErrorCode::kInvalidArgument, "'{}' is no whole path", folder.string());
  std::error_code error;
  fs::path real = fs::canonical(folder, error);
  if (error) return Fail(FileError(error.value(), "open", folder));
  const bool allowed =
      std::any_of(roots.begin(), roots.end(), [&](const fs::path& root) { return IsWithin(real, root); });
  if (allowed) return real;
  return Fail(ErrorCode::kPermissionDenied, "{} is not among the folders to choose from", folder.string());
}

void AddRoot(std::vector<fs::path>& roots, const fs::path& folder) {
  std::error_code error;
  if (folder.empty()) return;
  const fs::path real = fs::canonical(folder, error);
  if (error || !fs::is_directory(real, error)) return;
  if (std::find(roots.begin(), roots.end(), real) == roots.end()) roots.push_back(real);
}

bool MayBePhoto(const fs::directory_entry& entry) {
  static constexpr std::string_view kOther[] = {".mp4", ".mov", ".avi", ".xmp", ".txt", ".pdf", ".zip", ".json"};
  std::error_code error;
  if (!entry.is_regular_file(error)) return false;
  std::string extension = entry.path().extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return !extension.empty() && std::find(std::begin(kOther), std::end(kOther), extension) == std::end(kOther);
}

}  // namespace

std::vector<fs::path> BrowsingRoots(const Settings& settings, const Environment& environment) {
  std::vector<fs::path> roots;
  for (const fs::path& folder : {HomeFolder(environment), fs::path("/media"), fs::path("/mnt"), fs::path("/run/media"),
                                 settings.photos, settings.known, settings.out, settings.people, settings.packs}) {
    AddRoot(roots, folder);
  }
  return roots;
}

Result<BrowsedFolder> Browse(const fs::path& folder, const std::vector<fs::path>& roots) {
  BrowsedFolder result;
  ASSIGN_OR_RETURN(result.path, Allowed(folder, roots));
  if (Allowed(result.path.parent_path(), roots) && result.path.has_relative_path()) {
    result.parent = result.path.parent_path();
  }
  std::error_code error;
  fs::directory_iterator entry(result.path, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with('.')) continue;
    std::error_code unknown;
    const bool is_folder = entry->is_directory(unknown);
    if (!is_folder && !MayBePhoto(*entry)) continue;
    std::vector<fs::path>& list = is_folder ? result.folders : result.photos;
    if (list.size() == kMostBrowsed) {
      result.cut = true;
    } else {
      list.push_back(entry->path());
    }
  }
  if (error) return Fail(FileError(error.value(), "open", result.path));
  std::sort(result.folders.begin(), result.folders.end());
  std::sort(result.photos.begin(), result.photos.end());
  return result;
}

Result<fs::path> MakeFolderIn(const fs::path& parent, const std::string& name, const std::vector<fs::path>& roots) {
  ASSIGN_OR_RETURN(const fs::path real, Allowed(parent, roots));
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos ||
      name.find('\0') != std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, "'{}' is no name for a folder", name);
  }
  fs::path folder = real / name;
  std::error_code error;
  if (fs::exists(folder, error)) return Fail(ErrorCode::kAlreadyExists, "{} is there already", folder.string());
  RETURN_IF_ERROR(MakeFolders(folder));
  return folder;
}

}  // namespace kinfolder
