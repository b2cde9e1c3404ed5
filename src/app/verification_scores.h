// How well distances tell pairs of one person from pairs of two people: accuracy by cross-validation, and how many true
// pairs are accepted when false ones rarely may be. As in Huang et al., "Labeled Faces in the Wild", 2007, section IV.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace kinfolder {

struct ScoredPair {
  float distance = 0;  // L2 between unit embeddings
  bool same = false;   // the truth: one person
  int fold = 0;        // 0, 1, ...; the people of one fold are in no other
};

// L2 distance of two vectors of one length.
float Distance(std::span<const float> a, std::span<const float> b);

// The threshold below which a distance means "one person" that decides the most pairs right: half-way between two
// distances, and the smallest of equally good ones, because a wrong name costs more than a missed one. 0 for no pairs.
float BestThreshold(std::span<const ScoredPair> pairs);

struct CrossValidation {
  double accuracy = 0;            // mean over the folds of the fraction decided right
  double standard_deviation = 0;  // of the folds' accuracies around their mean (divided by the number of folds)
};

// Each fold is decided with the best threshold of all other folds. kInvalidArgument with fewer than two folds.
Result<CrossValidation> CrossValidate(std::span<const ScoredPair> pairs);

struct OperatingPoint {
  double true_accept_rate = 0;  // of the pairs of one person, the fraction below the threshold
  float threshold = 0;          // the largest at which at most the asked fraction of the other pairs lies below it
};

// kInvalidArgument unless there are pairs of both kinds.
Result<OperatingPoint> AtFalseAcceptRate(std::span<const ScoredPair> pairs, double false_accept_rate);

struct VerificationScores {
  int pairs = 0;
  CrossValidation folds;
  float threshold = 0;        // the best over all pairs
  OperatingPoint at_far_1e2;  // where 1 in 100 pairs of two people is taken for one
  OperatingPoint at_far_1e3;
};

// All of the above; fails as they do.
Result<VerificationScores> ScorePairs(std::span<const ScoredPair> pairs);

// Where the true rate of right decisions lies with a probability of 95 %, when `rate` of `count` were right: Wilson,
// "Probable inference, the law of succession, and statistical inference", 1927. 0 to 1 for a count of 0.
struct Interval {
  double low = 0;
  double high = 1;
};
Interval ConfidenceInterval(double rate, int count);

}  // namespace kinfolder
