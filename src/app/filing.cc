#include "app/filing.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/json.h"
#include "base/file.h"
#include "filing/naming.h"
#include "filing/planner.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

struct People {
  std::map<PersonId, std::string> name_of;
  std::map<std::string, std::string> folder_of;  // name -> folder name
};

// Names of folders are given in the order in which people were added, so that a new person never changes the folder of
// somebody else.
Result<People> ReadPeople(Catalog& catalog) {
  ASSIGN_OR_RETURN(std::vector<Person> people, catalog.People());
  std::sort(people.begin(), people.end(), [](const Person& a, const Person& b) { return a.id < b.id; });
  std::vector<std::string> names;
  People result;
  for (const Person& person : people) {
    names.push_back(person.name);
    result.name_of.emplace(person.id, person.name);
  }
  const std::vector<std::string> folders = SafeUniqueNames(names);
  for (std::size_t i = 0; i < names.size(); ++i) result.folder_of.emplace(names[i], folders[i]);
  return result;
}

// The people asked for, as they are written in the catalogue.
Result<std::set<std::string>> ChosenPeople(Catalog& catalog, const People& people, const std::set<std::string>& asked) {
  std::set<std::string> names;
  if (asked.empty()) {
    for (const auto& [name, folder] : people.folder_of) names.insert(name);
  }
  for (const std::string& name : asked) {
    ASSIGN_OR_RETURN(const std::optional<Person> person, catalog.FindPerson(name));
    if (!person) {
      return Fail(ErrorCode::kNotFound, "nobody is called '{}'; kinfolder people list shows who is known", name);
    }
    names.insert(person->name);
  }
  return names;
}

// Fails where a disk does not tell: nobody is to be left out for that.
Result<std::set<std::string>> WithFolder(const People& people, const fs::path& people_folder) {
  std::set<std::string> names;
  for (const auto& [name, folder] : people.folder_of) {
    std::error_code error;
    if (fs::is_directory(people_folder / folder, error)) {
      names.insert(name);
    } else if (error && !IsMissing(error)) {
      return Fail(FileError(error.value(), "look at", people_folder / folder));
    }
  }
  return names;
}

// For each photo the file to take it from: the first that is still there.
Result<std::map<PhotoId, fs::path>> Sources(Catalog& catalog, const std::vector<fs::path>& below) {
  ASSIGN_OR_RETURN(const std::vector<CatalogFile> files, catalog.Files());
  std::map<PhotoId, fs::path> sources;
  for (const CatalogFile& file : files) {
    if (!file.photo || file.role != FileRole::kPhoto || sources.contains(*file.photo)) continue;
    const bool asked = below.empty() || std::any_of(below.begin(), below.end(), [&](const fs::path& folder) {
                         return IsWithin(file.path, folder);
                       });
    std::error_code error;  // a disk that does not tell: filing will
    if (asked && (fs::exists(file.path, error) || error)) sources.emplace(*file.photo, file.path);
  }
  return sources;
}

Result<std::vector<PhotoToFile>> PhotosToFile(Catalog& catalog, const People& people,
                                              const std::set<std::string>& chosen,
                                              const std::map<PhotoId, fs::path>& sources) {
  ASSIGN_OR_RETURN(const std::vector<MatchedFace> matches, catalog.Matches());
  std::set<std::pair<PhotoId, PersonId>> seen;
  std::vector<PhotoToFile> photos;
  for (const MatchedFace& face : matches) {
    if (!face.match.person || face.match.needs_review) continue;
    const auto source = sources.find(face.face.photo);
    const auto name = people.name_of.find(*face.match.person);
    if (source == sources.end() || name == people.name_of.end() || !chosen.contains(name->second)) continue;
    if (!seen.emplace(face.face.photo, *face.match.person).second) continue;
    ASSIGN_OR_RETURN(const CatalogPhoto photo, catalog.GetPhoto(face.face.photo));
    photos.push_back({name->second, source->second, photo.content, photo.info.bytes, photo.info.taken_at});
  }
  return photos;
}

