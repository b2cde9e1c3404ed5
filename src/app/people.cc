#include "app/people.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "app/pictures.h"
#include "app/scan.h"
#include "base/file.h"
#include "filing/naming.h"
#include "search/gallery.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

ScanRequest ReferenceScan(const Workspace& workspace, std::vector<fs::path> paths) {
  ScanRequest request;
  request.paths = std::move(paths);
  request.role = FileRole::kReference;
  request.walk.ignore = workspace.settings().ignore;
  request.jobs = workspace.settings().jobs;
  return request;
}

}  // namespace

Result<IntakeResult> AddReferences(Workspace& workspace, const std::string& name, const std::vector<fs::path>& photos,
                                   std::optional<int> face, const ProgressFunction& progress, const StopFlag& stop) {
  Catalog& catalog = workspace.catalog();
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
  ASSIGN_OR_RETURN(const ScanResult scan,
                   ScanPhotos(catalog, *networks, ReferenceScan(workspace, photos), progress, stop));
  IntakeResult result;
  result.refused = scan.failed;

  ASSIGN_OR_RETURN(const std::vector<CatalogFile> known, catalog.Files());
  std::vector<ReferencePhoto> files;
  for (const CatalogFile& file : known) {
    const bool asked = std::any_of(scan.roots.begin(), scan.roots.end(),
                                   [&](const fs::path& root) { return IsWithin(file.path, root); });
    if (asked && file.photo) files.push_back({file.path, *file.photo});
  }
  const Status kept = catalog.InTransaction([&] { return MakeReferences(catalog, name, files, face, result); });
  RETURN_IF_ERROR(kept);
  return result;
}

Result<fs::path> KnownFolderOf(Catalog& catalog, const fs::path& known, const Person& person) {
  std::error_code error;
  const fs::path root = fs::weakly_canonical(known, error);
  if (error) return Fail(FileError(error.value(), "look at", known));
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> references, catalog.References());
  for (const CatalogReference& reference : references) {
    if (reference.person != person.id) continue;
    ASSIGN_OR_RETURN(const auto files, catalog.FilesOf(reference.photo, FileRole::kReference));
    for (const fs::path& file : files) {
      const fs::path below = IsWithin(file, root) ? file.lexically_relative(root) : fs::path();
      if (below.has_parent_path()) return root / *below.begin();
    }
  }
  const std::string name = SafeName(person.name);
  for (int number = 1;; ++number) {
    fs::path folder = root / (number == 1 ? name : NumberedName(name, number));
    if (!fs::exists(folder, error) || (fs::is_directory(folder, error) && fs::is_empty(folder, error))) return folder;
    if (error) return Fail(FileError(error.value(), "look at", folder));
  }
}

Status AddReferencePhoto(Catalog& catalog, const Person& person, const ScannedPhoto& photo) {
  return catalog.InTransaction([&]() -> Status {
    ASSIGN_OR_RETURN(const PhotoId id, catalog.PutScanned(photo, FileRole::kReference));
    IntakeResult result;
    RETURN_IF_ERROR(MakeReferences(catalog, person.name, {{photo.file.path, id}}, std::nullopt, result));
    return result.refused.empty() ? Status() : Fail(result.refused.front().error);
  });
}

Result<IntakeResult> TakeInPeople(Workspace& workspace, const fs::path& folder, Intake intake,
                                  const ProgressFunction& progress, const StopFlag& stop) {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_directory(folder, error)) {
    return Fail(ErrorCode::kInvalidArgument, "{} is no folder", folder.string());
  }
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
  ScanRequest request = ReferenceScan(workspace, {folder});
  const fs::path root = fs::weakly_canonical(folder, error);
  for (const fs::path& excluded : workspace.walk_options().excluded) {
    // Where results lie below the folder of known people they are nobody's references.
    if (excluded != root && IsWithin(excluded, root)) request.walk.excluded.push_back(excluded);
  }
  ASSIGN_OR_RETURN(const ScanResult scan, ScanPhotos(workspace.catalog(), *networks, request, progress, stop));
  ASSIGN_OR_RETURN(IntakeResult result, ReferencesFromFolder(workspace.catalog(), scan.roots.front(), intake));
  result.refused.insert(result.refused.begin(), scan.failed.begin(), scan.failed.end());
  return result;
}

