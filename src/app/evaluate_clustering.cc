#include "app/evaluate_clustering.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "app/lfw_people.h"
#include "app/other_clusterings.h"

namespace kinfolder {
namespace {

// Faces that come last, one at a time.
constexpr std::size_t kAddedFaces = 20;

struct ClusterMethod {
  std::string name;
  std::vector<float> cutoffs;  // L2
  std::function<std::vector<FaceGroup>(const FaceClusters&)> group;
};

// Cutoffs around those at which the precision passes 0.99.
std::vector<ClusterMethod> ClusterMethods() {
  return {{"average linkage", {0.68F, 0.72F, 0.76F}, [](const FaceClusters& faces) { return faces.Groups(); }},
          {"Chinese whispers", {0.60F, 0.64F, 0.68F}, ChineseWhispers},
          {"single linkage", {0.48F, 0.52F, 0.56F}, [](const FaceClusters& faces) { return Dbscan(faces, 2); }},
          {"DBSCAN, 3 faces", {0.48F, 0.52F, 0.56F}, [](const FaceClusters& faces) { return Dbscan(faces, 3); }}};
}

FaceClusters MakeClusters(const std::vector<PersonOfFold>& people, float cutoff, std::optional<std::size_t> left_out) {
  std::vector<FaceId> faces;
  std::vector<float> vectors;
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (i == left_out) continue;
    const std::vector<float>& vector = people[i].reference.embedding.values;
    faces.push_back(people[i].reference.face);
    vectors.insert(vectors.end(), vector.begin(), vector.end());
  }
  FaceClusters clusters(people.front().reference.embedding.values.size(), cutoff);
  clusters.Add(faces, vectors);
  return clusters;
}

ClusteringScores ScoreMethod(const ClusterMethod& method, float cutoff, const std::vector<PersonOfFold>& people) {
  std::map<FaceId, PersonId> truth;
  for (const PersonOfFold& face : people) truth[face.reference.face] = face.reference.person;
  const std::vector<FaceGroup> groups = method.group(MakeClusters(people, cutoff, {}));
  ClusteringScores scores{method.name, cutoff, ScoreClusters(groups, truth), 0, 0};
  const std::size_t added = std::min(kAddedFaces, people.size());
  for (std::size_t i = 0; i < added; ++i) {
    const std::size_t last = i * people.size() / added;
    const double changed = ChangedFraction(method.group(MakeClusters(people, cutoff, last)), groups);
    scores.changed_mean += changed / static_cast<double>(added);
    scores.changed_most = std::max(scores.changed_most, changed);
  }
  return scores;
}

}  // namespace

Result<std::vector<ClusteringScores>> EvaluateClustering(const FaceScanner& scanner, const DecodeOptions& decode,
                                                         const std::filesystem::path& pairs,
                                                         const std::filesystem::path& images, int least,
                                                         const ParallelRun& run) {
  ASSIGN_OR_RETURN(std::vector<PersonOfFold> people, EmbedLfwPeople(scanner, decode, pairs, images, run));
  std::map<PersonId, int> pictures;
  for (const PersonOfFold& face : people) ++pictures[face.reference.person];
  std::erase_if(people, [&](const PersonOfFold& face) { return pictures[face.reference.person] < least; });
  if (people.empty()) return Fail(ErrorCode::kInvalidArgument, "nobody has {} pictures", least);
  std::vector<ClusteringScores> scores;
  for (const ClusterMethod& method : ClusterMethods()) {
    for (const float cutoff : method.cutoffs) scores.push_back(ScoreMethod(method, cutoff, people));
  }
  return scores;
}

}  // namespace kinfolder
