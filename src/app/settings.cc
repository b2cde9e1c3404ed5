#include "app/settings.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "app/config_file.h"
#include "base/number.h"
#include "filing/layout.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kDetails = {"fast", "normal", "full"};
constexpr std::array<std::string_view, 5> kMethods = {"copy", "hardlink", "reflink", "symlink", "move"};
constexpr int kMinFaceAtLeast = 12;  // P-Net's window: nothing smaller can be seen
constexpr int kMinFaceAtMost = 1000;
constexpr int kMaxJobs = 256;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::string Join(const std::vector<std::string>& parts) {
  std::string joined;
  for (const auto& part : parts) {
    if (!joined.empty()) joined += ':';
    joined += part;
  }
  return joined;
}

template <std::size_t N>
Result<int> OneOf(const std::array<std::string_view, N>& names, const std::string& text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  return Fail(ErrorCode::kInvalidArgument, "'{}' is none of {}", text, fmt::join(names, ", "));
}

template <class Number>
Result<Number> NumberBetween(Number least, Number most, const std::string& text) {
  if (const auto value = ParseNumber<Number>(text); value && *value >= least && *value <= most) return *value;
  return Fail(ErrorCode::kInvalidArgument, "'{}' is no number from {} to {}", text, least, most);
}

Status ReadName(std::string& target, const std::string& text) {
  if (text.empty() || text.find('/') != std::string::npos || text.front() == '.') {
    return Fail(ErrorCode::kInvalidArgument, "'{}' is no name of a model package", text);
  }
  target = text;
  return {};
}

template <fs::path Settings::*kMember>
Status ReadFolder(Settings& settings, const std::string& text) {
  if (text.empty()) return Fail(ErrorCode::kInvalidArgument, "a folder is needed");
  settings.*kMember = text;
  return {};
}

template <fs::path Settings::*kMember>
std::string ShowPath(const Settings& settings) {
  return (settings.*kMember).string();
}

template <fs::path Settings::*kMember>
Status ReadPath(Settings& settings, const std::string& text) {
  settings.*kMember = text;
  return {};
}

template <fs::path Settings::*kMember>
constexpr SettingInfo Folder(std::string_view name, std::string_view default_text, std::string_view help) {
  return {name, "DIR", default_text, help, true, ReadFolder<kMember>, ShowPath<kMember>};
}

Status ReadModels(Settings& settings, const std::string& text) {
  settings.models.clear();
  for (const std::string& folder : Split(text, ':')) settings.models.emplace_back(folder);
  return {};
}

Status ReadDetail(Settings& settings, const std::string& text) {
  ASSIGN_OR_RETURN(const int index, OneOf(kDetails, text));
  settings.detail = static_cast<Detail>(index);
  return {};
}

Status ReadMinFace(Settings& settings, const std::string& text) {
  ASSIGN_OR_RETURN(settings.min_face, NumberBetween(kMinFaceAtLeast, kMinFaceAtMost, text));
  return {};
}

Status ReadThreshold(Settings& settings, const std::string& text) {
  settings.threshold.reset();
  if (text == "model") return {};
  constexpr float kMostDistance = 2;  // of two unit vectors
  ASSIGN_OR_RETURN(settings.threshold, NumberBetween(0.0F, kMostDistance, text));
  return {};
}

Status ReadJobs(Settings& settings, const std::string& text) {
  ASSIGN_OR_RETURN(settings.jobs, NumberBetween(0, kMaxJobs, text));
  return {};
}

Status ReadMethod(Settings& settings, const std::string& text) {
  ASSIGN_OR_RETURN(const int index, OneOf(kMethods, text));
  settings.method = static_cast<FilingMethod>(index);
  return {};
}

