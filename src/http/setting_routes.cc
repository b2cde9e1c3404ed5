#include <algorithm>
#include <filesystem>
#include <system_error>

#include "app/browse.h"
#include "app/networks.h"
#include "base/file.h"
#include "http/backend.h"
#include "http/json_body.h"
#include "http/routes.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// What is wrong with the folder of a setting, in a sentence; "" for nothing. Folders of results are made when they are
// needed, and default folders are made when they are missing.
std::string FolderProblem(const LoadedSettings& loaded, const std::string& name, const fs::path& folder) {
  std::error_code error;
  if (folder.empty()) return fmt::format("no folder is chosen for '{}'", name);
  if (fs::is_directory(folder, error)) return "";
  if (fs::exists(folder, error)) return folder.string() + " is a file, not a folder";
  if (error && !IsMissing(error)) {
    return fmt::format("{} can't be reached: {}", folder.string(), error.message());
  }
  const bool is_input = name == "photos" || name == "known";
  if (is_input && loaded.sources.at(name) != ValueSource::kDefault) return "there is no folder " + folder.string();
  return "";
}

Json SettingAsJson(const LoadedSettings& loaded, const SettingInfo& setting) {
  const std::string name(setting.name);
  const std::string value = setting.show(loaded.settings);
  const bool is_folder = setting.value_name == "DIR";
  const std::string problem = is_folder ? FolderProblem(loaded, name, value) : "";
  return Json::Object({{"name", name},
                       {"value", value},
                       {"source", NameOf(loaded.sources.at(name))},
                       {"default", setting.default_text},
                       {"help", setting.help},
                       {"is_folder", is_folder},
                       {"problem", problem.empty() ? Json() : Json(problem)}});
}

Result<Reply> ListSettings(Backend& backend, const Request& /*request*/) {
  const LoadedSettings loaded = backend.settings();
  return Reply::OfJson(
      Json::ArrayOf(AllSettings(), [&](const SettingInfo& setting) { return SettingAsJson(loaded, setting); }));
}

// A folder of photos or people must be there before it is chosen.
Status CheckNewFolder(const SettingInfo& setting, const std::string& value, const Backend& backend) {
  if (setting.value_name != "DIR" || value.empty()) return {};
  ASSIGN_OR_RETURN(const std::string path, CheckedValue(setting, value, backend.environment()));
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  if (fs::exists(path, error)) return Fail(ErrorCode::kInvalidArgument, "{} is a file, not a folder", path);
  const bool is_input = setting.name == "photos" || setting.name == "known";
  const fs::path parent = fs::path(path).parent_path();
  if (is_input) return Fail(ErrorCode::kNotFound, "there is no folder {}", path);
  if (fs::is_directory(parent, error) || fs::is_directory(parent.parent_path(), error)) return {};
  return Fail(ErrorCode::kNotFound, "there is no folder {} to make {} in", parent.string(),
              fs::path(path).filename().string());
}

Result<Reply> ChangeSetting(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
  ASSIGN_OR_RETURN(const std::string value, body.Text("value"));
  const SettingInfo* const setting = FindSetting(request.captures.front());
  if (setting == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no setting '{}'", request.captures.front());
  }
  RETURN_IF_ERROR(CheckNewFolder(*setting, value, backend));
  RETURN_IF_ERROR(backend.ChangeSetting(request.captures.front(), value));
  return Reply::OfJson(SettingAsJson(backend.settings(), *setting));
}

Json PathsAsJson(const std::vector<fs::path>& paths) {
  return Json::ArrayOf(paths, [](const fs::path& path) {
    return Json::Object({{"path", path}, {"name", path.filename()}});
  });
}

Result<Reply> BrowseFolder(Backend& backend, const Request& request) {
  const std::vector<fs::path> roots = BrowsingRoots(backend.settings().settings, backend.environment());
  if (roots.empty()) return Fail(ErrorCode::kNotFound, "there is no folder to choose from");
  ASSIGN_OR_RETURN(const BrowsedFolder folder, Browse(request.Query("path").value_or(roots.front().string()), roots));
  return Reply::OfJson(Json::Object({{"path", folder.path},
                                     {"parent", folder.parent.empty() ? Json() : Json(folder.parent)},
                                     {"roots", PathsAsJson(roots)},
                                     {"folders", PathsAsJson(folder.folders)},
                                     {"photos", PathsAsJson(folder.photos)},
                                     {"cut", folder.cut}}));
}

Result<Reply> MakeFolder(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
  ASSIGN_OR_RETURN(const std::string parent, body.Text("parent"));
  ASSIGN_OR_RETURN(const std::string name, body.Text("name"));
  const std::vector<fs::path> roots = BrowsingRoots(backend.settings().settings, backend.environment());
  ASSIGN_OR_RETURN(const fs::path folder, MakeFolderIn(parent, name, roots));
  return Reply::OfJson(Json::Object({{"path", folder}, {"name", folder.filename()}}), 201);
}

// Everything a window asks first.
Result<Reply> ShowState(Backend& backend, const Request& /*request*/) {
  const LoadedSettings loaded = backend.settings();
  const auto networks = Networks::Find(loaded.settings, backend.environment());
  const auto count = [](Workspace& workspace) { return workspace.catalog().Counts(); };
  ASSIGN_OR_RETURN(const CatalogCounts counts, backend.Read<CatalogCounts>(count));
  ASSIGN_OR_RETURN(const auto library, backend.library());
  std::int64_t unknown = 0;
  std::int64_t uncertain = 0;
  for (const LibraryPhoto& photo : library->photos()) {
    unknown += photo.unknown;
    uncertain += photo.uncertain;
  }
  return Reply::OfJson(
      Json::Object({{"version", KINFOLDER_VERSION},
                    {"model", networks ? Json((*networks)->embedder_id()) : Json(loaded.settings.model)},
                    {"threshold", networks ? Json((*networks)->threshold()) : Json()},
                    {"model_problem", networks ? Json() : Json(networks.error().message)},
                    {"photos", counts.photos},
                    {"faces", counts.faces},
                    {"people", counts.people},
                    {"failures", counts.failures},
                    {"unknown_faces", unknown},
                    {"uncertain_faces", uncertain}}));
}

// When the window that asked knows of it. A job at work is gone on with at the next start.
Result<Reply> Quit(Backend& backend, const Request& /*request*/) {
  Reply reply = Reply::Nothing();
  reply.when_sent = [&backend] { backend.Quit(); };
  return reply;
}

}  // namespace

std::vector<Route> SettingRoutes() {
  return {{"GET", "/api/state", ShowState},           {"GET", "/api/settings", ListSettings},
          {"PUT", "/api/settings/{}", ChangeSetting}, {"GET", "/api/folders", BrowseFolder},
          {"POST", "/api/folders", MakeFolder},       {"POST", "/api/quit", Quit}};
}

}  // namespace kinfolder
