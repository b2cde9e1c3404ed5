// Looking through the machine's folders, to choose one: names only, nothing is opened.
#pragma once

#include <filesystem>
#include <vector>

#include "app/settings.h"
#include "base/result.h"

namespace kinfolder {

struct BrowsedFolder {
  std::filesystem::path path;
  std::filesystem::path parent;                // empty at the top of what may be seen
  std::vector<std::filesystem::path> folders;  // by name, without hidden ones
  std::vector<std::filesystem::path> photos;   // files that may be photos, by name
  bool cut = false;                            // there are more than kMostBrowsed of them
};
inline constexpr std::size_t kMostBrowsed = 5000;

// Where choosing begins: the home folder, mounted media, and the folders of the settings.
std::vector<std::filesystem::path> BrowsingRoots(const Settings& settings, const Environment& environment);

// What is in `folder`, which must lie at or below one of the roots, links resolved: kPermissionDenied otherwise.
// kNotFound, kPermissionDenied with a sentence when it can't be read.
Result<BrowsedFolder> Browse(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& roots);

// Makes `name` in `parent`, which must be below one of the roots, too. kInvalidArgument for what is no single name,
// kAlreadyExists.
Result<std::filesystem::path> MakeFolderIn(const std::filesystem::path& parent, const std::string& name,
                                           const std::vector<std::filesystem::path>& roots);

}  // namespace kinfolder
