#include "app/input_folders.h"

#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace kinfolder {

namespace fs = std::filesystem;

Result<bool> HasInput(const LoadedSettings& loaded, const std::string& setting) {
  ASSIGN_OR_RETURN(const fs::path folder, Chosen(FindSetting(setting)->show(loaded.settings), setting));
  std::error_code error;
  if (fs::exists(folder, error)) return !fs::is_directory(folder, error) || !fs::is_empty(folder, error);
  if (loaded.sources.at(setting) != ValueSource::kDefault) {
    return Fail(ErrorCode::kNotFound, "there is no folder {} (--{})", folder.string(), setting);
  }
  RETURN_IF_ERROR(MakeFolders(folder));
  return false;
}

}  // namespace kinfolder
