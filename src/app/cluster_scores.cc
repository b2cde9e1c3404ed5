#include "app/cluster_scores.h"

#include <algorithm>
#include <iterator>

namespace kinfolder {
namespace {

double PairsOf(double count) { return count * (count - 1) / 2; }

double Ratio(double part, double whole) { return whole == 0 ? 1 : part / whole; }

}  // namespace

ClusterScores ScoreClusters(std::span<const FaceGroup> groups, const std::map<FaceId, PersonId>& people) {
  std::map<PersonId, double> faces_of;
  for (const auto& [face, person] : people) ++faces_of[person];
  ClusterScores scores;
  double grouped_pairs = 0;
  double right_pairs = 0;
  double precision = 0;
  double recall = 0;
  for (const FaceGroup& group : groups) {
    std::map<PersonId, double> in_group;
    for (const FaceId face : group) ++in_group[people.at(face)];
    const auto size = static_cast<double>(group.size());
    grouped_pairs += PairsOf(size);
    for (const auto& [person, count] : in_group) {
      right_pairs += PairsOf(count);
      // Each of the `count` faces has `count` of its own person in its group.
      precision += count * count / size;
      recall += count * count / faces_of[person];
    }
    scores.faces += static_cast<int>(group.size());
    scores.groups += group.size() > 1 ? 1 : 0;
  }
  double person_pairs = 0;
  for (const auto& [person, count] : faces_of) person_pairs += PairsOf(count);
  scores.pair_precision = Ratio(right_pairs, grouped_pairs);
  scores.pair_recall = Ratio(right_pairs, person_pairs);
  scores.b_cubed_precision = Ratio(precision, scores.faces);
  scores.b_cubed_recall = Ratio(recall, scores.faces);
  return scores;
}

double ChangedFraction(std::span<const FaceGroup> before, std::span<const FaceGroup> after) {
  std::map<FaceId, const FaceGroup*> group_of;
  for (const FaceGroup& group : before) {
    for (const FaceId face : group) group_of[face] = &group;
  }
  double unchanged = 0;
  for (const FaceGroup& group : after) {
    FaceGroup known;
    std::ranges::copy_if(group, std::back_inserter(known), [&](FaceId face) { return group_of.contains(face); });
    if (!known.empty() && known == *group_of.at(known.front())) unchanged += static_cast<double>(known.size());
  }
  return group_of.empty() ? 0 : 1 - unchanged / static_cast<double>(group_of.size());
}

}  // namespace kinfolder