// Everything but folders below the people folder.
Result<std::vector<ExistingFile>> ExistingFiles(const fs::path& people_folder) {
  std::vector<ExistingFile> existing;
  std::error_code error;
  fs::recursive_directory_iterator entry(people_folder, fs::directory_options::skip_permission_denied, error);
  if (IsMissing(error)) return existing;
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (entry->is_directory(unknown)) continue;
    const std::uintmax_t bytes = entry->file_size(unknown);
    existing.push_back({entry->path(), unknown ? 0 : bytes, std::nullopt});
  }
  if (error) return Fail(FileError(error.value(), "list", people_folder));
  return existing;
}

// What the planner has to compare: from the journal for files that are as it filed them, else read. A file that can't
// be read counts as different.
Status AddContents(FilingRequest& request, const Journal& journal) {
  ASSIGN_OR_RETURN(const auto filed, journal.FiledFiles());
  std::map<fs::path, ContentHash> known;
  for (const fs::path& path : FilesToHash(request)) {
    const auto earlier = filed.find(path.native());
    const Result<FileStamp> stamp = StampOf(path);
    if (stamp && earlier != filed.end() && earlier->second.stamp == *stamp) {
      known.emplace(path, earlier->second.content);
    } else if (const Result<Sha256Digest> content = Sha256OfFile(path)) {
      known.emplace(path, *content);
    }
  }
  for (ExistingFile& file : request.existing) {
    if (const auto found = known.find(file.path); found != known.end()) file.content = found->second;
  }
  return {};
}

Json OperationAsJson(const FileOperation& operation) {
  return Json::Object({{"person", operation.person},
                       {"source", operation.source},
                       {"target", operation.target},
                       {"sha256", ToHex(operation.content)},
                       {"bytes", operation.bytes}});
}

}  // namespace

Result<FilingPlan> PlanFiling(Workspace& workspace, const FilingChoice& choice) {
  Catalog& catalog = workspace.catalog();
  FilingRequest request;
  ASSIGN_OR_RETURN(request.people_folder, Chosen(workspace.settings().people, "people"));
  request.method = workspace.settings().method;
  request.layout = workspace.settings().layout;
  ASSIGN_OR_RETURN(People people, ReadPeople(catalog));
  ASSIGN_OR_RETURN(const std::set<std::string> chosen, ChosenPeople(catalog, people, choice.people));
  ASSIGN_OR_RETURN(const auto sources, Sources(catalog, choice.below));
  ASSIGN_OR_RETURN(request.photos, PhotosToFile(catalog, people, chosen, sources));
  ASSIGN_OR_RETURN(request.existing, ExistingFiles(request.people_folder));
  ASSIGN_OR_RETURN(request.people_with_folder, WithFolder(people, request.people_folder));
  FilingPlan folders;
  if (choice.create_folders) {
    std::map<std::string, std::string> needed;
    for (const PhotoToFile& photo : request.photos) needed.emplace(photo.person, people.folder_of.at(photo.person));
    folders = kinfolder::PlanFolders(request.people_folder, needed, request.people_with_folder);
    for (const FolderCreation& creation : folders.folders) request.people_with_folder.insert(creation.person);
  }
  request.folder_of = std::move(people.folder_of);
  RETURN_IF_ERROR(AddContents(request, workspace.journal()));
  ASSIGN_OR_RETURN(FilingPlan plan, MakePlan(request));
  plan.folders.insert(plan.folders.begin(), folders.folders.begin(), folders.folders.end());
  return plan;
}