constexpr SettingInfo kSettings[] = {
    Folder<&Settings::photos>("photos", "PICTURES/Kinfolder/Inbox", "Folder of the photos to look through"),
    Folder<&Settings::known>("known", "PICTURES/Kinfolder/Known",
                             "Folder with a folder of reference photos for each known person"),
    Folder<&Settings::out>("out", "PICTURES/Kinfolder", "Folder of the results: People and Packs are made in it"),
    Folder<&Settings::people>("people", "OUT/People", "Folder that gets a folder of photos for each person"),
    Folder<&Settings::packs>("packs", "OUT/Packs", "Folder that gets a zip file for each person"),
    Folder<&Settings::data>("data", "XDG_DATA_HOME/kinfolder", "Folder of the catalogue, the journal and the models"),
    {"models", "DIRS", "", "Folders to look for model packages in first, joined with ':'", true, ReadModels,
     [](const Settings& settings) {
       std::vector<std::string> folders;
       for (const fs::path& folder : settings.models) folders.push_back(folder.string());
       return Join(folders);
     }},
    {"detector", "PACKAGE", kBestPackage, "Model package that finds faces: a name, or the best that is installed",
     false, [](Settings& settings, const std::string& text) { return ReadName(settings.detector, text); },
     [](const Settings& settings) { return settings.detector; }},
    {"model", "PACKAGE", kBestPackage, "Model package that tells faces apart: a name, or the best that is installed",
     false, [](Settings& settings, const std::string& text) { return ReadName(settings.model, text); },
     [](const Settings& settings) { return settings.model; }},
    {"detail", "DETAIL", "normal", "How closely photos are looked at: fast, normal or full", false, ReadDetail,
     [](const Settings& settings) { return std::string(NameOf(settings.detail)); }},
    {"min-face", "PIXELS", "20", "Smallest face to look for, in pixels of the picture that is looked at", false,
     ReadMinFace, [](const Settings& settings) { return fmt::format("{}", settings.min_face); }},
    {"threshold", "DISTANCE", "model", "Distance below which a face gets a name: 'model' or a number up to 2", false,
     ReadThreshold,
     [](const Settings& settings) {
       return settings.threshold ? fmt::format("{}", *settings.threshold) : std::string("model");
     }},
    {"jobs", "COUNT", "0", "Photos worked on at the same time; 0: one for each processor", false, ReadJobs,
     [](const Settings& settings) { return fmt::format("{}", settings.jobs); }},
    {"by", "METHOD", "copy", "How photos get into people's folders: copy, hardlink, reflink, symlink or move", false,
     ReadMethod, [](const Settings& settings) { return std::string(NameOf(settings.method)); }},
    {"layout", "LAYOUT", "{person}/{name}",
     "Path of a filed photo: first {person}, last {name}, and between them folders of {year}, {month} and {day}", false,
     [](Settings& settings, const std::string& text) -> Status {
       RETURN_IF_ERROR(Layout::Parse(text));
       settings.layout = text;
       return {};
     },
     [](const Settings& settings) { return settings.layout; }},
    {"ignore", "GLOBS", "", "Names of files and folders to pass over, joined with ':', e.g. '*.mov:*.mp4:Trash'", false,
     [](Settings& settings, const std::string& text) -> Status {
       settings.ignore = Split(text, ':');
       return {};
     },
     [](const Settings& settings) { return Join(settings.ignore); }},
    {"listen", "ADDRESS[:PORT]", "127.0.0.1",
     "Where the window is served: this machine alone, or beyond it at an address of this machine or 0.0.0.0 for all "
     "of them, with a password; without a port any that is free",
     false,
     [](Settings& settings, const std::string& text) -> Status {
       ASSIGN_OR_RETURN(settings.listen, ParseListenAddress(text));
       return {};
     },
     [](const Settings& settings) { return ToString(settings.listen); }},
    {"hosts", "NAMES", "", "Names that browsers on other machines call this one by beside its own, joined with ':'",
     false,
     [](Settings& settings, const std::string& text) -> Status {
       settings.hosts = Split(text, ':');
       return {};
     },
     [](const Settings& settings) { return Join(settings.hosts); }},
    {"certificate", "FILE", "", "Certificate (PEM) for listening beyond this machine, in place of Kinfolder's own",
     true, ReadPath<&Settings::certificate>, ShowPath<&Settings::certificate>},
    {"certificate-key", "FILE", "", "The certificate's private key (PEM)", true, ReadPath<&Settings::certificate_key>,
     ShowPath<&Settings::certificate_key>},
};

Result<std::string> AbsolutePath(const std::string& text, const Environment& environment) {
  if (text == "~" || text.starts_with("~/")) {
    const fs::path home = HomeFolder(environment);
    if (home.empty()) return Fail(ErrorCode::kInvalidArgument, "'{}' needs HOME, which is not set", text);
    return (text == "~" ? home : home / text.substr(2)).lexically_normal().string();
  }
  std::error_code error;
  const fs::path absolute = fs::absolute(text, error);
  if (error) return Fail(ErrorCode::kInvalidArgument, "'{}' is no path: {}", text, error.message());
  std::string normal = absolute.lexically_normal().string();
  if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

Result<std::string> AbsolutePaths(const std::string& text, const Environment& environment) {
  std::vector<std::string> paths;
  for (const std::string& part : Split(text, ':')) {
    ASSIGN_OR_RETURN(paths.emplace_back(), AbsolutePath(part, environment));
  }
  return Join(paths);
}

// A folder's name may hold a colon; only lists are split.
Result<std::string> Normalized(const SettingInfo& setting, const std::string& text, const Environment& environment) {
  if (!setting.is_path || text.empty()) return text;
  return setting.value_name == "DIRS" ? AbsolutePaths(text, environment) : AbsolutePath(text, environment);
}

Status Take(const SettingInfo& setting, const std::string& text, const Environment& environment, Settings& settings,
            const std::string& place) {
  Result<std::string> value = Normalized(setting, text, environment);
  if (!value) return Fail(value.error().code, "{}: {}", place, value.error().message);
  const Status status = setting.read(settings, *value);
  if (!status) return Fail(status.error().code, "{}: {}", place, status.error().message);
  return {};
}

Settings Defaults(const Environment& environment) {
  Settings settings;
  if (const fs::path pictures = PicturesFolder(environment); !pictures.empty()) {
    settings.photos = pictures / "Kinfolder" / "Inbox";
    settings.known = pictures / "Kinfolder" / "Known";
    settings.out = pictures / "Kinfolder";
  }
  settings.data = DataFolder(environment);
  return settings;
}

Status CheckNames(const std::map<std::string, std::string>& values, const fs::path& file) {
  for (const auto& [name, text] : values) {
    if (FindSetting(name) == nullptr) {
      return Fail(ErrorCode::kInvalidArgument, "{} has '{}', which is no setting; see kinfolder config list",
                  file.string(), name);
    }
  }
  return {};
}

}  // namespace

