#include "app/settings_document.h"

#include <fmt/format.h>

#include "app/settings.h"

namespace kinfolder {

std::string SettingsDocument() {
  std::string text =
      "# Settings\n\n"
      "Each setting may be given as a flag, as a variable of the environment, or in the config file\n"
      "(`kinfolder config path` says where it is; `kinfolder config set NAME VALUE` writes it). A flag goes before "
      "the\n"
      "variable, the variable before the file, the file before the default. `PICTURES` is the desktop's pictures "
      "folder\n"
      "(`XDG_PICTURES_DIR`, else `~/Pictures`), `OUT` the value of `out`.\n\n"
      "| setting | flag | variable | default | meaning |\n|---|---|---|---|---|\n";
  for (const SettingInfo& setting : AllSettings()) {
    const std::string usual = setting.default_text.empty() ? "" : fmt::format("`{}`", setting.default_text);
    text += fmt::format("| `{0}` | `--{0} {1}` | `{2}` | {3} | {4} |\n", setting.name, setting.value_name,
                        VariableOf(setting), usual, setting.help);
  }
  text += "\nMade by `kinfolder config list --markdown`.";
  return text;
}

}  // namespace kinfolder