Result<FilingPlan> PlanFolders(Workspace& workspace, const std::set<std::string>& asked) {
  ASSIGN_OR_RETURN(const fs::path people_folder, Chosen(workspace.settings().people, "people"));
  ASSIGN_OR_RETURN(People people, ReadPeople(workspace.catalog()));
  ASSIGN_OR_RETURN(const std::set<std::string> chosen, ChosenPeople(workspace.catalog(), people, asked));
  std::erase_if(people.folder_of, [&](const auto& entry) { return !chosen.contains(entry.first); });
  ASSIGN_OR_RETURN(const std::set<std::string> with_folder, WithFolder(people, people_folder));
  return kinfolder::PlanFolders(people_folder, people.folder_of, with_folder);
}

Result<std::vector<PackRequest>> PackRequests(Workspace& workspace, const std::set<std::string>& asked,
                                              const fs::path& packs_folder, const FilingPlan& plan) {
  ASSIGN_OR_RETURN(const fs::path people_folder, Chosen(workspace.settings().people, "people"));
  ASSIGN_OR_RETURN(const People people, ReadPeople(workspace.catalog()));
  ASSIGN_OR_RETURN(const std::set<std::string> chosen, ChosenPeople(workspace.catalog(), people, asked));
  std::set<std::string> filled;
  for (const FileOperation& operation : plan.operations) filled.insert(operation.person);
  std::vector<PackRequest> requests;
  for (const std::string& name : chosen) {
    const std::string& folder_name = people.folder_of.at(name);
    const fs::path folder = people_folder / folder_name;
    std::error_code error;
    const bool is_there = fs::exists(folder, error);
    const bool has_files = is_there && fs::is_directory(folder, error) && !fs::is_empty(folder, error);
    if (error) return Fail(FileError(error.value(), "look at", folder));
    if (has_files || filled.contains(name)) requests.push_back({name, folder, packs_folder / (folder_name + ".zip")});
  }
  return requests;
}

Result<std::vector<PackRequest>> StalePacks(const std::vector<PackRequest>& requests, const FilingPlan& plan) {
  std::set<std::string> changed;
  for (const FileOperation& operation : plan.operations) changed.insert(operation.person);
  std::vector<PackRequest> stale;
  for (const PackRequest& request : requests) {
    bool current = false;
    if (!changed.contains(request.person)) {
      ASSIGN_OR_RETURN(current, PackIsCurrent(request));
    }
    if (!current) stale.push_back(request);
  }
  return stale;
}

Result<ApplyResult> ApplyFiling(Workspace& workspace, const FilingPlan& plan, const std::vector<PackRequest>& packs,
                                const ProgressFunction& progress, const StopFlag& stop) {
  ASSIGN_OR_RETURN(ApplyResult applied, workspace.journal().Apply(plan, packs, progress, stop));
  RETURN_IF_ERROR(CheckFinished(applied.run));
  return applied;
}

Status CheckFinished(const RunSummary& run) {
  if (run.id.empty() || run.state == RunState::kDone || run.state == RunState::kUndone) return {};
  return Fail(ErrorCode::kInterrupted, "run {} was interrupted; the next run or undo goes on with it", run.id);
}

Status CheckFinished(const std::vector<ApplyResult>& recovered) {
  for (const ApplyResult& run : recovered) RETURN_IF_ERROR(CheckFinished(run.run));
  return {};
}

std::string PlanAsJson(const FilingPlan& plan) {
  const Json folders = Json::ArrayOf(plan.folders, [](const FolderCreation& creation) {
    return Json::Object({{"person", creation.person}, {"folder", creation.folder}});
  });
  const Json already = Json::ArrayOf(plan.already, [](const FiledAlready& filed) {
    return Json::Object({{"person", filed.person}, {"target", filed.target}, {"sha256", ToHex(filed.content)}});
  });
  return Json::Object({{"method", NameOf(plan.method)},
                       {"bytes_to_write", plan.bytes_to_write()},
                       {"folders", folders},
                       {"operations", Json::ArrayOf(plan.operations, OperationAsJson)},
                       {"already", already},
                       {"people_without_folder",
                        Json::ArrayOf(plan.people_without_folder, [](const std::string& name) { return Json(name); })}})
      .text();
}

}  // namespace kinfolder
