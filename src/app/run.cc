#include "app/run.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

Result<FilingPlan> AgreedPlan(Workspace& workspace, const RunRequest& request, const std::vector<fs::path>& roots) {
  FilingChoice choice;
  choice.below = roots;
  choice.create_folders = true;
  ASSIGN_OR_RETURN(FilingPlan plan, PlanFiling(workspace, choice));
  if (plan.folders.empty() || !request.may_create_folders || request.may_create_folders(plan)) return plan;
  choice.create_folders = false;
  return PlanFiling(workspace, choice);
}

// The photos of the catalogue that have a file below `roots`.
Result<std::set<PhotoId>> PhotosBelow(Catalog& catalog, const std::vector<fs::path>& roots) {
  ASSIGN_OR_RETURN(const std::vector<CatalogFile> files, catalog.Files());
  std::set<PhotoId> photos;
  for (const CatalogFile& file : files) {
    const bool below =
        std::any_of(roots.begin(), roots.end(), [&](const fs::path& root) { return IsWithin(file.path, root); });
    if (below && file.photo) photos.insert(*file.photo);
  }
  return photos;
}

Status Summarize(Catalog& catalog, RunOutcome& outcome) {
  ASSIGN_OR_RETURN(const std::set<PhotoId> here, PhotosBelow(catalog, outcome.scan.roots));
  ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
  ASSIGN_OR_RETURN(const std::vector<MatchedFace> matches, catalog.Matches());
  std::map<PersonId, PersonOutcome> by_person;
  std::map<PersonId, std::set<PhotoId>> photos;
  for (const MatchedFace& face : matches) {
    if (!here.contains(face.face.photo)) continue;
    if (face.IsUnknown()) ++outcome.unknown_faces;
    if (!face.match.person) continue;
    PersonOutcome& person = by_person[*face.match.person];
    if (face.match.needs_review) {
      ++person.uncertain;
    } else {
      ++person.faces;
      photos[*face.match.person].insert(face.face.photo);
    }
  }
  for (const Person& person : people) {
    PersonOutcome summary = by_person[person.id];
    summary.name = person.name;
    summary.photos = static_cast<int>(photos[person.id].size());
    summary.added = static_cast<int>(
        std::count_if(outcome.plan.operations.begin(), outcome.plan.operations.end(),
                      [&](const FileOperation& operation) { return operation.person == person.name; }));
    outcome.people.push_back(std::move(summary));
  }
  return {};
}

Status Recognize(Workspace& workspace, const RunRequest& request, RunOutcome& outcome, const StepFunction& step,
                 const ProgressFunction& progress, const StopFlag& stop) {
  const Settings& settings = workspace.settings();
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());

  step("Known people");
  ASSIGN_OR_RETURN(const fs::path known, Chosen(settings.known, "known"));
  ASSIGN_OR_RETURN(outcome.intake, TakeInPeople(workspace, known, Intake::kRepeat, progress, stop));

  step("Photos");
  ScanRequest scan;
  scan.paths = request.paths;
  if (scan.paths.empty()) {
    ASSIGN_OR_RETURN(scan.paths.emplace_back(), Chosen(settings.photos, "photos"));
  }
  scan.walk = workspace.walk_options();
  scan.jobs = settings.jobs;
  ASSIGN_OR_RETURN(outcome.scan, ScanPhotos(workspace.catalog(), *networks, scan, progress, stop));
  ASSIGN_OR_RETURN(outcome.identify,
                   IdentifyFaces(workspace.catalog(), networks->embedder_id(), networks->threshold()));
  return {};
}

Status FileAndPack(Workspace& workspace, const RunRequest& request, RunOutcome& outcome, const StepFunction& step,
                   const ProgressFunction& progress, const StopFlag& stop) {
  step("Folders and packs");
  ASSIGN_OR_RETURN(outcome.plan, AgreedPlan(workspace, request, outcome.scan.roots));
  if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "interrupted before anything was filed");
  ASSIGN_OR_RETURN(const fs::path packs, Chosen(workspace.settings().packs, "packs"));
  ASSIGN_OR_RETURN(outcome.packs, PackRequests(workspace, {}, packs, outcome.plan));
  ASSIGN_OR_RETURN(const std::vector<PackRequest> stale, StalePacks(outcome.packs, outcome.plan));
  ASSIGN_OR_RETURN(outcome.applied, ApplyFiling(workspace, outcome.plan, stale, progress, stop));
  return {};
}

}  // namespace

Result<RunOutcome> RunMainJob(Workspace& workspace, const RunRequest& request, const StepFunction& step,
                              const ProgressFunction& progress, const StopFlag& stop) {
  RunOutcome outcome;
  ASSIGN_OR_RETURN(outcome.recovered, workspace.journal().Recover(progress, stop));
  RETURN_IF_ERROR(CheckFinished(outcome.recovered));
  RETURN_IF_ERROR(Recognize(workspace, request, outcome, step, progress, stop));
  if (request.file) RETURN_IF_ERROR(FileAndPack(workspace, request, outcome, step, progress, stop));
  RETURN_IF_ERROR(Summarize(workspace.catalog(), outcome));
  return outcome;
}

}  // namespace kinfolder
