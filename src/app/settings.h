// Settings: one table says every option's name, meaning and default; flags, KINFOLDER_* variables, the config file and
// docs/settings.md are made from it. A flag goes before the variable, the variable before the file, the file before
// the default.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/listen_address.h"
#include "app/photo_stages.h"
#include "app/standard_folders.h"
#include "base/result.h"
#include "domain/filing_plan.h"

namespace kinfolder {

// In place of a model package's name: the best of its kind that is installed.
inline constexpr char kBestPackage[] = "best";

// Folders are absolute; empty where neither the user nor HOME says where they are.
struct Settings {
  std::filesystem::path photos;
  std::filesystem::path known;
  std::filesystem::path out;
  std::filesystem::path people;
  std::filesystem::path packs;
  std::filesystem::path data;
  std::vector<std::filesystem::path> models;
  std::string detector = kBestPackage;
  std::string model = kBestPackage;
  Detail detail = Detail::kNormal;
  int min_face = 20;
  std::optional<float> threshold;  // absent: the model's own
  int jobs = 0;                    // 0: one for each processor
  FilingMethod method = FilingMethod::kCopy;
  std::string layout = "{person}/{name}";
  std::vector<std::string> ignore;
  ListenAddress listen;
  std::vector<std::string> hosts;
  std::filesystem::path certificate;
  std::filesystem::path certificate_key;
};

struct SettingInfo {
  std::string_view name;          // the flag without its dashes, e.g. "min-face"
  std::string_view value_name;    // "PIXELS"
  std::string_view default_text;  // for people: "OUT/People"
  std::string_view help;
  bool is_path;  // relative values are meant from the current folder, ~/ from the home folder; lists are joined with :
  Status (*read)(Settings& settings, const std::string& text);  // kInvalidArgument with what would be right
  std::string (*show)(const Settings& settings);                // the value as `read` takes it
};

std::span<const SettingInfo> AllSettings();
const SettingInfo* FindSetting(std::string_view name);

// "min-face" -> "KINFOLDER_MIN_FACE".
std::string VariableOf(const SettingInfo& setting);

enum class ValueSource { kDefault, kFile, kVariable, kFlag };
std::string_view NameOf(ValueSource source);

struct LoadedSettings {
  Settings settings;
  std::filesystem::path config_file;
  std::map<std::string, ValueSource, std::less<>> sources;  // of every setting, by name
};

// `flags` by setting name. kInvalidArgument with the place and the name of the setting that is wrong.
Result<LoadedSettings> LoadSettings(const std::map<std::string, std::string>& flags, const Environment& environment);

// What `text` means for this setting with paths made absolute, or why it is wrong; for `config set`.
Result<std::string> CheckedValue(const SettingInfo& setting, const std::string& text, const Environment& environment);

// The folder, or a sentence that asks for it where it is empty.
Result<std::filesystem::path> Chosen(const std::filesystem::path& folder, std::string_view setting_name);

std::string_view NameOf(Detail detail);
std::string_view NameOf(FilingMethod method);

}  // namespace kinfolder
