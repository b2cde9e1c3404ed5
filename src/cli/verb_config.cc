#include "app/config_file.h"
#include "app/settings_document.h"
#include "cli/change_setting.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

Result<const SettingInfo*> Require(const std::string& name) {
  const SettingInfo* setting = FindSetting(name);
  if (setting != nullptr) return setting;
  return Fail(ErrorCode::kNotFound, "there is no setting '{}'; kinfolder config list shows them", name);
}

Result<ExitStatus> Get(Invocation& invocation) {
  ASSIGN_OR_RETURN(const SettingInfo* setting, Require(*invocation.arguments.Value("name")));
  invocation.console.PrintLine(setting->show(invocation.settings()));
  return kAllDone;
}

Result<ExitStatus> Set(Invocation& invocation) {
  ASSIGN_OR_RETURN(const SettingInfo* setting, Require(*invocation.arguments.Value("name")));
  RETURN_IF_ERROR(ChangeSetting(invocation, *setting, *invocation.arguments.Value("value")));
  return kAllDone;
}

Result<ExitStatus> Unset(Invocation& invocation) {
  ASSIGN_OR_RETURN(const SettingInfo* setting, Require(*invocation.arguments.Value("name")));
  ASSIGN_OR_RETURN(const std::filesystem::path file, ConfigFile(invocation));
  RETURN_IF_ERROR(UnsetInConfigFile(file, std::string(setting->name)));
  return kAllDone;
}

Result<ExitStatus> Path(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::filesystem::path file, ConfigFile(invocation));
  invocation.console.PrintLine(file.string());
  return kAllDone;
}

Result<ExitStatus> ListSettings(Invocation& invocation) {
  Console& console = invocation.console;
  if (invocation.arguments.Has("markdown")) {
    console.PrintLine(SettingsDocument());
    return kAllDone;
  }
  std::vector<std::vector<std::string>> rows = {{"Setting", "Value", "From"}};
  for (const SettingInfo& setting : AllSettings()) {
    const std::string value = setting.show(invocation.settings());
    const std::string_view source = NameOf(invocation.loaded.sources.find(setting.name)->second);
    if (invocation.json()) {
      console.Print(Json::Object({{"setting", setting.name}, {"value", value}, {"from", source}}));
    }
    rows.push_back({std::string(setting.name), value, std::string(source)});
  }
  if (invocation.json()) return kAllDone;
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  return kAllDone;
}

}  // namespace

std::vector<Verb> ConfigVerbs() {
  const Argument name{Argument::Kind::kPositional, "name", "NAME", "The setting", true};
  return {{.name = "config list",
           .group = kSetupGroup,
           .summary = "Show all settings, and where each value comes from",
           .details = "",
           .arguments = {kJson, {Argument::Kind::kSwitch, "markdown", "", "Write the settings' documentation"}},
           .settings = {},
           .run = ListSettings},
          {.name = "config get",
           .group = kSetupGroup,
           .summary = "Show a setting's value",
           .details = "",
           .arguments = {name},
           .settings = {},
           .run = Get},
          {.name = "config set",
           .group = kSetupGroup,
           .summary = "Change a setting for good",
           .details = "",
           .arguments = {name, {Argument::Kind::kPositional, "value", "VALUE", "The value", true}},
           .settings = {},
           .run = Set},
          {.name = "config unset",
           .group = kSetupGroup,
           .summary = "Go back to a setting's default",
           .details = "",
           .arguments = {name},
           .settings = {},
           .run = Unset},
          {.name = "config path",
           .group = kSetupGroup,
           .summary = "Show where the config file is",
           .details = "",
           .arguments = {},
           .settings = {},
           .run = Path}};
}

}  // namespace kinfolder
