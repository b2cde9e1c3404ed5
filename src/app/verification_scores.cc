#include "app/verification_scores.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "base/check.h"
#include "search/distances.h"

namespace kinfolder {
namespace {

std::vector<float> SortedDistances(std::span<const ScoredPair> pairs, bool same) {
  std::vector<float> distances;
  for (const ScoredPair& pair : pairs) {
    if (pair.same == same) distances.push_back(pair.distance);
  }
  std::ranges::sort(distances);
  return distances;
}

// The pairs of each fold beside all pairs of the other folds.
struct FoldSplit {
  std::vector<ScoredPair> held_out;
  std::vector<ScoredPair> others;
};

std::vector<FoldSplit> SplitByFold(std::span<const ScoredPair> pairs) {
  std::map<int, FoldSplit> splits;
  for (const ScoredPair& pair : pairs) splits[pair.fold].held_out.push_back(pair);
  for (auto& [fold, split] : splits) {
    for (const ScoredPair& pair : pairs) {
      if (pair.fold != fold) split.others.push_back(pair);
    }
  }
  std::vector<FoldSplit> result;
  result.reserve(splits.size());
  for (auto& [fold, split] : splits) result.push_back(std::move(split));
  return result;
}

double AccuracyAt(std::span<const ScoredPair> pairs, float threshold) {
  const auto right =
      std::ranges::count_if(pairs, [&](const ScoredPair& pair) { return (pair.distance < threshold) == pair.same; });
  return static_cast<double>(right) / static_cast<double>(pairs.size());
}

}  // namespace

float Distance(std::span<const float> a, std::span<const float> b) { return std::sqrt(SquaredDistance(a, b)); }

float BestThreshold(std::span<const ScoredPair> pairs) {
  std::vector<ScoredPair> sorted(pairs.begin(), pairs.end());
  std::ranges::sort(sorted, {}, &ScoredPair::distance);
  // Right decisions gained over the threshold 0, which takes every pair for two people.
  int gained = 0;
  int best_gained = 0;
  float best = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    gained += sorted[i].same ? 1 : -1;
    const bool last = i + 1 == sorted.size();
    if (!last && sorted[i + 1].distance == sorted[i].distance) continue;
    if (gained <= best_gained) continue;
    best_gained = gained;
    // Beyond all distances any threshold decides alike; the next number keeps "below the threshold" true.
    best = last ? std::nextafter(sorted[i].distance, HUGE_VALF)
                : std::midpoint(sorted[i].distance, sorted[i + 1].distance);
    // Rounding may put the middle of two neighbours onto the lower one.
    if (best == sorted[i].distance) best = std::nextafter(best, HUGE_VALF);
  }
  return best;
}

Result<CrossValidation> CrossValidate(std::span<const ScoredPair> pairs) {
  const std::vector<FoldSplit> splits = SplitByFold(pairs);
  if (splits.size() < 2) {
    return Fail(ErrorCode::kInvalidArgument, "cross-validation takes at least 2 folds of pairs, not {}", splits.size());
  }
  std::vector<double> accuracies;
  accuracies.reserve(splits.size());
  for (const FoldSplit& split : splits) accuracies.push_back(AccuracyAt(split.held_out, BestThreshold(split.others)));

  const auto folds = static_cast<double>(accuracies.size());
  CrossValidation result;
  for (const double accuracy : accuracies) result.accuracy += accuracy / folds;
  double variance = 0;
  for (const double accuracy : accuracies)
    variance += (accuracy - result.accuracy) * (accuracy - result.accuracy) / folds;
  result.standard_deviation = std::sqrt(variance);
  return result;
}

Result<OperatingPoint> AtFalseAcceptRate(std::span<const ScoredPair> pairs, double false_accept_rate) {
  const std::vector<float> same = SortedDistances(pairs, true);
  const std::vector<float> different = SortedDistances(pairs, false);
  if (same.empty() || different.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "a false accept rate needs pairs of one person and pairs of two people");
  }
  // The small addend keeps 0.01 of 300 at 3, whatever the product is rounded to.
  const auto allowed = static_cast<std::size_t>(false_accept_rate * static_cast<double>(different.size()) + 1e-9);
  OperatingPoint point;
  point.threshold = allowed < different.size() ? different[allowed] : std::nextafter(different.back(), HUGE_VALF);
  const auto accepted = std::ranges::lower_bound(same, point.threshold) - same.begin();
  point.true_accept_rate = static_cast<double>(accepted) / static_cast<double>(same.size());
  return point;
}

Result<VerificationScores> ScorePairs(std::span<const ScoredPair> pairs) {
  VerificationScores scores;
  scores.pairs = static_cast<int>(pairs.size());
  scores.threshold = BestThreshold(pairs);
  ASSIGN_OR_RETURN(scores.folds, CrossValidate(pairs));
  ASSIGN_OR_RETURN(scores.at_far_1e2, AtFalseAcceptRate(pairs, 1e-2));
  ASSIGN_OR_RETURN(scores.at_far_1e3, AtFalseAcceptRate(pairs, 1e-3));
  return scores;
}

Interval ConfidenceInterval(double rate, int count) {
  if (count <= 0) return {};
  constexpr double kNormal = 1.959964;  // 95 % of a normal distribution lie within so many deviations
  const double share = kNormal * kNormal / count;
  const double middle = (rate + share / 2) / (1 + share);
  const double half = std::sqrt(rate * (1 - rate) * share + share * share / 4) / (1 + share);
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

}  // namespace kinfolder
