#include "app/standard_folders.h"

#include <cstdlib>
#include <sstream>

#include "base/file.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

fs::path AbsoluteValue(const Environment& environment, const std::string& name) {
  const std::optional<std::string> value = environment(name);
  return value && value->starts_with('/') ? fs::path(*value) : fs::path();
}

// The folder that `variable` names, else `fallback` below the home folder.
fs::path BaseFolder(const Environment& environment, const std::string& variable, const char* fallback) {
  if (fs::path chosen = AbsoluteValue(environment, variable); !chosen.empty()) return chosen;
  const fs::path home = HomeFolder(environment);
  return home.empty() ? home : home / fallback;
}

fs::path Below(const fs::path& folder, const char* name) { return folder.empty() ? folder : folder / name; }

// user-dirs.dirs has lines as XDG_PICTURES_DIR="$HOME/Bilder" or ="/srv/pictures".
fs::path PicturesOfUserDirs(const fs::path& file, const fs::path& home) {
  constexpr std::uint64_t kMaxBytes = 1 << 16;
  const Result<std::string> text = ReadTextFile(file, kMaxBytes);
  if (!text) return {};
  constexpr std::string_view kKey = "XDG_PICTURES_DIR=\"";
  constexpr std::string_view kHome = "$HOME/";
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kKey) || !line.ends_with('"') || line.size() <= kKey.size()) continue;
    const std::string value = line.substr(kKey.size(), line.size() - kKey.size() - 1);
    if (value.starts_with('/')) return value;
    // "$HOME/" alone is how user-dirs says that there is no such folder.
    if (value.starts_with(kHome) && value.size() > kHome.size()) return home / value.substr(kHome.size());
  }
  return {};
}

}  // namespace

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

fs::path HomeFolder(const Environment& environment) { return AbsoluteValue(environment, "HOME"); }

fs::path ConfigFolder(const Environment& environment) {
  return Below(BaseFolder(environment, "XDG_CONFIG_HOME", ".config"), "kinfolder");
}

fs::path DataFolder(const Environment& environment) {
  return Below(BaseFolder(environment, "XDG_DATA_HOME", ".local/share"), "kinfolder");
}

fs::path PicturesFolder(const Environment& environment) {
  const fs::path home = HomeFolder(environment);
  if (home.empty()) return {};
  const fs::path configuration = BaseFolder(environment, "XDG_CONFIG_HOME", ".config");
  const fs::path chosen = PicturesOfUserDirs(configuration / "user-dirs.dirs", home);
  return chosen.empty() ? home / "Pictures" : chosen;
}

std::vector<fs::path> SystemDataFolders(const Environment& environment) {
  const std::optional<std::string> listed = environment("XDG_DATA_DIRS");
  std::istringstream list(listed && !listed->empty() ? *listed : "/usr/local/share:/usr/share");
  std::vector<fs::path> folders;
  for (std::string folder; std::getline(list, folder, ':');) {
    if (folder.starts_with('/')) folders.push_back(fs::path(folder) / "kinfolder");
  }
  return folders;
}

}  // namespace kinfolder
