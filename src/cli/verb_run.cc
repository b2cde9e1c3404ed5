#include <filesystem>
#include <utility>

#include "app/input_folders.h"
#include "app/report.h"
#include "app/run.h"
#include "cli/journal_report.h"
#include "cli/verbs.h"
#include "filing/space.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

void NoteIntake(Console& console, const IntakeResult& intake) {
  for (const std::string& name : intake.new_people) console.Note("New: {}", name);
  for (const std::string& note : intake.notes) console.Note("{}", note);
}

void PrintSummary(const Invocation& invocation, const RunOutcome& outcome) {
  Console& console = invocation.console;
  std::vector<std::vector<std::string>> rows = {{"Person", "Photos", "Faces", "New", "Uncertain"}};
  for (const PersonOutcome& person : outcome.people) {
    rows.push_back({person.name, fmt::format("{}", person.photos), fmt::format("{}", person.faces),
                    fmt::format("{}", person.added), fmt::format("{}", person.uncertain)});
  }
  if (rows.size() > 1) {
    for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  }
  console.Print("{} looked through; {} without a name.",
                Counted(outcome.scan.files - static_cast<std::int64_t>(outcome.scan.failed.size()), "photo"),
                Counted(outcome.unknown_faces, "face"));
  for (const std::string& name : outcome.plan.people_without_folder) {
    console.Print("{} has no folder: nothing was filed.", name);
  }
  const RunSummary& run = outcome.applied.run;
  if (run.id.empty()) {
    if (outcome.plan.misplaced.empty() && outcome.applied.failures.empty()) {
      console.Print("Everything was in its place already.");
    } else {
      console.Print("Nothing new was filed.");
    }
    return;
  }
  const bool all_filed = static_cast<std::size_t>(run.photos_filed) == outcome.plan.operations.size();
  console.Print("{} filed{}, {} made, {} written.", Counted(run.photos_filed, "photo"),
                all_filed ? fmt::format(" ({})", HumanBytes(outcome.plan.bytes_to_write())) : "",
                Counted(run.folders_created, "folder"), Counted(run.packs_written, "pack"));
  console.Print("Photos are in {}, packs in {}.", invocation.settings().people.string(),
                invocation.settings().packs.string());
  console.Print("To take this back: kinfolder undo {}", run.id);
}

// Without a terminal nobody can be asked, and a single click is to do the whole job.
RunRequest RequestOf(Invocation& invocation) {
  RunRequest request;
  if (invocation.arguments.Has("yes") || !invocation.console.IsInteractive()) return request;
  request.may_create_folders = [&console = invocation.console](const FilingPlan& plan) {
    console.Note("Folders to make:");
    for (const FolderCreation& creation : plan.folders) console.Note("  {}", creation.folder.string());
    return console.Ask(fmt::format("Make {}?", plan.folders.size() == 1 ? "it" : "them"));
  };
  return request;
}

Result<ExitStatus> RunAll(Invocation& invocation) {
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(const fs::path photos, Chosen(invocation.settings().photos, "photos"));
  ASSIGN_OR_RETURN(const fs::path known, Chosen(invocation.settings().known, "known"));
  ASSIGN_OR_RETURN(const bool has_photos, HasInput(invocation.loaded, "photos"));
  ASSIGN_OR_RETURN(const bool has_known, HasInput(invocation.loaded, "known"));
  if (!has_photos) console.Note("Put the photos to be filed into {}", photos.string());
  if (!has_known) console.Note("Put a photo or more of each person into {}", (known / "NAME").string());
  if (!has_photos && !has_known) return kAllDone;

  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  ProgressFunction current;
  const auto step = [&](std::string_view name) { current = console.Progress(name); };
  const auto progress = [&](const ProgressUpdate& update) {
    if (current) current(update);
  };
  ASSIGN_OR_RETURN(const RunOutcome outcome,
                   RunMainJob(workspace, RequestOf(invocation), step, progress, invocation.stop));
  NoteRecovered(console, outcome.recovered);
  NoteIntake(console, outcome.intake);
  const std::vector<FailedPhoto> failed = AllFailures(outcome);
  if (invocation.json()) {
    console.Print(RunAsJson(outcome, invocation.settings()));
  } else {
    PrintSummary(invocation, outcome);
  }
  NoteMisplaced(console, outcome.plan);
  for (const std::string& note : outcome.applied.notes) console.Note("{}", note);
  NoteFailures(console, failed);
  return failed.empty() ? kAllDone : kDoneInPart;
}

}  // namespace

std::vector<Verb> RunVerbs() {
  return {{.name = "run",
           .group = kMainGroup,
           .summary = "File all photos by the people in them, and pack each person's",
           .details =
               "Takes in the known people, scans the photos, names the faces, makes missing folders, files the photos\n"
               "and packs them. Asks before it makes folders, if there is a terminal. `kinfolder undo` takes it back.",
           .arguments = {kJson, {Argument::Kind::kSwitch, "yes", "", "Make missing folders without asking"}},
           .settings = {"photos", "known", "out", "people", "packs", "by", "layout", "detail", "min-face", "threshold",
                        "ignore", "jobs", "detector", "model", "models"},
           .run = RunAll}};
}

}  // namespace kinfolder
