#include "search/cluster.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <queue>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "search/distances.h"

namespace kinfolder {
namespace {

// A group under way. Sums are of doubles, so that the order of adding changes no average that matters.
struct Group {
  std::vector<double> sum;
  std::vector<std::size_t> members;
  std::vector<std::size_t> near;  // groups that have a face near one of this one's, by the numbers that they had once
  FaceId first;                   // least of the members: tells groups apart whatever the order of adding
};

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  std::array<double, 8> sums{};  // that become vectors
  std::size_t i = 0;
  for (; i + sums.size() <= a.size(); i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += a[i + j] * b[i + j];
  }
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double MeanSquaredDistance(const Group& a, const Group& b) {
  // Of unit vectors |x - y|^2 = 2 - 2 x.y.
  return 2 - 2 * Dot(a.sum, b.sum) / (static_cast<double>(a.members.size()) * static_cast<double>(b.members.size()));
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
  AverageLinkage(std::vector<Group> groups, double cutoff)
      : groups_(std::move(groups)), merged_into_(groups_.size()), cutoff_(cutoff) {
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
    merged_into_[a] = merged_into_[b] = merged;
    merged_into_.push_back(merged);
    for (std::size_t k = 0; k < group.sum.size(); ++k) group.sum[k] += other.sum[k];
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
  std::vector<std::size_t> merged_into_;  // one an entry of groups_: itself where it is still there
  double cutoff_;
  std::priority_queue<Merge, std::vector<Merge>, std::greater<>> merges_;
};

}  // namespace

void FaceClusters::Add(std::span<const FaceId> faces, std::span<const float> embeddings) {
  CHECK(embeddings.size() == faces.size() * dimension_);
  const std::size_t before = faces_.size();
  for (std::size_t i = 0; i < faces.size(); ++i) rough_.Add(embeddings.subspan(i * dimension_, dimension_));
  faces_.insert(faces_.end(), faces.begin(), faces.end());
  vectors_.insert(vectors_.end(), embeddings.begin(), embeddings.end());
  std::vector<std::vector<NearFaces>> near(faces.size());
  std::vector<float> bars(faces.size(), cutoff_ * cutoff_);
  rough_.Search(embeddings, bars, [&](std::size_t query, const RoughDistance& distance) {
    const std::size_t face = before + query;
    if (distance.row >= face) return;
    const float squared = SquaredDistance(Vector(face), Vector(distance.row));
    if (squared < cutoff_ * cutoff_) near[query].push_back({distance.row, face, squared});
  });
  for (const std::vector<NearFaces>& of_face : near) near_.insert(near_.end(), of_face.begin(), of_face.end());
}

std::span<const float> FaceClusters::Vector(std::size_t face) const {
  return std::span(vectors_).subspan(face * dimension_, dimension_);
}

std::vector<FaceGroup> FaceClusters::Groups() const {
  std::vector<Group> singles(faces_.size());
  for (std::size_t i = 0; i < faces_.size(); ++i) {
    const std::span<const float> vector = Vector(i);
    singles[i] = {{vector.begin(), vector.end()}, {i}, {}, faces_[i]};
  }
  // An average below the cutoff takes a pair below it, so only groups with such a pair need be looked at.
  for (const NearFaces& pair : near_) {
    singles[pair.first].near.push_back(pair.second);
    singles[pair.second].near.push_back(pair.first);
  }
  std::vector<std::size_t> numbers(faces_.size());
  const std::vector<Group> groups = AverageLinkage(std::move(singles), cutoff_).Run();
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
