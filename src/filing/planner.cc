#include "filing/planner.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "filing/layout.h"
#include "filing/naming.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// The path below the folder; nothing for a path elsewhere.
std::string_view Below(const fs::path& folder, const fs::path& path) {
  std::string_view root = folder.native();
  while (root.ends_with('/')) root.remove_suffix(1);
  std::string_view text = path.native();
  if (!text.starts_with(root) || text.size() <= root.size() + 1 || text[root.size()] != '/') return {};
  return text.substr(root.size() + 1);
}

std::string Join(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

// Which names below the people folder are taken, without regard to case.
class Places {
 public:
  void AddFile(std::string_view path) {
    std::string folder;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
      folder = AddFolder(folder, path.substr(0, slash));
      path.remove_prefix(slash + 1);
    }
    files_.insert(KeyIn(folder, path));
  }

  // Returns the folder's path with the spelling it has on the disk.
  std::string AddFolder(const std::string& parent, std::string_view name) {
    return folders_.try_emplace(KeyIn(parent, name), Join(parent, name)).first->second;
  }

  struct Folder {
    std::string path;
    bool is_new = false;
  };
  // The folder of that name, or a new one; numbered where a file has the name.
  Folder FindFolder(const std::string& parent, const std::string& name) {
    std::string candidate = name;
    for (int number = 2; files_.contains(KeyIn(parent, candidate)); ++number) candidate = NumberedName(name, number);
    const std::size_t known = folders_.size();
    std::string path = AddFolder(parent, candidate);
    return {std::move(path), folders_.size() > known};
  }

  // A path in the folder that nothing has; it is taken from now on.
  std::string NewFile(const std::string& folder, const std::string& name) {
    std::string candidate = name;
    int& number = next_number_.try_emplace(KeyIn(folder, name), 2).first->second;
    for (;; candidate = NumberedName(name, number++)) {
      const std::string key = KeyIn(folder, candidate);
      if (!folders_.contains(key) && files_.insert(key).second) return Join(folder, candidate);
    }
  }

 private:
  // Part by part: a NameKey may hold a slash that the name has not (of U+FF0F, say).
  static std::string KeyIn(const std::string& folder, std::string_view name) {
    std::string key;
    for (std::string_view rest = folder; !rest.empty();) {
      const std::size_t end = std::min(rest.find('/'), rest.size());
      key.append(NameKey(rest.substr(0, end))).push_back('\0');
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return key.append(NameKey(name));
  }

  std::unordered_set<std::string> files_;                 // keys
  std::unordered_map<std::string, std::string> folders_;  // key -> path
  std::unordered_map<std::string, int> next_number_;      // key of the name without a number -> next to try
};

// The files of each person's folder, in the order of their paths.
std::map<std::string, std::vector<const ExistingFile*>> FilesByPerson(const FilingRequest& request) {
  std::unordered_map<std::string_view, const std::string*> person_of;
  for (const auto& [person, folder] : request.folder_of) person_of.emplace(folder, &person);
  std::map<std::string, std::vector<const ExistingFile*>> files;
  for (const ExistingFile& file : request.existing) {
    const std::string_view below = Below(request.people_folder, file.path);
    const auto person = person_of.find(below.substr(0, below.find('/')));
    if (person != person_of.end()) files[*person->second].push_back(&file);
  }
  for (auto& [person, list] : files) {
    std::sort(list.begin(), list.end(),
              [](const ExistingFile* a, const ExistingFile* b) { return a->path.native() < b->path.native(); });
  }
  return files;
}

std::unordered_map<std::string_view, ContentHash> ContentBySource(const FilingRequest& request) {
  std::unordered_map<std::string_view, ContentHash> contents;
  for (const PhotoToFile& photo : request.photos) contents.emplace(photo.source.native(), photo.content);
  return contents;
}

Status CheckFolderNames(const FilingRequest& request) {
  std::map<std::string, std::string> person_of;  // by NameKey of the folder
  for (const auto& [person, folder] : request.folder_of) {
    if (folder.empty() || folder == "." || folder == ".." || folder.find('/') != std::string::npos) {
      return Fail(ErrorCode::kInvalidArgument, "\"{}\" can't be the name of {}'s folder", folder, person);
    }
    const auto [other, is_new] = person_of.emplace(NameKey(folder), person);
    if (!is_new) {
      return Fail(ErrorCode::kInvalidArgument, "{} and {} can't both have the folder \"{}\"", other->second, person,
                  folder);
    }
  }
  for (const std::string& person : request.people_with_folder) {
    if (!request.folder_of.contains(person)) {
      return Fail(ErrorCode::kInvalidArgument, "no folder name is given for {}", person);
    }
  }
  return {};
}

class Planner {
 public:
  Planner(const FilingRequest& request, Layout layout) : request_(request), layout_(std::move(layout)) {
    for (const ExistingFile& file : request.existing) {
      if (const std::string_view below = Below(request.people_folder, file.path); !below.empty()) {
        places_.AddFile(below);
      }
    }
    for (const std::string& person : request.people_with_folder) places_.AddFolder("", request.folder_of.at(person));
    plan_.method = request.method;
  }

  FilingPlan Make() {
    std::map<std::string, std::vector<const PhotoToFile*>> photos_of;
    for (const PhotoToFile& photo : request_.photos) photos_of[photo.person].push_back(&photo);
    const auto files_of = FilesByPerson(request_);
    const auto content_by_source = ContentBySource(request_);
    for (auto& [person, photos] : photos_of) {
      if (!request_.people_with_folder.contains(person)) {
        plan_.people_without_folder.push_back(person);
        continue;
      }
      std::map<ContentHash, fs::path> filed;  // where each content lies already
      if (const auto files = files_of.find(person); files != files_of.end()) {
        for (const ExistingFile* file : files->second) {
          const auto source = content_by_source.find(file->path.native());
          if (file->content) filed.emplace(*file->content, file->path);
          if (source != content_by_source.end()) filed.emplace(source->second, file->path);
        }
      }
      FilePhotos(photos, filed);
    }
    return std::move(plan_);
  }

 private:
  void FilePhotos(std::vector<const PhotoToFile*>& photos, const std::map<ContentHash, fs::path>& filed) {
    std::sort(photos.begin(), photos.end(), [](const PhotoToFile* a, const PhotoToFile* b) {
      return std::tie(a->source.native(), a->content) < std::tie(b->source.native(), b->content);
    });
    std::set<ContentHash> seen;
    for (const PhotoToFile* photo : photos) {
      if (!seen.insert(photo->content).second) continue;
      if (const auto place = filed.find(photo->content); place != filed.end()) {
        plan_.already.push_back({place->second, photo->content, photo->person});
      } else {
        plan_.operations.push_back({photo->source, TargetOf(*photo), photo->content, photo->bytes, photo->person});
      }
    }
  }

  fs::path TargetOf(const PhotoToFile& photo) {
    const std::vector<std::string> names =
        layout_.Fill(request_.folder_of.at(photo.person), photo.taken_at, photo.source.filename().native());
    std::string folder = names.front();
    for (std::size_t i = 1; i + 1 < names.size(); ++i) {
      Places::Folder found = places_.FindFolder(folder, names[i]);
      folder = std::move(found.path);
      if (found.is_new) plan_.folders.push_back({request_.people_folder / folder, photo.person});
    }
    return request_.people_folder / places_.NewFile(folder, names.back());
  }

  const FilingRequest& request_;
  Layout layout_;
  Places places_;
  FilingPlan plan_;
};

}  // namespace

