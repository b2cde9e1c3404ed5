#include <utility>

#include "app/filing.h"
#include "app/report.h"
#include "cli/journal_report.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

std::string_view NameOf(RunState state) {
  switch (state) {
    case RunState::kUnfinished:
      return "unfinished";
    case RunState::kDone:
      return "done";
    case RunState::kUndoing:
      return "being undone";
    case RunState::kUndone:
      return "undone";
  }
  return "";
}

Result<ExitStatus> Undo(Invocation& invocation) {
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  ASSIGN_OR_RETURN(const ApplyResult undone,
                   UndoFiling(workspace, invocation.arguments.Value("run"), console.Progress("Undo"), invocation.stop));
  if (invocation.json()) {
    console.Print(UndoneAsJson(undone));
  } else if (!undone.failures.empty()) {
    console.Print("Run {0} is undone in part; kinfolder undo {0} tries the rest again.", undone.run.id);
  } else {
    console.Print("Run {} is undone: {}, {} and {} taken back.", undone.run.id,
                  Counted(undone.run.photos_filed, "photo"), Counted(undone.run.folders_created, "folder"),
                  Counted(undone.run.packs_written, "pack"));
  }
  return NoteOutcome(console, undone);
}

Result<ExitStatus> Runs(Invocation& invocation) {
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(const std::vector<RunSummary> runs, workspace.journal().Runs());
  std::vector<std::vector<std::string>> rows = {{"Run", "Started (UTC)", "State", "Folders", "Photos", "Packs"}};
  for (const RunSummary& run : runs) {
    if (invocation.json()) {
      console.Print(
          Json::Object({{"run", run.id},
                        {"started_at", run.started_at},
                        {"state", NameOf(run.state)},
                        {"folders_created", run.folders_created},
                        {"photos_filed", run.photos_filed},
                        {"packs_written", run.packs_written},
                        {"bytes", run.bytes},
                        {"problems", Json::ArrayOf(run.problems, [](const auto& text) { return Json(text); })}}));
    }
    const bool in_part = run.state == RunState::kUndone && !run.problems.empty();
    rows.push_back({run.id, run.started_at, fmt::format("{}{}", NameOf(run.state), in_part ? " in part" : ""),
                    fmt::format("{}", run.folders_created), fmt::format("{}", run.photos_filed),
                    fmt::format("{}", run.packs_written)});
  }
  if (invocation.json()) return kAllDone;
  if (runs.empty()) {
    console.Print("Nothing was filed yet.");
    return kAllDone;
  }
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  return kAllDone;
}

}  // namespace

std::vector<Verb> UndoVerbs() {
  return {
      {.name = "undo",
       .group = kMainGroup,
       .summary = "Take back what a run did to folders and packs",
       .details =
           "Files that were changed since stay, and are named. Without RUN the latest run is undone. Of a run that is\n"
           "undone in part, the rest is tried again.",
       .arguments = {{Argument::Kind::kPositional, "run", "RUN", "As kinfolder runs shows it"}, kJson},
       .settings = {},
       .run = Undo},
      {.name = "runs",
       .group = kMainGroup,
       .summary = "List the runs, newest first",
       .details = "",
       .arguments = {kJson},
       .settings = {},
       .run = Runs}};
}

}  // namespace kinfolder
