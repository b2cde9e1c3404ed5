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

// A file that lies in a person's folder now.
struct ExistingFile {
  std::filesystem::path path;
  std::optional<ContentHash> content;  // known only for what the planner has to compare with
};

struct FilingRequest {
  std::filesystem::path people_folder;  // absolute
  FilingMethod method = FilingMethod::kCopy;
  // Path below people_folder, of {person}, {year}, {month}, {day}, {name} (original file name): e.g.
  // "{person}/{year}/{name}". Photos without a date get "undated" for {year} and nothing for {month} and {day}.
  std::string layout = "{person}/{name}";
  std::map<std::string, std::string> folder_of;  // person -> folder name below people_folder (SafeUniqueNames)
  std::set<std::string> people_with_folder;      // for the others nothing is filed
  std::vector<PhotoToFile> photos;
  std::vector<ExistingFile> existing;            // all files below people_folder
};

// Equal content is filed once a person; different content with one name gets a number; nothing that exists is ever a
// target. Deterministic: the same request gives the same plan. kInvalidArgument for a layout that does not start with
// {person}, or has unknown fields.
Result<FilingPlan> MakePlan(const FilingRequest& request);

// The plan with the folders of these people to create and nothing else.
FilingPlan PlanFolders(const std::filesystem::path& people_folder, const std::map<std::string, std::string>& folder_of,
                       const std::set<std::string>& people_with_folder);

}  // namespace kinfolder
