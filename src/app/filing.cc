#include "app/filing.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
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

Result<std::vector<PhotoToFile>> PhotosToFile(Catalog& catalog, const std::vector<MatchedFace>& matches,
                                              const People& people, const std::set<std::string>& chosen,
                                              const std::map<PhotoId, fs::path>& sources) {
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

// Everything but folders below the folder. In the people folder itself, a link to a folder is a person's folder.
Status AddExistingFiles(const fs::path& folder, bool enter_links, std::vector<ExistingFile>& existing) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  if (IsMissing(error)) return {};
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (entry->is_directory(unknown)) {
      const bool is_person = enter_links && entry.depth() == 0 && entry->is_symlink(unknown);
      if (is_person) RETURN_IF_ERROR(AddExistingFiles(entry->path(), false, existing));
      continue;
    }
    const std::uintmax_t bytes = entry->file_size(unknown);
    existing.push_back({entry->path(), unknown ? 0 : bytes, std::nullopt});
  }
  if (error) return Fail(FileError(error.value(), "list", folder));
  return {};
}

// Files that were filed for one of these people, are as they were then, and show a photo of the catalogue on which
// nobody finds the person any more.
Result<std::vector<FiledAlready>> Misplaced(Catalog& catalog, const std::vector<MatchedFace>& matches,
                                            const People& people, const std::set<std::string>& chosen,
                                            const FilingRequest& request,
                                            const std::unordered_map<std::string, FiledFile>& filed) {
  std::set<ContentHash> known;
  std::map<PhotoId, ContentHash> content_of;
  ASSIGN_OR_RETURN(const std::vector<CatalogPhoto> photos, catalog.Photos());
  for (const CatalogPhoto& photo : photos) {
    known.insert(photo.content);
    content_of.emplace(photo.id, photo.content);
  }
  std::set<std::pair<ContentHash, std::string>> shown;
  for (const MatchedFace& face : matches) {
    const auto name = face.match.person ? people.name_of.find(*face.match.person) : people.name_of.end();
    const auto content = content_of.find(face.face.photo);  // a scan may bring photos meanwhile
    if (name != people.name_of.end() && content != content_of.end()) shown.emplace(content->second, name->second);
  }
  std::map<std::string, std::string> person_of;  // by folder
  for (const auto& [person, folder] : people.folder_of) {
    if (chosen.contains(person)) person_of.emplace(folder, person);
  }
  std::vector<FiledAlready> misplaced;
  for (const ExistingFile& file : request.existing) {
    const auto earlier = filed.find(file.path.native());
    if (earlier == filed.end() || !known.contains(earlier->second.content)) continue;
    const auto person = person_of.find(file.path.lexically_relative(request.people_folder).begin()->native());
    if (person == person_of.end() || shown.contains({earlier->second.content, person->second})) continue;
    const Result<FileStamp> stamp = StampOf(file.path);
    if (stamp && *stamp == earlier->second.stamp) {
      misplaced.push_back({file.path, earlier->second.content, person->second});
    }
  }
  std::ranges::sort(misplaced, {}, &FiledAlready::target);
  return misplaced;
}

// What the planner has to compare: from the journal for files that are as it filed them, else read. A file that can't
// be read counts as different.
void AddContents(FilingRequest& request, const std::unordered_map<std::string, FiledFile>& filed) {
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
}

Json FiledAsJson(const FiledAlready& filed) {
  return Json::Object({{"person", filed.person}, {"target", filed.target}, {"sha256", ToHex(filed.content)}});
}

Json OperationAsJson(const FileOperation& operation) {
  return Json::Object({{"person", operation.person},
                       {"source", operation.source},
                       {"target", operation.target},
                       {"sha256", ToHex(operation.content)},
                       {"bytes", operation.bytes}});
}

// Photos that were moved are the user's where they are now.
Status FollowMoves(Catalog& catalog, const FilingPlan& plan) {
  return catalog.InTransaction([&]() -> Status {
    for (const FileOperation& operation : plan.operations) {
      std::error_code error;
      if (fs::exists(operation.source, error) || error) continue;
      const Result<FileStamp> stamp = StampOf(operation.target);
      ASSIGN_OR_RETURN(const std::optional<CatalogPhoto> photo, catalog.FindPhoto(operation.content));
      if (!stamp || !photo) continue;
      RETURN_IF_ERROR(catalog.PutFile({operation.target, *stamp}, photo->id, FileRole::kPhoto));
      RETURN_IF_ERROR(catalog.ForgetFile(operation.source));
    }
    return {};
  });
}