Result<Person> RequirePerson(Catalog& catalog, const std::string& name) {
  ASSIGN_OR_RETURN(std::optional<Person> person, catalog.FindPerson(name));
  if (person) return *std::move(person);
  return Fail(ErrorCode::kNotFound, "nobody is called '{}'; kinfolder people list shows who is known", name);
}

Result<ForgottenPerson> ForgetPerson(Workspace& workspace, const Person& person) {
  const Settings& settings = workspace.settings();
  ForgottenPerson forgotten{person, {}, {}};
  // Pictures go before, so that none are left should this be killed, and after, for who looked meanwhile.
  RETURN_IF_ERROR(PurgePictures(settings.data));
  ASSIGN_OR_RETURN(forgotten.erased, workspace.catalog().ForgetPerson(person.id, kUserOrigin));
  if (const Status purged = PurgePictures(settings.data); !purged) {
    return Fail(purged.error().code, "they are forgotten, but pictures of them may be left: {}",
                purged.error().message);
  }
  const std::string name = SafeName(person.name);
  for (const auto& [folder, entry] :
       {std::pair(settings.known, name), std::pair(settings.people, name), std::pair(settings.packs, name + ".zip")}) {
    std::error_code ignored;
    if (!folder.empty() && fs::exists(folder / entry, ignored)) forgotten.left.push_back(folder / entry);
  }
  return forgotten;
}

Result<std::vector<AlikePeople>> FindAlikePeople(Catalog& catalog, const std::string& model, float threshold) {
  constexpr std::size_t kAtOnce = 256;  // references: each is compared with everybody
  ASSIGN_OR_RETURN(const std::vector<Reference> references, catalog.ReferencesWithEmbeddings(model));
  ASSIGN_OR_RETURN(const Gallery gallery, Gallery::Make(references));
  std::map<std::pair<PersonId, PersonId>, float> nearest;
  for (std::size_t first = 0; first < references.size(); first += kAtOnce) {
    const auto part = std::span(references).subspan(first, std::min(kAtOnce, references.size() - first));
    ASSIGN_OR_RETURN(const auto distances, gallery.DistancesLeavingOut(part));
    for (std::size_t i = 0; i < part.size(); ++i) {
      for (const PersonDistance& other : distances[i]) {
        if (other.distance >= threshold) break;
        if (other.person == part[i].person) continue;
        const auto pair = std::minmax(part[i].person, other.person);
        const auto [known, is_new] = nearest.emplace(pair, other.distance);
        if (!is_new) known->second = std::min(known->second, other.distance);
      }
    }
  }
  ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
  std::map<PersonId, Person> person_of;
  for (const Person& person : people) person_of.emplace(person.id, person);
  std::vector<AlikePeople> alike;
  alike.reserve(nearest.size());
  for (const auto& [pair, distance] : nearest) {
    alike.push_back({person_of.at(pair.first), person_of.at(pair.second), distance});
  }
  std::ranges::stable_sort(alike, {}, &AlikePeople::distance);
  return alike;
}

Result<std::vector<PersonSummary>> ListPeople(Catalog& catalog) {
  ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> references, catalog.References());
  ASSIGN_OR_RETURN(const std::vector<MatchedFace> matches, catalog.Matches());
  std::map<PersonId, int> reference_count;
  for (const CatalogReference& reference : references) ++reference_count[reference.person];
  std::map<PersonId, std::set<PhotoId>> photos;
  for (const MatchedFace& face : matches) {
    if (face.match.person && !face.match.needs_review) photos[*face.match.person].insert(face.face.photo);
  }
  std::vector<PersonSummary> summaries;
  summaries.reserve(people.size());
  for (const Person& person : people) {
    summaries.push_back({person, reference_count[person.id], static_cast<int>(photos[person.id].size())});
  }
  return summaries;
}

}  // namespace kinfolder
