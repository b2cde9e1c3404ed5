// Makes filing plans. Pure: it looks at what it is given, never at the disk.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/filing_plan.h"
#include "domain/photo.h"

namespace kinfolder {

// One photo that shows one person.
struct PhotoToFile {
  std::string person;
  std::filesystem::path source;  // absolute
  ContentHash content;
  std::uint64_t bytes = 0;
  std::optional<LocalTime> taken_at;
};

// Something other than a folder that lies below people_folder now.
struct ExistingFile {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::optional<ContentHash> content;  // where known; FilesToHash says whose is needed
};

struct FilingRequest {
  std::filesystem::path people_folder;  // absolute
  FilingMethod method = FilingMethod::kCopy;
  std::string layout = "{person}/{name}";        // filing/layout.h
  std::map<std::string, std::string> folder_of;  // person -> folder name below people_folder (SafeUniqueNames)
  std::set<std::string> people_with_folder;      // for the others nothing is filed
  std::vector<PhotoToFile> photos;
  std::vector<ExistingFile> existing;  // everything but folders below people_folder
};

// The existing files that may be a photo to file (in its person's folder, of its size) and whose content is not given:
// to be hashed by the caller before MakePlan, which takes files of unknown content for different.
std::vector<std::filesystem::path> FilesToHash(const FilingRequest& request);

// Equal content is filed once a person; different content with one name gets a number; nothing that exists is ever a
// target, nor anything that a file system without regard to case could take for it. The plan's folders are those
// below the people's own that no existing file proves to be there. Deterministic: the same request gives the same
// plan, whatever the order of its photos and files. kInvalidArgument for a bad layout (filing/layout.h), a person with
// a folder but no name for it, and for two people with one folder.
Result<FilingPlan> MakePlan(const FilingRequest& request);

// The plan that creates the folders of everybody in `folder_of` who is not in `people_with_folder`, and nothing else.
FilingPlan PlanFolders(const std::filesystem::path& people_folder, const std::map<std::string, std::string>& folder_of,
                       const std::set<std::string>& people_with_folder);

}  // namespace kinfolder
