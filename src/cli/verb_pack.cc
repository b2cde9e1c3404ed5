#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "app/filing.h"
#include "cli/journal_report.h"
#include "cli/verbs.h"
#include "filing/space.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// Reads the packs through; changes nothing.
Result<ExitStatus> Verify(Invocation& invocation, const std::vector<PackRequest>& requests) {
  Console& console = invocation.console;
  ExitStatus status = kAllDone;
  for (const PackRequest& request : requests) {
    const Result<PackOutcome> outcome = VerifyPack(request.target, invocation.stop);
    if (!outcome && outcome.error().code == ErrorCode::kInterrupted) return Fail(outcome.error());
    if (!outcome) status = kDoneInPart;
    if (invocation.json()) {
      console.Print(Json::Object({{"person", request.person},
                                  {"pack", request.target},
                                  {"sound", outcome.has_value()},
                                  {"files", outcome ? Json(outcome->files) : Json()},
                                  {"reason", outcome ? Json() : Json(outcome.error().message)}}));
    } else if (outcome) {
      console.Print("{}: {}, all sound", request.target.string(), Counted(outcome->files, "photo"));
    } else {
      console.Note("{}", outcome.error().message);
    }
  }
  return status;
}

void Report(Invocation& invocation, const std::vector<PackRequest>& requests, const std::vector<PackRequest>& stale) {
  for (const PackRequest& request : requests) {
    std::error_code error;
    if (!fs::exists(request.target, error)) continue;
    const bool written = std::any_of(stale.begin(), stale.end(),
                                     [&](const PackRequest& other) { return other.target == request.target; });
    const std::uintmax_t bytes = fs::file_size(request.target, error);
    if (invocation.json()) {
      invocation.console.Print(
          Json::Object({{"person", request.person}, {"pack", request.target}, {"bytes", bytes}, {"written", written}}));
    } else {
      invocation.console.Print("{}  {}{}", request.target.string(), HumanBytes(bytes), written ? "" : ", unchanged");
    }
  }
}

Result<ExitStatus> Pack(Invocation& invocation) {
  Console& console = invocation.console;
  const bool verify = invocation.arguments.Has("verify");
  ASSIGN_OR_RETURN(Workspace workspace,
                   invocation.OpenWorkspace(verify ? Workspace::Access::kRead : Workspace::Access::kWrite));
  ASSIGN_OR_RETURN(fs::path folder, Chosen(invocation.settings().packs, "packs"));
  if (const auto to = invocation.arguments.Value("to")) folder = fs::absolute(*to).lexically_normal();
  const std::vector<std::string> names = invocation.arguments.Values("name");
  ASSIGN_OR_RETURN(const std::vector<PackRequest> requests,
                   PackRequests(workspace, {names.begin(), names.end()}, folder, {}));
  if (verify) return Verify(invocation, requests);
  RETURN_IF_ERROR(RecoverFirst(invocation, workspace));
  ASSIGN_OR_RETURN(const std::vector<PackRequest> stale, StalePacks(requests, {}));
  ASSIGN_OR_RETURN(const ApplyResult applied,
                   ApplyFiling(workspace, {}, stale, console.Progress("Packs"), invocation.stop));
  Report(invocation, requests, stale);
  if (requests.empty()) console.Note("Nobody has a folder with photos in {}.", invocation.settings().people.string());
  return NoteOutcome(console, applied);
}

}  // namespace

std::vector<Verb> PackVerbs() {
  return {{.name = "pack",
           .group = kStepsGroup,
           .summary = "Make one zip file of each person's folder, to hand over",
           .details = "A pack that holds what the folder holds is left alone.",
           .arguments = {{Argument::Kind::kPositionals, "name", "NAME", "Only these people"},
                         kJson,
                         {Argument::Kind::kValue, "to", "DIR", "Folder for the packs, instead of --packs"},
                         {Argument::Kind::kSwitch, "verify", "",
                          "Read the packs through and compare them with their sums"}},
           .settings = {"people", "out", "packs"},
           .run = Pack}};
}

}  // namespace kinfolder
