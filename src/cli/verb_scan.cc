#include <utility>

#include "app/identify.h"
#include "app/report.h"
#include "app/scan.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

Json ScanAsJson(const ScanResult& scan) {
  return Json::Object({{"files", scan.files},
                       {"unchanged", scan.unchanged},
                       {"scanned", scan.scanned},
                       {"same_content", scan.same},
                       {"faces", scan.faces},
                       {"gone", scan.gone},
                       {"failed", FailuresAsJson(scan.failed)}});
}

Result<ExitStatus> ScanVerb(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
  ScanRequest request;
  for (const std::string& path : invocation.arguments.Values("path")) request.paths.emplace_back(path);
  if (request.paths.empty()) {
    ASSIGN_OR_RETURN(request.paths.emplace_back(), Chosen(invocation.settings().photos, "photos"));
  }
  request.walk = workspace.walk_options();
  request.jobs = invocation.settings().jobs;
  request.again = invocation.arguments.Has("again");
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(const ScanResult scan,
                   ScanPhotos(workspace.catalog(), *networks, request, console.Progress("Photos"), invocation.stop));
  if (invocation.json()) {
    console.Print(ScanAsJson(scan));
  } else {
    console.Print("{}: {} looked at, {} unchanged, {} known by content, {} gone; {} found.",
                  Counted(scan.files, "file"), scan.scanned, scan.unchanged, scan.same, scan.gone,
                  Counted(scan.faces, "new face"));
    if (scan.faces > 0) console.Note("To name them: kinfolder identify");
  }
  NoteFailures(console, scan.failed);
  return scan.failed.empty() ? kAllDone : kDoneInPart;
}

Result<ExitStatus> Identify(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
  ASSIGN_OR_RETURN(const IdentifyResult result,
                   IdentifyFaces(workspace.catalog(), networks->embedder_id(), networks->threshold()));
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(Json::Object({{"faces", result.faces},
                                {"named", result.named},
                                {"uncertain", result.uncertain},
                                {"unknown", result.unknown},
                                {"threshold", networks->threshold()},
                                {"changed", !result.up_to_date}}));
  } else {
    console.Print("{}: {} named ({} uncertain), {} unknown{}.", Counted(result.faces, "face"), result.named,
                  result.uncertain, result.unknown, result.up_to_date ? "; nothing has changed" : "");
  }
  if (result.references_without_embedding > 0) {
    console.Note("{} can't be compared: the photos were never looked at with {}; take them in again.",
                 Counted(result.references_without_embedding, "reference"), networks->embedder_id());
  }
  return kAllDone;
}

}  // namespace

std::vector<Verb> ScanVerbs() {
  return {{.name = "scan",
           .group = kStepsGroup,
           .summary = "Find the faces of new and changed photos",
           .details = "Without PATH the photos folder is scanned. Photos that are known cost next to nothing.",
           .arguments = {{Argument::Kind::kPositionals, "path", "PATH", "Folders or single photos"},
                         kJson,
                         {Argument::Kind::kSwitch, "again", "", "Look at unchanged photos, too"}},
           .settings = {"photos", "known", "out", "people", "packs", "detail", "min-face", "ignore", "jobs", "detector",
                        "model", "models"},
           .run = ScanVerb},
          {.name = "identify",
           .group = kStepsGroup,
           .summary = "Compare all faces with the known people",
           .details = "",
           .arguments = {kJson},
           .settings = {"threshold", "detail", "min-face", "detector", "model", "models"},
           .run = Identify}};
}

}  // namespace kinfolder