std::vector<fs::path> FilesToHash(const FilingRequest& request) {
  std::map<std::string, std::set<std::uint64_t>> sizes_of;
  for (const PhotoToFile& photo : request.photos) {
    if (request.people_with_folder.contains(photo.person)) sizes_of[photo.person].insert(photo.bytes);
  }
  const auto content_by_source = ContentBySource(request);
  std::vector<fs::path> paths;
  for (const auto& [person, files] : FilesByPerson(request)) {
    const auto sizes = sizes_of.find(person);
    if (sizes == sizes_of.end()) continue;
    for (const ExistingFile* file : files) {
      if (!file->content && sizes->second.contains(file->bytes) && !content_by_source.contains(file->path.native())) {
        paths.push_back(file->path);
      }
    }
  }
  return paths;
}

Result<FilingPlan> MakePlan(const FilingRequest& request) {
  ASSIGN_OR_RETURN(Layout layout, Layout::Parse(request.layout));
  RETURN_IF_ERROR(CheckFolderNames(request));
  return Planner(request, std::move(layout)).Make();
}

FilingPlan PlanFolders(const fs::path& people_folder, const std::map<std::string, std::string>& folder_of,
                       const std::set<std::string>& people_with_folder) {
  FilingPlan plan;
  for (const auto& [person, folder] : folder_of) {
    if (!people_with_folder.contains(person)) plan.folders.push_back({people_folder / folder, person});
  }
  return plan;
}

}  // namespace kinfolder
