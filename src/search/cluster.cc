#include "search/cluster.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>
#include <queue>
#include <tuple>
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

struct Merge {
  double distance = 0;
  FaceId first;
  FaceId second;
  std::size_t a = 0;
  std::size_t b = 0;

  auto Key() const { return std::tie(distance, first, second); }
  bool operator>(const Merge& other) const { return Key() > other.Key(); }
};

class AverageLinkage {
 public:
  // Every face is a group of its own, of those whose vectors follow each other in `vectors`.
  AverageLinkage(std::vector<Group> groups, std::span<const float> vectors, double cutoff)
      : groups_(std::move(groups)),
        vectors_(vectors),
        dimension_(vectors.size() / std::max<std::size_t>(groups_.size(), 1)),
        merged_into_(groups_.size()),
        cutoff_(cutoff) {
    std::iota(merged_into_.begin(), merged_into_.end(), std::size_t{0});
    for (std::size_t a = 0; a < groups_.size(); ++a) {
      for (const std::size_t b : groups_[a].near) {
        if (a < b) Consider(a, b);
      }
    }
  }

  // What is left when nothing is near enough any more; merged ones are empty.
  std::vector<Group> Run() && {
    while (!merges_.empty()) {
      const Merge next = merges_.top();
      merges_.pop();
      if (!groups_[next.a].members.empty() && !groups_[next.b].members.empty()) MergeIntoNew(next.a, next.b);
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

  void Consider(std::size_t a, std::size_t b) {
    const double distance = MeanSquaredDistance(groups_[a], groups_[b]);
    if (distance >= cutoff_ * cutoff_) return;
    const auto [first, second] = std::minmax(groups_[a].first, groups_[b].first);
    merges_.push({distance, first, second, a, b});
  }

  // The group that this one is a part of by now.
  std::size_t Present(std::size_t group) {
    while (merged_into_[group] != group) {
      merged_into_[group] = merged_into_[merged_into_[group]];
      group = merged_into_[group];
    }
    return group;
  }

  // Both become a new group, so that what was considered of them before is seen to be out of date.
  void MergeIntoNew(std::size_t a, std::size_t b) {
    const std::size_t merged = groups_.size();
    Group group = std::move(groups_[a]);
    const Group other = std::move(groups_[b]);
    groups_[a] = groups_[b] = {};
    std::vector<float> sum(dimension_);
    std::ranges::transform(SumOf(group), SumOf(other), sum.begin(), std::plus());
    group.sum = std::move(sum);
    merged_into_[a] = merged_into_[b] = merged;
    merged_into_.push_back(merged);
    group.members.insert(group.members.end(), other.members.begin(), other.members.end());
    group.near.insert(group.near.end(), other.near.begin(), other.near.end());
    for (std::size_t& near : group.near) near = Present(near);
    std::ranges::sort(group.near);
    group.near.erase(std::unique(group.near.begin(), group.near.end()), group.near.end());
    std::erase(group.near, merged);
    group.first = std::min(group.first, other.first);
    groups_.push_back(std::move(group));
    for (const std::size_t near : groups_[merged].near) Consider(merged, near);
  }

  std::vector<Group> groups_;
  std::span<const float> vectors_;
  std::size_t dimension_;
  std::vector<std::size_t> merged_into_;  // one an entry of groups_: itself where it is still there
  double cutoff_;
  std::priority_queue<Merge, std::vector<Merge>, std::greater<>> merges_;
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
  std::vector<Group> singles(faces_.size());
  for (std::size_t i = 0; i < faces_.size(); ++i) singles[i] = {{}, {i}, {}, faces_[i]};
  // An average below the cutoff takes a pair below it, so only groups with such a pair need be looked at.
  for (const NearFaces& pair : Near()) {
    singles[pair.first].near.push_back(pair.second);
    singles[pair.second].near.push_back(pair.first);
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
