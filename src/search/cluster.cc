#include "search/cluster.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "base/check.h"
#include "search/near_rows.h"

namespace kinfolder {
namespace {

constexpr std::size_t kMostNear = 32;  // of each face; more change no group, and large families have thousands

// A group under way.
struct Group {
  std::vector<float> sum;            // of the members' vectors; empty for a single one
  std::vector<std::size_t> members;  // in the order of adding
  std::vector<std::size_t> near;     // groups that have a face near one of this one's, by the numbers they had once
  FaceId first;                      // least of the members: tells groups apart whatever the order of adding
};

float Dot(std::span<const float> a, std::span<const float> b) {
  std::array<float, 16> sums{};  // that become vectors
  std::size_t i = 0;
  for (; i + sums.size() <= a.size(); i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += a[i + j] * b[i + j];
  }
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0F);
}

// The nearest-neighbour chain (Murtagh, "A survey of recent advances in hierarchical clustering algorithms", 1983):
// from a group to the one nearest to it, and on, until two are each other's nearest and become one. For averages that
// gives the groups that joining the nearest two of all would give, and takes no list of all pairs.
class AverageLinkage {
 public:
  // Every face is a group of its own, of those whose vectors follow each other in `vectors`.
  AverageLinkage(std::vector<Group> singles, std::span<const float> vectors, double cutoff)
      : groups_(std::move(singles)),
        vectors_(vectors),
        dimension_(vectors.size() / std::max<std::size_t>(groups_.size(), 1)),
        merged_into_(groups_.size()),
        cutoff_(cutoff) {
    std::iota(merged_into_.begin(), merged_into_.end(), std::size_t{0});
    groups_.reserve(2 * groups_.size());
  }

  // What is left when nothing is near enough any more; merged ones are empty.
  std::vector<Group> Run() && {
    for (std::size_t start = 0; start < groups_.size(); ++start) {  // those that come of merging too
      if (groups_[start].members.empty()) continue;
      std::vector<std::size_t> chain = {start};
      while (!chain.empty()) {
        const std::optional<std::size_t> before =
            chain.size() > 1 ? std::optional(chain[chain.size() - 2]) : std::nullopt;
        const std::optional<std::size_t> next = Nearest(chain.back(), before);
        if (next && next != before) {
          chain.push_back(*next);
          continue;
        }
        if (next) {
          MergeIntoNew(*next, chain.back());
          chain.pop_back();
        }
        chain.pop_back();
      }
    }
    return std::move(groups_);
  }

 private:
  std::span<const float> SumOf(const Group& group) const {
    if (!group.sum.empty()) return group.sum;
    return vectors_.subspan(group.members.front() * dimension_, dimension_);
  }

  // Of unit vectors |x - y|^2 = 2 - 2 x.y.
  double MeanSquaredDistance(const Group& a, const Group& b) const {
    const double pairs = static_cast<double>(a.members.size()) * static_cast<double>(b.members.size());
    return 2 - 2 * double{Dot(SumOf(a), SumOf(b))} / pairs;
  }

  // The group that is nearest to this one, and nearer than the cutoff. Of equally near ones `preferred`, or that with
  // the least first face.
  std::optional<std::size_t> Nearest(std::size_t group, std::optional<std::size_t> preferred) {
    BringUpToDate(group);
    std::optional<std::size_t> nearest;
    double least = cutoff_ * cutoff_;
    for (const std::size_t near : groups_[group].near) {
      const double distance = MeanSquaredDistance(groups_[group], groups_[near]);
      const bool is_as_near = nearest && distance == least && nearest != preferred;
      if (distance < least || (is_as_near && (near == preferred || groups_[near].first < groups_[*nearest].first))) {
        nearest = near;
        least = distance;
      }
    }
    return nearest;
  }

  // The group that this one is a part of by now.
  std::size_t Present(std::size_t group) {
    while (merged_into_[group] != group) {
      merged_into_[group] = merged_into_[merged_into_[group]];
      group = merged_into_[group];
    }
    return group;
  }