std::span<const SettingInfo> AllSettings() { return kSettings; }

const SettingInfo* FindSetting(std::string_view name) {
  const auto* found = std::find_if(std::begin(kSettings), std::end(kSettings),
                                   [&](const SettingInfo& setting) { return setting.name == name; });
  return found == std::end(kSettings) ? nullptr : found;
}

std::string VariableOf(const SettingInfo& setting) {
  std::string variable = "KINFOLDER_";
  for (const char c : setting.name) {
    variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return variable;
}

std::string_view NameOf(ValueSource source) {
  switch (source) {
    case ValueSource::kDefault:
      return "default";
    case ValueSource::kFile:
      return "file";
    case ValueSource::kVariable:
      return "variable";
    case ValueSource::kFlag:
      return "flag";
  }
  return "";
}

Result<LoadedSettings> LoadSettings(const std::map<std::string, std::string>& flags, const Environment& environment) {
  LoadedSettings loaded;
  loaded.settings = Defaults(environment);
  std::map<std::string, std::string> from_file;
  if (const fs::path folder = ConfigFolder(environment); !folder.empty()) {
    loaded.config_file = folder / "config.toml";
    ASSIGN_OR_RETURN(from_file, ReadConfigFile(loaded.config_file));
    RETURN_IF_ERROR(CheckNames(from_file, loaded.config_file));
  }
  for (const SettingInfo& setting : kSettings) {
    const std::string name(setting.name);
    const std::string variable = VariableOf(setting);
    const std::optional<std::string> from_variable = environment(variable);
    ValueSource& source = loaded.sources[name];
    if (const auto flag = flags.find(name); flag != flags.end()) {
      source = ValueSource::kFlag;
      RETURN_IF_ERROR(Take(setting, flag->second, environment, loaded.settings, fmt::format("--{}", name)));
    } else if (from_variable && !from_variable->empty()) {
      source = ValueSource::kVariable;
      RETURN_IF_ERROR(Take(setting, *from_variable, environment, loaded.settings, variable));
    } else if (const auto value = from_file.find(name); value != from_file.end()) {
      source = ValueSource::kFile;
      const bool relative = setting.is_path && !value->second.starts_with('/') && !value->second.starts_with('~');
      if (relative && !value->second.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "{}: the path of '{}' must begin with / or ~/",
                    loaded.config_file.string(), name);
      }
      const std::string place = fmt::format("{}: {}", loaded.config_file.string(), name);
      RETURN_IF_ERROR(Take(setting, value->second, environment, loaded.settings, place));
    }
  }
  Settings& settings = loaded.settings;
  if (settings.people.empty() && !settings.out.empty()) settings.people = settings.out / "People";
  if (settings.packs.empty() && !settings.out.empty()) settings.packs = settings.out / "Packs";
  return loaded;
}

Result<std::string> CheckedValue(const SettingInfo& setting, const std::string& text, const Environment& environment) {
  ASSIGN_OR_RETURN(std::string value, Normalized(setting, text, environment));
  Settings scratch;
  const Status status = setting.read(scratch, value);
  if (!status) return Fail(status.error().code, "{}: {}", setting.name, status.error().message);
  return value;
}

Result<fs::path> Chosen(const fs::path& folder, std::string_view setting_name) {
  if (!folder.empty()) return folder;
  return Fail(ErrorCode::kInvalidArgument, "HOME is not set, so there is no default for --{0}: set HOME or give --{0}",
              setting_name);
}

std::string_view NameOf(Detail detail) { return kDetails[static_cast<std::size_t>(detail)]; }
std::string_view NameOf(FilingMethod method) { return kMethods[static_cast<std::size_t>(method)]; }

}  // namespace kinfolder
