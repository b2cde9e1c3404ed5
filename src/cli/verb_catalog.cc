#include <filesystem>
#include <optional>

#include "app/catalog_backup.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

Result<ExitStatus> CheckCatalog(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  RETURN_IF_ERROR(workspace.catalog().Check());
  invocation.console.Print("The catalogue is sound.");
  return kAllDone;
}

Result<ExitStatus> RebuildCatalog(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  RETURN_IF_ERROR(workspace.catalog().RebuildFromFacts());
  invocation.console.Print("People and decisions are made anew from all that was said.");
  return kAllDone;
}

Result<ExitStatus> BackUp(Invocation& invocation) {
  const fs::path file = fs::absolute(*invocation.arguments.Value("file"));
  RETURN_IF_ERROR(BackUpCatalog(invocation.settings(), file));
  invocation.console.Print("The catalogue is copied to {}, and the copy is sound.", file.string());
  return kAllDone;
}

Result<ExitStatus> Restore(Invocation& invocation) {
  const fs::path file = fs::absolute(*invocation.arguments.Value("file"));
  ASSIGN_OR_RETURN(const std::optional<fs::path> kept,
                   RestoreCatalog(invocation.settings(), file, invocation.verb.name));
  invocation.console.Print("The catalogue is as in {} again.", file.string());
  if (kept) invocation.console.Print("The one that was there is kept as {}.", kept->string());
  return kAllDone;
}

}  // namespace

std::vector<Verb> CatalogVerbs() {
  const auto verb = [](std::string_view name, std::string_view summary, std::string_view details,
                       std::vector<Argument> arguments, Result<ExitStatus> (*run)(Invocation&)) {
    return Verb{name, kSafetyGroup, summary, details, std::move(arguments), {}, run};
  };
  constexpr auto kOne = Argument::Kind::kPositional;
  return {
      verb("catalog check", "Check that the catalogue is sound, and follows from what was said", "", {}, CheckCatalog),
      verb("catalog rebuild", "Make people and decisions anew from what was said", "", {}, RebuildCatalog),
      verb("catalog backup", "Copy the catalogue into one file, and check the copy",
           "All that Kinfolder knows of photos, faces and people. Others may be at work meanwhile.",
           {{kOne, "file", "FILE", "The file to make", true}}, BackUp),
      verb("catalog restore", "Go back to the catalogue of a backup",
           "The backup is checked first. The present catalogue, sound or damaged, is kept under another name.",
           {{kOne, "file", "FILE", "As catalog backup made it", true}}, Restore)};
}

}  // namespace kinfolder
