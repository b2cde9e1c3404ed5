// Where the desktop's conventions (XDG base and user directories) put configuration, data and pictures.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kinfolder {

// The value of a variable; nullopt where it is not set. Tests hand in their own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

Environment ProcessEnvironment();

// Each is absolute, or empty where neither its variable nor HOME tells (relative values are ignored, as XDG asks).
std::filesystem::path HomeFolder(const Environment& environment);
std::filesystem::path ConfigFolder(const Environment& environment);    // ~/.config/kinfolder
std::filesystem::path DataFolder(const Environment& environment);      // ~/.local/share/kinfolder
std::filesystem::path PicturesFolder(const Environment& environment);  // XDG_PICTURES_DIR, else ~/Pictures

// kinfolder/ below each of XDG_DATA_DIRS (/usr/local/share:/usr/share where that is not set).
std::vector<std::filesystem::path> SystemDataFolders(const Environment& environment);

}  // namespace kinfolder
