// The main job in one call: take in the known people, scan the photos, name the faces, file, pack.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/filing.h"
#include "app/identify.h"
#include "app/people.h"
#include "app/scan.h"
#include "app/workspace.h"

namespace kinfolder {

struct RunRequest {
  std::vector<std::filesystem::path> paths;  // photos, or folders of them, to look through; empty: the photos folder
  bool file = true;                          // false: only say who is on the photos
  // Asked with the plan before folders are made; absent: they are made. When the answer is no, photos are filed only
  // for people whose folder is there.
  std::function<bool(const FilingPlan&)> may_create_folders;
};

struct PersonOutcome {
  std::string name;
  int photos = 0;  // of the photos folder, that show the person
  int faces = 0;
  int added = 0;      // photos filed by this run
  int uncertain = 0;  // faces left for the user to decide
};

struct RunOutcome {
  std::vector<ApplyResult> recovered;  // what an earlier run had left open, and this one finished
  IntakeResult intake;
  ScanResult scan;
  IdentifyResult identify;
  FilingPlan plan;
  ApplyResult applied;                // run.id is empty when there was nothing to do
  std::vector<PersonOutcome> people;  // by name; everybody known
  int unknown_faces = 0;              // in the photos folder
  std::vector<PackRequest> packs;     // all there are for this run's people, fresh or not
};

// What each step is called, for progress.
using StepFunction = std::function<void(std::string_view step)>;

// Names the faces of the photos and files these; folders, copies and packs are one run of the journal, so that one undo
// takes it all back.
Result<RunOutcome> RunMainJob(Workspace& workspace, const RunRequest& request, const StepFunction& step,
                              const ProgressFunction& progress, const StopFlag& stop);

}  // namespace kinfolder