// And those that went back are not there any more; the next scan finds them where they were.
Status ForgetMovedBack(Workspace& workspace) {
  const fs::path& people_folder = workspace.settings().people;
  ASSIGN_OR_RETURN(const std::vector<CatalogFile> files, workspace.catalog().Files());
  return workspace.catalog().InTransaction([&]() -> Status {
    for (const CatalogFile& file : files) {
      std::error_code error;
      const bool is_gone = IsWithin(file.path, people_folder) && !fs::exists(file.path, error) && !error;
      if (is_gone) RETURN_IF_ERROR(workspace.catalog().ForgetFile(file.path));
    }
    return {};
  });
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
  ASSIGN_OR_RETURN(const std::vector<MatchedFace> matches, catalog.Matches());
  ASSIGN_OR_RETURN(request.photos, PhotosToFile(catalog, matches, people, chosen, sources));
  RETURN_IF_ERROR(AddExistingFiles(request.people_folder, true, request.existing));
  ASSIGN_OR_RETURN(const auto filed, workspace.journal().FiledFiles());
  ASSIGN_OR_RETURN(std::vector<FiledAlready> misplaced, Misplaced(catalog, matches, people, chosen, request, filed));
  ASSIGN_OR_RETURN(request.people_with_folder, WithFolder(people, request.people_folder));
  FilingPlan folders;
  if (choice.create_folders) {
    std::map<std::string, std::string> needed;
    for (const PhotoToFile& photo : request.photos) needed.emplace(photo.person, people.folder_of.at(photo.person));
    folders = kinfolder::PlanFolders(request.people_folder, needed, request.people_with_folder);
    for (const FolderCreation& creation : folders.folders) request.people_with_folder.insert(creation.person);
  }
  request.folder_of = std::move(people.folder_of);
  AddContents(request, filed);
  ASSIGN_OR_RETURN(FilingPlan plan, MakePlan(request));
  plan.folders.insert(plan.folders.begin(), folders.folders.begin(), folders.folders.end());
  plan.misplaced = std::move(misplaced);
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
    const fs::path pack = packs_folder / (folder_name + ".zip");
    const bool is_packed = is_there && fs::exists(pack, error);  // a folder that was emptied since: to be told
    if (has_files || is_packed || filled.contains(name)) requests.push_back({name, folder, pack});
  }
  return requests;
}

Result<std::vector<PackRequest>> StalePacks(const std::vector<PackRequest>& requests, const FilingPlan& plan) {
  std::set<std::string> changed;
  for (const FileOperation& operation : plan.operations) changed.insert(operation.person);
  std::vector<PackRequest> stale;
  for (const PackRequest& request : requests) {
    const bool is_current =
        !changed.contains(request.person) && PackIsCurrent(request).value_or(false);  // what is wrong comes up later
    if (!is_current) stale.push_back(request);
  }
  return stale;
}

Result<ApplyResult> ApplyFiling(Workspace& workspace, const FilingPlan& plan, const std::vector<PackRequest>& packs,
                                const ProgressFunction& progress, const StopFlag& stop) {
  ASSIGN_OR_RETURN(ApplyResult applied, workspace.journal().Apply(plan, packs, progress, stop));
  if (plan.method == FilingMethod::kMove) RETURN_IF_ERROR(FollowMoves(workspace.catalog(), plan));
  RETURN_IF_ERROR(CheckFinished(applied.run));
  return applied;
}

Result<ApplyResult> UndoFiling(Workspace& workspace, const std::optional<std::string>& run,
                               const ProgressFunction& progress, const StopFlag& stop) {
  ASSIGN_OR_RETURN(ApplyResult undone, workspace.journal().Undo(run, progress, stop));
  RETURN_IF_ERROR(ForgetMovedBack(workspace));
  RETURN_IF_ERROR(CheckFinished(undone.run));
  return undone;
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
  return Json::Object({{"method", NameOf(plan.method)},
                       {"bytes_to_write", plan.bytes_to_write()},
                       {"folders", folders},
                       {"operations", Json::ArrayOf(plan.operations, OperationAsJson)},
                       {"already", Json::ArrayOf(plan.already, FiledAsJson)},
                       {"misplaced", Json::ArrayOf(plan.misplaced, FiledAsJson)},
                       {"people_without_folder",
                        Json::ArrayOf(plan.people_without_folder, [](const std::string& name) { return Json(name); })}})
      .text();
}

}  // namespace kinfolder
