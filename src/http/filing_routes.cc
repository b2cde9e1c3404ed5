#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "app/filing.h"
#include "http/backend.h"
#include "http/routes.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// What would be done now; with ?create_folders=yes after missing folders were made.
Result<Reply> ShowPlan(Backend& backend, const Request& request) {
  FilingChoice choice;
  choice.create_folders = request.Query("create_folders") == "yes";
  ASSIGN_OR_RETURN(const FilingPlan plan,
                   backend.Read<FilingPlan>([&](Workspace& workspace) { return PlanFiling(workspace, choice); }));
  return Reply{200, "application/json", {{"Cache-Control", "no-store"}}, PlanAsJson(plan)};
}

// Everybody's folder, made or not.
Result<Reply> ListPeoplesFolders(Backend& backend, const Request& /*request*/) {
  ASSIGN_OR_RETURN(const FilingPlan missing,
                   backend.Read<FilingPlan>([](Workspace& workspace) { return PlanFolders(workspace, {}); }));
  ASSIGN_OR_RETURN(const auto library, backend.library());
  std::vector<Json> folders;
  for (const LibraryPerson& person : library->people()) {
    const auto found =
        std::find_if(missing.folders.begin(), missing.folders.end(),
                     [&](const FolderCreation& creation) { return creation.person == person.person.name; });
    folders.push_back(Json::Object({{"person", person.person.name},
                                    {"photos", person.photos},
                                    {"missing", found == missing.folders.end() ? Json() : Json(found->folder)}}));
  }
  return Reply::OfJson(Json::Array(folders));
}

std::string_view NameOf(RunState state) {
  switch (state) {
    case RunState::kUnfinished:
      return "unfinished";
    case RunState::kDone:
      return "done";
    case RunState::kUndoing:
      return "undoing";
    case RunState::kUndone:
      return "undone";
  }
  return "";
}

Result<Reply> ListRuns(Backend& backend, const Request& /*request*/) {
  ASSIGN_OR_RETURN(const auto runs, backend.Read<std::vector<RunSummary>>(
                                        [](Workspace& workspace) { return workspace.journal().Runs(); }));
  return Reply::OfJson(Json::ArrayOf(runs, [](const RunSummary& run) {
    return Json::Object({{"id", run.id},
                         {"started_at", run.started_at},
                         {"state", NameOf(run.state)},
                         {"folders_created", run.folders_created},
                         {"photos_filed", run.photos_filed},
                         {"packs_written", run.packs_written},
                         {"bytes", run.bytes},
                         {"problems", Json::ArrayOf(run.problems, [](const auto& text) { return Json(text); })}});
  }));
}

Result<std::vector<PackRequest>> AllPacks(Backend& backend) {
  return backend.Read<std::vector<PackRequest>>([&](Workspace& workspace) -> Result<std::vector<PackRequest>> {
    ASSIGN_OR_RETURN(const fs::path packs, Chosen(workspace.settings().packs, "packs"));
    return PackRequests(workspace, {}, packs, {});
  });
}

Result<Reply> ListPacks(Backend& backend, const Request& /*request*/) {
  ASSIGN_OR_RETURN(const auto packs, AllPacks(backend));
  ASSIGN_OR_RETURN(const auto stale, StalePacks(packs, {}));
  return Reply::OfJson(Json::ArrayOf(packs, [&](const PackRequest& pack) {
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(pack.target, error);
    const bool is_stale =
        std::any_of(stale.begin(), stale.end(), [&](const PackRequest& other) { return other.target == pack.target; });
    return Json::Object({{"person", pack.person},
                         {"path", pack.target},
                         {"bytes", error ? Json() : Json(bytes)},
                         {"current", !error && !is_stale}});
  }));
}

Result<PackRequest> PackOf(Backend& backend, const std::string& person) {
  ASSIGN_OR_RETURN(const auto packs, AllPacks(backend));
  const auto found =
      std::find_if(packs.begin(), packs.end(), [&](const PackRequest& pack) { return pack.person == person; });
  if (found == packs.end()) return Fail(ErrorCode::kNotFound, "there is no pack for '{}'", person);
  return *found;
}

// RFC 6266 and 5987: the name in UTF-8, every byte escaped that may not stand as it is.
std::string Attachment(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
    escaped += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return "attachment; filename*=UTF-8''" + escaped;
}

Result<Reply> DownloadPack(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const PackRequest pack, PackOf(backend, request.captures.front()));
  return Reply{200,
               "application/zip",
               {{"Cache-Control", "no-store"}, {"Content-Disposition", Attachment(pack.target.filename().string())}},
               FileBody{pack.target}};
}

Result<Reply> VerifyPackOf(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const PackRequest pack, PackOf(backend, request.captures.front()));
  const Result<PackOutcome> outcome = VerifyPack(pack.target, StopFlag());
  return Reply::OfJson(Json::Object({{"person", pack.person},
                                     {"sound", outcome.has_value()},
                                     {"files", outcome ? Json(outcome->files) : Json()},
                                     {"reason", outcome ? Json() : Json(outcome.error().message)}}));
}

}  // namespace

std::vector<Route> FilingRoutes() {
  return {{"GET", "/api/plan", ShowPlan},
          {"GET", "/api/peoples-folders", ListPeoplesFolders},
          {"GET", "/api/runs", ListRuns},
          {"GET", "/api/packs", ListPacks},
          {"GET", "/api/packs/{}/file", DownloadPack},
          {"POST", "/api/packs/{}/verify", VerifyPackOf}};
}

}  // namespace kinfolder
