// Long work as a value: what is to be done, and how far it is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/json.h"
#include "base/progress.h"
#include "base/result.h"

namespace kinfolder {

enum class JobKind {
  kRun,        // the main job: recognise, make folders, file, pack
  kRecognize,  // only say who is on the photos
  kFolders,    // make the folders of people
  kFile,       // file the photos of people who have a folder
  kPack,       // write the packs that are not current
  kUndo,       // take a run back
};

struct JobRequest {
  JobKind kind = JobKind::kRun;
  std::vector<std::filesystem::path> paths;  // of kRun and kRecognize: instead of the photos folder
  std::vector<std::string> people;           // of kFolders, kFile and kPack: only these; empty: everybody
  std::string run;                           // of kUndo; "": the latest
  bool create_folders = true;                // of kRun

  bool operator==(const JobRequest&) const = default;
};

std::string_view NameOf(JobKind kind);
Json AsJson(const JobRequest& request);
// kInvalidArgument with what is wrong; fields that are not there have their defaults, "kind" must be.
Result<JobRequest> JobRequestFromJson(std::string_view text);

enum class JobState {
  kRunning,
  kPausing,  // asked to stop: the item in hand is being finished
  kPaused,
  kDone,
  kFailed,
};

struct JobStatus {
  std::int64_t number = 0;  // of this job among all of this process
  JobRequest request;
  JobState state = JobState::kRunning;
  std::string step;
  ProgressUpdate progress;   // of the step
  double step_seconds = 0;   // since the step began
  Error failure;             // of kFailed
  Json result;               // of kDone: what app/report.h says of it
  std::int64_t version = 0;  // rises with every change
};

std::string_view NameOf(JobState state);
Json AsJson(const JobStatus& status);

}  // namespace kinfolder
