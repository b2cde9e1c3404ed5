#include <filesystem>
#include <utility>

#include "app/networks.h"
#include "cli/verbs.h"
#include "filing/space.h"
#include "nn/install.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

std::string_view NameOf(ModelKind kind) { return kind == ModelKind::kDetector ? "finds faces" : "tells faces apart"; }

std::uint64_t BytesOf(const ModelManifest& manifest) {
  std::uint64_t bytes = 0;
  for (const auto& [role, file] : manifest.files) bytes += file.bytes;
  return bytes;
}

Json PackageAsJson(const ListedPackage& listed) {
  const ModelManifest& manifest = listed.package.manifest;
  return Json::Object({{"package", manifest.id},
                       {"kind", manifest.kind == ModelKind::kDetector ? "detector" : "embedder"},
                       {"description", manifest.description},
                       {"licence", manifest.licence},
                       {"provenance", manifest.provenance},
                       {"folder", listed.package.folder},
                       {"bytes", BytesOf(manifest)},
                       {"usable", !listed.problem.has_value()},
                       {"problem", listed.problem ? Json(listed.problem->message) : Json()}});
}

void PrintPackage(Console& console, const ListedPackage& listed) {
  const ModelManifest& manifest = listed.package.manifest;
  console.Print("{}: {}, {}", manifest.id, NameOf(manifest.kind), HumanBytes(BytesOf(manifest)));
  if (!manifest.description.empty()) console.Print("  {}", manifest.description);
  if (!manifest.licence.empty()) console.Print("  licence: {}", manifest.licence);
  if (listed.problem) {
    console.Print("  not usable: {}", listed.problem->message);
  } else {
    console.Print("  ready in {}", listed.package.folder.string());
  }
}

Result<ExitStatus> List(Invocation& invocation) {
  for (const ListedPackage& listed : ListPackages(ModelSearchPath(invocation.settings(), invocation.environment))) {
    if (invocation.json()) {
      invocation.console.Print(PackageAsJson(listed));
    } else {
      PrintPackage(invocation.console, listed);
    }
  }
  return kAllDone;
}

// The packages of these names, usable or not; all usable ones when no name is given.
Result<std::vector<ListedPackage>> Choose(const Invocation& invocation) {
  const std::vector<ListedPackage> all = ListPackages(ModelSearchPath(invocation.settings(), invocation.environment));
  const std::vector<std::string> names = invocation.arguments.Values("name");
  std::vector<ListedPackage> chosen;
  for (const ListedPackage& listed : all) {
    if (names.empty() && !listed.problem) chosen.push_back(listed);
  }
  for (const std::string& name : names) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const ListedPackage& listed) { return listed.package.manifest.id == name; });
    if (found == all.end()) {
      return Fail(ErrorCode::kNotFound, "there is no model package '{}'; kinfolder models list shows them", name);
    }
    chosen.push_back(*found);
  }
  return chosen;
}

Result<ExitStatus> Verify(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::vector<ListedPackage> packages, Choose(invocation));
  ExitStatus status = kAllDone;
  for (const ListedPackage& listed : packages) {
    const Status sound = VerifyPackage(listed.package);
    if (!sound) status = kDoneInPart;
    if (invocation.json()) {
      invocation.console.Print(Json::Object({{"package", listed.package.manifest.id},
                                             {"folder", listed.package.folder},
                                             {"sound", sound.has_value()},
                                             {"reason", sound ? Json() : Json(sound.error().message)}}));
    } else if (sound) {
      invocation.console.Print("{} in {} is sound", listed.package.manifest.id, listed.package.folder.string());
    } else {
      invocation.console.Note("{}", sound.error().message);
    }
  }
  if (packages.empty()) invocation.console.Note("No model package is installed.");
  return status;
}

Result<ExitStatus> Install(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::vector<ListedPackage> packages, Choose(invocation));
  ASSIGN_OR_RETURN(const fs::path data, Chosen(invocation.settings().data, "data"));
  const std::vector<fs::path>& models = invocation.settings().models;
  const fs::path target = models.empty() ? data / "models" : models.front();
  for (const ListedPackage& listed : packages) {
    const std::string& id = listed.package.manifest.id;
    const std::string from = invocation.arguments.Value("from").value_or("");
    RETURN_IF_ERROR(InstallPackage(listed.package, from, target, invocation.console.Progress(id), invocation.stop));
    invocation.console.Print("{} is ready in {}", id, (target / id).string());
  }
  return kAllDone;
}

}  // namespace

std::vector<Verb> ModelsVerbs() {
  constexpr auto kMany = Argument::Kind::kPositionals;
  return {
      {.name = "models list",
       .group = kSetupGroup,
       .summary = "Show the model packages that can be found",
       .details = "",
       .arguments = {kJson},
       .settings = {"models"},
       .run = List},
      {.name = "models install",
       .group = kSetupGroup,
       .summary = "Put a package's weights in place, with their hashes checked",
       .details = "Goes to the first folder of --models, else to the data folder. A broken download goes on where it\n"
                  "was; weights with another hash are not kept.",
       .arguments = {{kMany, "name", "NAME", "Packages", true},
                     {Argument::Kind::kValue, "from", "SOURCE", "File, folder or URL to take the weights from", true}},
       .settings = {"models"},
       .run = Install},
      {.name = "models verify",
       .group = kSetupGroup,
       .summary = "Compare installed weights with their hashes",
       .details = "",
       .arguments = {{kMany, "name", "NAME", "Only these packages"}, kJson},
       .settings = {"models"},
       .run = Verify}};
}

}  // namespace kinfolder
