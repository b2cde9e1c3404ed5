#include "train/compare_verification.h"

#include <map>
#include <utility>

#include "app/photo_stages.h"
#include "app/subject.h"

namespace kinfolder {
namespace {

using Description = std::vector<float>;

Result<FaceCrop> LoadFace(const Mtcnn& detector, const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(path, {}));
  const Result<SubjectPlace> place = FindSubject(detector, photo.image);
  if (!place) return Fail(place.error().code, "{}: {}", path.string(), place.error().message);
  return CutFaceCrop(photo.image, place->detection);
}

// One draw for each pair, whatever is done to it.
FaceCrop DamagedFace(const FaceCrop& face, const Condition& condition, std::size_t pair) {
  if (!condition) return face;
  Random random(static_cast<Random::result_type>(pair));
  return {Damaged(face.picture, *condition, random), face.detection};
}

// A description of every clean face by every method.
Result<std::vector<std::vector<Description>>> DescribeAll(const FacePairs& pairs,
                                                          std::span<const std::unique_ptr<FaceDescriber>> methods,
                                                          const ParallelRun& run) {
  std::vector<std::vector<Description>> descriptions(methods.size(), std::vector<Description>(pairs.faces.size()));
  RETURN_IF_ERROR(ForEachInParallel(pairs.faces.size(), run, [&](std::size_t i) -> Status {
    for (std::size_t method = 0; method < methods.size(); ++method) {
      ASSIGN_OR_RETURN(descriptions[method][i], methods[method]->Describe(pairs.faces[i]));
    }
    return {};
  }));
  return descriptions;
}

}  // namespace

Result<FacePairs> LoadFacePairs(const Mtcnn& detector, const std::filesystem::path& pairs,
                                const std::filesystem::path& images, const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<PhotoPair> photo_pairs, ReadLfwPairs(pairs));
  std::map<std::filesystem::path, std::size_t> numbers;
  std::vector<std::filesystem::path> photos;
  const auto number_of = [&](const std::filesystem::path& photo) {
    const auto [place, added] = numbers.try_emplace(photo, photos.size());
    if (added) photos.push_back(photo);
    return place->second;
  };
  FacePairs loaded;
  loaded.pairs.reserve(photo_pairs.size());
  for (const PhotoPair& pair : photo_pairs) {
    const std::size_t first = number_of(pair.first);
    loaded.pairs.push_back({first, number_of(pair.second), pair.same, pair.fold});
  }
  loaded.faces.resize(photos.size());
  RETURN_IF_ERROR(ForEachInParallel(photos.size(), run, [&](std::size_t i) -> Status {
    ASSIGN_OR_RETURN(loaded.faces[i], LoadFace(detector, images / photos[i]));
    return {};
  }));
  return loaded;
}

std::string NameOf(const Condition& condition) { return condition ? Name(*condition) : "clean"; }

std::vector<Condition> UsualConditions() {
  return {std::nullopt,
          Damage{DamageKind::kDarker, 4},
          Damage{DamageKind::kDarker, 6},
          Damage{DamageKind::kOccluded, 0.25F},
          Damage{DamageKind::kOccluded, 0.4F},
          Damage{DamageKind::kBlur, 3},
          Damage{DamageKind::kMotionBlur, 16},
          Damage{DamageKind::kLowResolution, 24},
          Damage{DamageKind::kMask, 0},
          Damage{DamageKind::kGlasses, 0}};
}

Result<VerificationComparison> CompareVerification(const FacePairs& pairs,
                                                   std::span<const std::unique_ptr<FaceDescriber>> methods,
                                                   const std::vector<Condition>& conditions, const ParallelRun& run) {
  ASSIGN_OR_RETURN(const auto clean, DescribeAll(pairs, methods, run));
  const std::size_t count = pairs.pairs.size();
  std::vector<ScoredPair> unscored;
  unscored.reserve(count);
  for (const FacePairs::Pair& pair : pairs.pairs) unscored.push_back({0, pair.same, pair.fold});
  // Of each method, under each condition.
  std::vector<std::vector<std::vector<ScoredPair>>> scored(
      methods.size(), std::vector<std::vector<ScoredPair>>(conditions.size(), unscored));
  RETURN_IF_ERROR(ForEachInParallel(conditions.size() * count, run, [&](std::size_t item) -> Status {
    const std::size_t condition = item / count;
    const std::size_t number = item % count;
    const FacePairs::Pair& pair = pairs.pairs[number];
    const FaceCrop second = DamagedFace(pairs.faces[pair.second], conditions[condition], number);
    for (std::size_t method = 0; method < methods.size(); ++method) {
      ASSIGN_OR_RETURN(const Description seen, methods[method]->Describe(second));
      scored[method][condition][number].distance = methods[method]->DistanceOf(clean[method][pair.first], seen);
    }
    return {};
  }));
  VerificationComparison comparison{conditions, {}};
  for (std::size_t method = 0; method < methods.size(); ++method) {
    MethodScores scores{methods[method]->name(), {}};
    for (const std::vector<ScoredPair>& distances : scored[method]) {
      ASSIGN_OR_RETURN(VerificationScores of_condition, ScorePairs(distances));
      scores.by_condition.push_back(of_condition);
    }
    comparison.methods.push_back(std::move(scores));
  }
  return comparison;
}

}  // namespace kinfolder
