#include "app/evaluate_clustering.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string>

#include "app/lfw_people.h"
#include "app/other_clusterings.h"

namespace kinfolder {
namespace {

// Faces that come last, one at a time.
constexpr std::size_t kAddedFaces = 100;

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

void AddFaces(std::span<const PersonOfFold> people, FaceClusters& clusters) {
  std::vector<FaceId> faces;
  std::vector<float> vectors;
  for (const PersonOfFold& face : people) {
    const std::vector<float>& vector = face.reference.embedding.values;
    faces.push_back(face.reference.face);
    vectors.insert(vectors.end(), vector.begin(), vector.end());
  }
  clusters.Add(faces, vectors);
}

// Some faces of all, evenly spread, go to the end.
std::vector<PersonOfFold> WithSomeLast(const std::vector<PersonOfFold>& people, std::size_t some) {
  std::vector<PersonOfFold> first;
  std::vector<PersonOfFold> last;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const bool is_one = (i + 1) * some / people.size() > i * some / people.size();
    (is_one ? last : first).push_back(people[i]);
  }
  std::ranges::move(last, std::back_inserter(first));
  return first;
}

// The last `added` of `people` come one at a time.
ClusteringScores ScoreMethod(const ClusterMethod& method, float cutoff, std::span<const PersonOfFold> people,
                             std::size_t added) {
  std::map<FaceId, PersonId> truth;
  for (const PersonOfFold& face : people) truth[face.reference.face] = face.reference.person;
  FaceClusters faces(people.front().reference.embedding.values.size(), cutoff);
  AddFaces(people.first(people.size() - added), faces);
  const std::vector<FaceGroup> before = method.group(faces);
  ClusteringScores scores{method.name, cutoff, {}, 0, 0};
  for (std::size_t i = people.size() - added; i < people.size(); ++i) {
    FaceClusters and_one_more = faces;
    AddFaces(people.subspan(i, 1), and_one_more);
    const double changed = ChangedFraction(before, method.group(and_one_more));
    scores.changed_mean += changed / static_cast<double>(added);
    scores.changed_most = std::max(scores.changed_most, changed);
  }
  AddFaces(people.last(added), faces);
  scores.scores = ScoreClusters(method.group(faces), truth);
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
  const std::size_t added = std::min(kAddedFaces, people.size() / 2);
  people = WithSomeLast(people, added);
  std::vector<ClusteringScores> scores;
  for (const ClusterMethod& method : ClusterMethods()) {
    for (const float cutoff : method.cutoffs) scores.push_back(ScoreMethod(method, cutoff, people, added));
  }
  return scores;
}

}  // namespace kinfolder