  void BringUpToDate(std::size_t group) {
    std::vector<std::size_t>& all = groups_[group].near;
    for (std::size_t& near : all) near = Present(near);
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::erase(all, group);
  }

  void MergeIntoNew(std::size_t a, std::size_t b) {
    const std::size_t merged = groups_.size();
    Group group = std::move(groups_[a]);
    const Group other = std::move(groups_[b]);
    groups_[a] = groups_[b] = {};
    std::vector<float> sum(dimension_);
    std::ranges::transform(SumOf(group), SumOf(other), sum.begin(), std::plus());
    group.sum = std::move(sum);
    group.members.insert(group.members.end(), other.members.begin(), other.members.end());
    group.near.insert(group.near.end(), other.near.begin(), other.near.end());
    group.first = std::min(group.first, other.first);
    groups_.push_back(std::move(group));
    merged_into_[a] = merged_into_[b] = merged;
    merged_into_.push_back(merged);
  }

  std::vector<Group> groups_;
  std::span<const float> vectors_;
  std::size_t dimension_;
  std::vector<std::size_t> merged_into_;  // one an entry of groups_: itself where it is still there
  double cutoff_;
};

}  // namespace

void FaceClusters::Add(std::span<const FaceId> faces, std::span<const float> embeddings) {
  CHECK(embeddings.size() == faces.size() * dimension_);
  faces_.insert(faces_.end(), faces.begin(), faces.end());
  vectors_.insert(vectors_.end(), embeddings.begin(), embeddings.end());
}

std::vector<NearFaces> FaceClusters::Near() const {
  std::vector<std::int64_t> ids;
  ids.reserve(faces_.size());
  for (const FaceId face : faces_) ids.push_back(face.value);
  const auto near = FindNearRows(vectors_, dimension_, ids, cutoff_ * cutoff_, kMostNear);
  std::vector<NearFaces> pairs;
  for (std::size_t face = 0; face < near.size(); ++face) {
    for (const auto& [other, squared_distance] : near[face]) {
      // Where both know each other, the first one tells.
      if (face < other || std::ranges::find(near[other], face, &NearRow::row) == near[other].end()) {
        pairs.push_back({std::min(face, other), std::max(face, other), squared_distance});
      }
    }
  }
  return pairs;
}

std::vector<FaceGroup> FaceClusters::Groups() const {
  // By id, so that the order of adding changes nothing.
  std::vector<std::size_t> order(faces_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [this](std::size_t face) { return faces_[face]; });
  std::vector<std::size_t> place_of(faces_.size());
  std::vector<Group> singles(faces_.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    place_of[order[place]] = place;
    singles[place] = {{}, {order[place]}, {}, faces_[order[place]]};
  }
  // An average below the cutoff takes a pair below it, so only groups with such a pair need be looked at.
  for (const NearFaces& pair : Near()) {
    singles[place_of[pair.first]].near.push_back(place_of[pair.second]);
    singles[place_of[pair.second]].near.push_back(place_of[pair.first]);
  }
  std::vector<std::size_t> numbers(faces_.size());
  const std::vector<Group> groups = AverageLinkage(std::move(singles), vectors_, cutoff_).Run();
  for (std::size_t number = 0; number < groups.size(); ++number) {
    for (const std::size_t member : groups[number].members) numbers[member] = number;
  }
  return GroupsByNumber(faces_, numbers);
}

std::vector<FaceGroup> GroupsByNumber(std::span<const FaceId> faces, std::span<const std::size_t> numbers) {
  CHECK(faces.size() == numbers.size());
  std::map<std::size_t, FaceGroup> by_number;
  for (std::size_t i = 0; i < faces.size(); ++i) by_number[numbers[i]].push_back(faces[i]);
  std::vector<FaceGroup> groups;
  groups.reserve(by_number.size());
  for (auto& [number, group] : by_number) {
    std::ranges::sort(group);
    groups.push_back(std::move(group));
  }
  std::ranges::sort(groups, [](const FaceGroup& a, const FaceGroup& b) {
    return a.size() != b.size() ? a.size() > b.size() : a.front() < b.front();
  });
  return groups;
}

}  // namespace kinfolder
