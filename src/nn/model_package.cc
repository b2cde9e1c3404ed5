#include "nn/model_package.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "base/check.h"
#include "base/file.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

std::string InstallCommand(const ModelManifest& manifest) {
  return fmt::format("`kinfolder models install {}{}`", manifest.id, manifest.sources ? "" : " --from FOLDER");
}

Status CheckSize(const fs::path& path, const ModelFile& file) {
  ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(path));
  if (stamp.bytes != file.bytes) {
    return Fail(ErrorCode::kCorrupt, "{} has {} bytes instead of {}", path.string(), stamp.bytes, file.bytes);
  }
  return {};
}

std::optional<Error> ProblemOf(const ModelPackage& package) {
  const std::string& id = package.manifest.id;
  for (const auto& [role, file] : package.manifest.files) {
    const Status status = CheckSize(package.folder / file.name, file);
    if (status) continue;
    if (status.error().code == ErrorCode::kNotFound) {
      return Error{ErrorCode::kNotFound,
                   fmt::format("the model {} is not installed ({} is missing): put it in place with {}", id, file.name,
                               InstallCommand(package.manifest))};
    }
    return Error{status.error().code, fmt::format("{}: install the model again with {}", status.error().message,
                                                  InstallCommand(package.manifest))};
  }
  return std::nullopt;
}

// nullopt where there is no package of this name.
std::optional<ListedPackage> LookAt(const fs::path& folder) {
  const std::string id = folder.filename().string();
  std::error_code error;
  if (!IsModelId(id) || (!fs::exists(folder / kManifestName, error) && !error)) return std::nullopt;
  ListedPackage listed;
  listed.package.folder = folder;
  listed.package.manifest.id = id;
  auto package = ReadPackage(folder);
  if (!package) {
    listed.problem = std::move(package).error();
  } else if (package->manifest.id != id) {
    listed.problem = Error{ErrorCode::kCorrupt, fmt::format("{}: its id {} is not the name of its folder",
                                                            (folder / kManifestName).string(), package->manifest.id)};
  } else {
    listed.package = *std::move(package);
    listed.problem = ProblemOf(listed.package);
  }
  return listed;
}

// As ListPackages, and the first folder or manifest that is there and can't be read.
struct Listing {
  std::vector<ListedPackage> packages;
  std::optional<Error> unread;
};

Listing List(const std::vector<fs::path>& search_path) {
  Listing listing;
  std::map<std::string, ListedPackage> by_id;
  for (const fs::path& models : search_path) {
    std::error_code error;
    for (fs::directory_iterator entry(models, error), end; !error && entry != end; entry.increment(error)) {
      auto listed = LookAt(entry->path());
      if (!listed) continue;
      const bool is_unread = listed->package.manifest.files.empty() && listed->problem->code != ErrorCode::kCorrupt;
      if (is_unread && !listing.unread) listing.unread = listed->problem;
      const auto [known, is_new] = by_id.try_emplace(listed->package.manifest.id, *listed);
      if (!is_new && known->second.problem && !listed->problem) known->second = *std::move(listed);
    }
    if (error && !IsMissing(error) && !listing.unread) listing.unread = FileError(error.value(), "list folder", models);
  }
  listing.packages.reserve(by_id.size());
  for (auto& [id, listed] : by_id) listing.packages.push_back(std::move(listed));
  return listing;
}

}  // namespace

fs::path ModelPackage::file(const std::string& role) const {
  const auto found = manifest.files.find(role);
  CHECK(found != manifest.files.end());
  return folder / found->second.name;
}

Result<ModelPackage> ReadPackage(const fs::path& folder) {
  const fs::path path = folder / kManifestName;
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path, kMaxManifestBytes));
  ASSIGN_OR_RETURN(ModelManifest manifest, ParseManifest(text, path.string()));
  return ModelPackage{std::move(manifest), folder};
}

Status VerifyFile(const fs::path& path, const ModelFile& file) {
  RETURN_IF_ERROR(CheckSize(path, file));
  ASSIGN_OR_RETURN(const Sha256Digest digest, Sha256OfFile(path));
  if (digest != file.sha256) {
    return Fail(ErrorCode::kCorrupt, "{} is not the file that the manifest means: its SHA-256 is {} instead of {}",
                path.string(), ToHex(digest), ToHex(file.sha256));
  }
  return {};
}

Status VerifyPackage(const ModelPackage& package) {
  for (const auto& [role, file] : package.manifest.files) RETURN_IF_ERROR(VerifyFile(package.folder / file.name, file));
  return {};
}

std::vector<ListedPackage> ListPackages(const std::vector<fs::path>& search_path) { return List(search_path).packages; }

Result<ModelPackage> FindPackage(const std::string& id, const std::vector<fs::path>& search_path) {
  if (!IsModelId(id)) {
    return Fail(ErrorCode::kInvalidArgument, "\"{}\" can't be the name of a model: they consist of a-z, 0-9 and -", id);
  }
  std::optional<Error> problem;
  for (const fs::path& models : search_path) {
    auto listed = LookAt(models / id);
    if (!listed) continue;
    if (!listed->problem) return std::move(listed->package);
    if (!problem) problem = std::move(listed->problem);
  }
  if (problem) return Fail(*std::move(problem));
  std::string known;
  for (const ListedPackage& listed : ListPackages(search_path)) {
    known += (known.empty() ? "" : ", ") + listed.package.manifest.id;
  }
  return Fail(ErrorCode::kNotFound, "there is no model named {}; known are: {}", id, known.empty() ? "none" : known);
}

Result<ModelPackage> FindBestPackage(ModelKind kind, const std::vector<fs::path>& search_path) {
  auto [packages, unread] = List(search_path);
  if (unread) return Fail(*std::move(unread));  // the best may be there
  std::erase_if(packages, [&](const ListedPackage& listed) {
    return listed.package.manifest.files.empty() || listed.package.manifest.kind != kind;
  });
  std::ranges::stable_sort(packages, std::greater(),
                           [](const ListedPackage& listed) { return listed.package.manifest.accuracy; });
  const auto is_installed = [](const ListedPackage& listed) {
    return !listed.problem || listed.problem->code != ErrorCode::kNotFound;
  };
  auto best = std::ranges::find_if(packages, is_installed);
  if (best == packages.end()) best = packages.begin();  // says how to install it
  if (best == packages.end()) {
    return Fail(ErrorCode::kNotFound, "there is no model package that {}",
                kind == ModelKind::kDetector ? "finds faces" : "tells faces apart");
  }
  if (best->problem) return Fail(*std::move(best->problem));
  return std::move(best->package);
}

}  // namespace kinfolder
