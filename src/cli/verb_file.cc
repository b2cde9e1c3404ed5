#include <filesystem>
#include <set>
#include <utility>

#include "app/filing.h"
#include "app/report.h"
#include "base/file.h"
#include "cli/journal_report.h"
#include "cli/verbs.h"
#include "filing/space.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

std::set<std::string> Names(const Invocation& invocation) {
  const std::vector<std::string> names = invocation.arguments.Values("name");
  return {names.begin(), names.end()};
}

void PrintPlan(Console& console, const FilingPlan& plan) {
  for (const FolderCreation& creation : plan.folders) console.Print("make folder  {}", creation.folder.string());
  for (const FileOperation& operation : plan.operations) {
    console.Print("{:<11}  {} -> {}", NameOf(plan.method), operation.source.string(), operation.target.string());
  }
}

void NotePeopleWithoutFolder(Console& console, const FilingPlan& plan) {
  for (const std::string& name : plan.people_without_folder) {
    console.Note("{} has no folder: nothing is filed. To make it: kinfolder folders create '{}'", name, name);
  }
}

Result<ExitStatus> File(Invocation& invocation) {
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  RETURN_IF_ERROR(RecoverFirst(invocation, workspace));
  FilingChoice choice;
  choice.people = Names(invocation);
  ASSIGN_OR_RETURN(const FilingPlan plan, PlanFiling(workspace, choice));
  if (const std::optional<std::string> file = invocation.arguments.Value("plan")) {
    ASSIGN_OR_RETURN(AtomicFile target, AtomicFile::Create(fs::absolute(*file)));
    RETURN_IF_ERROR(target.Write(AsBytes(PlanAsJson(plan) + "\n")));
    RETURN_IF_ERROR(target.Commit(AtomicFile::IfExists::kFail));
  }
  if (invocation.arguments.Has("dry-run")) {
    if (invocation.json()) {
      console.PrintLine(PlanAsJson(plan));
    } else {
      PrintPlan(console, plan);
      console.Print("{} to file ({} to write), {} in place.",
                    Counted(static_cast<std::int64_t>(plan.operations.size()), "photo"),
                    HumanBytes(plan.bytes_to_write()), plan.already.size());
    }
    NotePeopleWithoutFolder(console, plan);
    NoteMisplaced(console, plan);
    return kAllDone;
  }
  ASSIGN_OR_RETURN(const ApplyResult applied,
                   ApplyFiling(workspace, plan, {}, console.Progress("Filing"), invocation.stop));
  if (invocation.json()) {
    console.Print(AppliedAsJson(plan, applied));
  } else {
    console.Print("{} filed, {} in place already.", Counted(applied.run.photos_filed, "photo"), plan.already.size());
    if (!applied.run.id.empty()) console.Print("To take this back: kinfolder undo {}", applied.run.id);
  }
  NotePeopleWithoutFolder(console, plan);
  NoteMisplaced(console, plan);
  return NoteOutcome(console, applied);
}

Result<ExitStatus> CreateFolders(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  RETURN_IF_ERROR(RecoverFirst(invocation, workspace));
  ASSIGN_OR_RETURN(const FilingPlan plan, PlanFolders(workspace, Names(invocation)));
  ASSIGN_OR_RETURN(const ApplyResult applied, ApplyFiling(workspace, plan, {}, {}, invocation.stop));
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(AppliedAsJson(plan, applied));
  } else {
    for (const FolderCreation& creation : plan.folders) console.Print("{}", creation.folder.string());
    if (plan.folders.empty()) console.Print("Everybody has a folder.");
  }
  return NoteOutcome(console, applied);
}

}  // namespace

std::vector<Verb> FilingVerbs() {
  const Argument names{Argument::Kind::kPositionals, "name", "NAME", "Only these people"};
  return {{.name = "folders create",
           .group = kStepsGroup,
           .summary = "Make the folders of people that are missing",
           .details = "",
           .arguments = {names, kJson},
           .settings = {"people", "out"},
           .run = CreateFolders},
          {.name = "file",
           .group = kStepsGroup,
           .summary = "Put the photos into the folders of the people in them",
           .details = "Only for people whose folder is there. Nothing that exists is ever replaced.",
           .arguments = {names,
                         kJson,
                         {Argument::Kind::kSwitch, "dry-run", "", "Show the plan, change nothing"},
                         {Argument::Kind::kValue, "plan", "FILE", "Write the plan to FILE, a new one, as JSON"}},
           .settings = {"people", "out", "by", "layout"},
           .run = File}};
}

}  // namespace kinfolder
