#include "cli/change_setting.h"

#include "app/config_file.h"

namespace kinfolder {

Result<std::filesystem::path> ConfigFile(const Invocation& invocation) {
  if (!invocation.loaded.config_file.empty()) return invocation.loaded.config_file;
  return Fail(ErrorCode::kInvalidArgument, "HOME is not set, so there is no place for a config file");
}

Status ChangeSetting(Invocation& invocation, const SettingInfo& setting, const std::string& value) {
  ASSIGN_OR_RETURN(const std::filesystem::path file, ConfigFile(invocation));
  ASSIGN_OR_RETURN(const std::string checked, CheckedValue(setting, value, invocation.environment));
  RETURN_IF_ERROR(SetInConfigFile(file, std::string(setting.name), checked));
  if (invocation.loaded.sources.find(setting.name)->second == ValueSource::kVariable) {
    invocation.console.Note("{} is set, too, and goes before the config file.", VariableOf(setting));
  }
  return {};
}

}  // namespace kinfolder
