#include "app/calibrate.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace kinfolder {
namespace {

constexpr std::size_t kNearPeopleShown = 3;

// Each pair of people once, by the nearest of their trials.
std::vector<CalibrationTrial> NearestPairs(std::vector<CalibrationTrial> trials) {
  std::erase_if(trials, [](const CalibrationTrial& trial) { return !trial.other; });
  std::ranges::stable_sort(trials, {}, [](const CalibrationTrial& trial) { return trial.other->distance; });
  std::set<std::pair<PersonId, PersonId>> seen;
  std::erase_if(trials, [&](const CalibrationTrial& trial) {
    return !seen.insert(std::minmax(trial.person, trial.other->person)).second;
  });
  if (trials.size() > kNearPeopleShown) trials.resize(kNearPeopleShown);
  return trials;
}

Result<std::filesystem::path> PathOf(Catalog& catalog, PhotoId photo) {
  for (const FileRole role : {FileRole::kReference, FileRole::kPhoto}) {
    ASSIGN_OR_RETURN(const std::vector<std::filesystem::path> files, catalog.FilesOf(photo, role));
    if (!files.empty()) return files.front();
  }
  return std::filesystem::path();
}

// How the people of `pairs` are called, and where the photos are.
Result<std::vector<NearPeople>> DescribePairs(Catalog& catalog, const std::vector<CalibrationTrial>& pairs) {
  std::map<PersonId, std::string> names;
  ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
  for (const Person& person : people) names[person.id] = person.name;
  std::map<FaceId, PhotoId> photos;
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> references, catalog.References());
  for (const CatalogReference& reference : references) photos[reference.face] = reference.photo;
  std::vector<NearPeople> described;
  for (const CalibrationTrial& pair : pairs) {
    NearPeople near{pair.other->distance, names[pair.person], names[pair.other->person], {}, {}};
    ASSIGN_OR_RETURN(near.photo, PathOf(catalog, photos[pair.face]));
    ASSIGN_OR_RETURN(near.other_photo, PathOf(catalog, photos[pair.other->reference]));
    described.push_back(std::move(near));
  }
  return described;
}

}  // namespace

Result<CalibrationResult> Calibrate(Catalog& catalog, const CalibrationRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<Reference> references, catalog.ReferencesWithEmbeddings(request.model));
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> all, catalog.References());
  std::set<PersonId> people;
  for (const Reference& reference : references) people.insert(reference.person);
  if (people.size() < 2) {
    return Fail(ErrorCode::kInvalidArgument,
                "calibrate compares people with each other, so references of two people at least are needed: "
                "kinfolder people add NAME PHOTO...");
  }
  ASSIGN_OR_RETURN(const std::vector<CalibrationTrial> trials, LeaveOneOut(references));
  CalibrationResult result;
  result.people = static_cast<int>(people.size());
  result.references = static_cast<int>(references.size());
  result.not_compared = static_cast<int>(all.size()) - result.references;
  result.now = ErrorRatesAt(trials, request.threshold);
  result.recommended = RecommendThreshold(trials, request.wrong_names, request.model_threshold);
  result.curve = ErrorCurve(trials);
  ASSIGN_OR_RETURN(result.nearest, DescribePairs(catalog, NearestPairs(trials)));
  return result;
}

}  // namespace kinfolder
