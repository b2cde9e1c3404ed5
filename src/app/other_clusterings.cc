#include "app/other_clusterings.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace kinfolder {
namespace {

struct Edge {
  std::size_t to = 0;
  float squared_distance = 0;
};
using Edges = std::vector<std::vector<Edge>>;

Edges EdgesOf(const FaceClusters& faces) {
  Edges edges(faces.faces().size());
  const std::vector<NearFaces> near = faces.Near();
  for (const NearFaces& pair : near) {
    edges[pair.first].push_back({pair.second, pair.squared_distance});
    edges[pair.second].push_back({pair.first, pair.squared_distance});
  }
  return edges;
}

std::vector<std::size_t> EachItsOwn(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

std::vector<std::size_t> ByFaceId(const FaceClusters& faces) {
  std::vector<std::size_t> order = EachItsOwn(faces.faces().size());
  std::ranges::sort(order, {}, [&](std::size_t i) { return faces.faces()[i]; });
  return order;
}

// Gives `number` to all cores that are reached from `start`.
void Spread(const Edges& edges, const std::vector<bool>& is_core, std::size_t start, std::size_t number,
            std::vector<std::size_t>& numbers) {
  std::vector<std::size_t> open = {start};
  numbers[start] = number;
  while (!open.empty()) {
    const std::size_t face = open.back();
    open.pop_back();
    for (const Edge& edge : edges[face]) {
      if (!is_core[edge.to] || numbers[edge.to] == number) continue;
      numbers[edge.to] = number;
      open.push_back(edge.to);
    }
  }
}

}  // namespace

std::vector<FaceGroup> Dbscan(const FaceClusters& faces, int core) {
  const Edges edges = EdgesOf(faces);
  std::vector<bool> is_core(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) is_core[i] = edges[i].size() + 1 >= static_cast<std::size_t>(core);
  std::vector<std::size_t> numbers = EachItsOwn(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (is_core[i] && numbers[i] == i) Spread(edges, is_core, i, i, numbers);
  }
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (is_core[i]) continue;
    std::optional<Edge> nearest;
    for (const Edge& edge : edges[i]) {
      if (!is_core[edge.to]) continue;
      const auto key = [&](const Edge& e) { return std::pair(e.squared_distance, faces.faces()[e.to]); };
      if (!nearest || key(edge) < key(*nearest)) nearest = edge;
    }
    if (nearest) numbers[i] = numbers[nearest->to];
  }
  return GroupsByNumber(faces.faces(), numbers);
}

std::vector<FaceGroup> ChineseWhispers(const FaceClusters& faces) {
  constexpr int kRounds = 20;
  const Edges edges = EdgesOf(faces);
  const std::vector<std::size_t> order = ByFaceId(faces);
  std::vector<std::size_t> rank(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  std::vector<std::size_t> numbers = rank;
  for (int round = 0; round < kRounds; ++round) {
    bool changed = false;
    for (const std::size_t face : order) {
      std::map<std::size_t, double> weights;
      for (const Edge& edge : edges[face]) weights[numbers[edge.to]] += 1 - edge.squared_distance / 2;
      if (weights.empty()) continue;
      const auto heaviest = std::ranges::max_element(weights, {}, [](const auto& entry) { return entry.second; });
      changed = changed || numbers[face] != heaviest->first;
      numbers[face] = heaviest->first;
    }
    if (!changed) break;
  }
  return GroupsByNumber(faces.faces(), numbers);
}

}  // namespace kinfolder
