#include "catalog/face_pairing.h"

#include <algorithm>
#include <tuple>

namespace kinfolder {

std::vector<std::optional<std::size_t>> PairFaces(std::span<const Box> known, std::span<const Box> found) {
  struct Candidate {
    float overlap;
    std::size_t known;
    std::size_t found;
  };
  std::vector<Candidate> candidates;
  for (std::size_t k = 0; k < known.size(); ++k) {
    for (std::size_t f = 0; f < found.size(); ++f) {
      const float overlap = IntersectionOverUnion(known[k], found[f]);
      if (overlap >= kSameFaceOverlap) candidates.push_back({overlap, k, f});
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(b.overlap, a.known, a.found) < std::tie(a.overlap, b.known, b.found);
  });

  std::vector<std::optional<std::size_t>> pairs(found.size());
  std::vector<bool> taken(known.size());
  for (const Candidate& candidate : candidates) {
    if (taken[candidate.known] || pairs[candidate.found]) continue;
    taken[candidate.known] = true;
    pairs[candidate.found] = candidate.known;
  }
  return pairs;
}

std::optional<std::size_t> BestFace(std::span<const Box> known, const Box& box) {
  std::optional<std::size_t> best;
  float best_overlap = 0;
  for (std::size_t k = 0; k < known.size(); ++k) {
    const float overlap = IntersectionOverUnion(known[k], box);
    if (overlap < kSameFaceOverlap || overlap <= best_overlap) continue;
    best = k;
    best_overlap = overlap;
  }
  return best;
}

}  // namespace kinfolder
