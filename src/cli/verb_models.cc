#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "app/networks.h"
#include "app/quantize_package.h"
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

Result<ExitStatus> PrintPackages(Invocation& invocation) {
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
Result<std::vector<ListedPackage>> Choose(const Invocation& invocation, const std::vector<ListedPackage>& all) {
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
  const std::vector<fs::path> search_path = ModelSearchPath(invocation.settings(), invocation.environment);
  ASSIGN_OR_RETURN(const std::vector<ListedPackage> packages, Choose(invocation, ListPackages(search_path)));
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

// Where packages go: the first folder of --models, else the data folder.
Result<fs::path> ModelsFolder(const Invocation& invocation) {
  const std::vector<fs::path>& models = invocation.settings().models;
  if (!models.empty()) return models.front();
  ASSIGN_OR_RETURN(const fs::path data, Chosen(invocation.settings().data, "data"));
  return data / "models";
}

// Every package that can be found. Where one is in `target` and elsewhere, that elsewhere: it says what is to be
// installed, the other what was.
std::vector<ListedPackage> Installable(const Invocation& invocation, const fs::path& target) {
  std::vector<fs::path> elsewhere = ModelSearchPath(invocation.settings(), invocation.environment);
  std::erase(elsewhere, target);
  std::vector<ListedPackage> packages = ListPackages(elsewhere);
  for (ListedPackage& listed : ListPackages({target})) {
    const auto same = [&](const ListedPackage& other) {
      return other.package.manifest.id == listed.package.manifest.id;
    };
    if (std::none_of(packages.begin(), packages.end(), same)) packages.push_back(std::move(listed));
  }
  return packages;
}

// Nothing is downloaded that the user does not want. kInvalidArgument where they don't, or can't be asked.
Status AskToDownload(Invocation& invocation, const std::vector<ListedPackage>& packages) {
  std::uint64_t bytes = 0;
  std::string names;
  for (const ListedPackage& listed : packages) {
    const ModelManifest& manifest = listed.package.manifest;
    if (!manifest.sources) continue;  // what is said then is said when it is installed
    std::uint64_t package_bytes = 0;
    for (const ModelFile& file : manifest.sources->files) package_bytes += file.bytes;
    bytes += package_bytes;
    names += (names.empty() ? "" : ", ") + manifest.id;
    if (!invocation.console.IsInteractive()) continue;
    invocation.console.Note("{}: {}, {}", manifest.id, manifest.description, HumanBytes(package_bytes));
    invocation.console.Note("  from {}", manifest.sources->url);
    invocation.console.Note("  licence: {}", manifest.sources->licence);
  }
  if (bytes == 0 || invocation.arguments.Has("yes")) return {};
  if (!invocation.console.IsInteractive()) {
    return Fail(ErrorCode::kInvalidArgument,
                "the weights of {} are on the web: --yes downloads them ({}), --from FOLDER takes them from a folder",
                names, HumanBytes(bytes));
  }
  if (invocation.console.Ask(fmt::format("Download {}?", HumanBytes(bytes)))) return {};
  return Fail(ErrorCode::kInvalidArgument, "nothing was downloaded; --from FOLDER takes the weights from a folder");
}

Result<ExitStatus> Install(Invocation& invocation) {
  ASSIGN_OR_RETURN(const fs::path target, ModelsFolder(invocation));
  ASSIGN_OR_RETURN(const std::vector<ListedPackage> packages, Choose(invocation, Installable(invocation, target)));
  const std::optional<std::string> from = invocation.arguments.Value("from");
  if (from && from->empty()) return Fail(ErrorCode::kInvalidArgument, "--from needs a file, folder or URL");
  if (!from) RETURN_IF_ERROR(AskToDownload(invocation, packages));
  for (const ListedPackage& listed : packages) {
    const std::string& id = listed.package.manifest.id;
    RETURN_IF_ERROR(
        InstallPackage(listed.package, from.value_or(""), target, invocation.console.Progress(id), invocation.stop));
    invocation.console.Print("{} is ready in {}", id, (target / id).string());
  }
  return kAllDone;
}

Result<ExitStatus> Quantize(Invocation& invocation) {
  QuantizeRequest request;
  request.package = invocation.arguments.Value("name").value_or("");
  request.id = invocation.arguments.Value("as").value_or(request.package + "-int8");
  ASSIGN_OR_RETURN(request.models, ModelsFolder(invocation));
  if (const auto pictures = invocation.arguments.Value("calibrate")) {
    request.pictures.emplace_back(*pictures);
  } else {
    ASSIGN_OR_RETURN(request.pictures.emplace_back(), Chosen(invocation.settings().photos, "photos"));
  }
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(const QuantizeResult result, QuantizePackage(request, invocation.settings(), invocation.environment,
                                                                console.Progress(request.id), invocation.stop));
  if (invocation.json()) {
    console.Print(Json::Object({{"package", request.id},
                                {"folder", result.folder},
                                {"convolutions", result.convolutions},
                                {"in_8_bits", result.in_8_bits},
                                {"faces", result.faces},
                                {"cosine", result.cosine},
                                {"found", result.found},
                                {"others", result.others}}));
    return kAllDone;
  }
  console.Print("{} is ready in {}", request.id, result.folder.string());
  console.Print("{} of {} convolutions are in 8-bit numbers.", result.in_8_bits, result.convolutions);
  const std::string faces = Counted(static_cast<std::int64_t>(result.faces), "face");
  if (result.cosine) {
    console.Print("The vectors of a face agree to a cosine of {:.4f} ({}).", *result.cosine, faces);
  } else {
    console.Print("Of {} that {} finds in these photos it finds {}, and {} more.", faces, request.package,
                  *result.found, *result.others);
  }
  console.Print("Use it with --{0} {1}, or from now on with kinfolder config set {0} {1}.",
                result.cosine ? "model" : "detector", request.id);
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
       .run = PrintPackages},
      {.name = "models install",
       .group = kSetupGroup,
       .summary = "Put a package's weights in place, with their hashes checked",
       .details = "Without --from, the public weights are downloaded and converted, after a question. They go to the\n"
                  "first folder of --models, else to the data folder. A broken download goes on where it was; weights\n"
                  "with another hash are not kept. A folder may hold the package's ONNX files, or the public files.",
       .arguments = {{kMany, "name", "NAME", "Packages", true},
                     {Argument::Kind::kValue, "from", "SOURCE", "File, folder or URL to take the weights from"},
                     {Argument::Kind::kSwitch, "yes", "", "Download without asking"}},
       .settings = {"models"},
       .run = Install},
      {.name = "models quantize",
       .group = kSetupGroup,
       .summary = "Make a package with 8-bit weights: faces are found and told apart faster",
       .details =
           "It takes photos with some hundred faces (by default those of the photos folder) to choose how numbers\n"
           "are rounded; convolutions that would lose too much stay as they are. The new package is called\n"
           "NAME-int8 and goes to the first folder of --models, else to the data folder. Processors without VNNI\n"
           "(see kinfolder doctor) run it in float32.",
       .arguments = {{Argument::Kind::kPositional, "name", "NAME", "Package to make it of", true},
                     {Argument::Kind::kValue, "calibrate", "DIR", "Folder of photos with faces"},
                     {Argument::Kind::kValue, "as", "NAME", "Name of the new package"},
                     kJson},
       .settings = {"models", "photos", "detector"},
       .run = Quantize},
      {.name = "models verify",
       .group = kSetupGroup,
       .summary = "Compare installed weights with their hashes",
       .details = "",
       .arguments = {{kMany, "name", "NAME", "Only these packages"}, kJson},
       .settings = {"models"},
       .run = Verify}};
}

}  // namespace kinfolder
