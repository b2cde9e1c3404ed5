// How well faces without a name are grouped, and how little that changes when a photo is added.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/cluster_scores.h"
#include "app/photo_stages.h"
#include "base/parallel.h"
#include "base/result.h"

namespace kinfolder {

struct ClusteringScores {
  std::string method;
  float cutoff = 0;  // L2: of average linkage as in search/cluster.h, of the others between two faces
  ClusterScores scores;
  // Of the faces there before, those whose group is another after one more came; over the faces that come last, a
  // hundred of all or half of them.
  double changed_mean = 0;
  double changed_most = 0;
};

// The method in use and others (other_clusterings.h) at several cutoffs, on the people of `pairs` (lfw_pairs.h) who
// have `least` pictures and more. Fails with the first picture that can't be read, and when nobody has so many.
Result<std::vector<ClusteringScores>> EvaluateClustering(const FaceScanner& scanner, const DecodeOptions& decode,
                                                         const std::filesystem::path& pairs,
                                                         const std::filesystem::path& images, int least,
                                                         const ParallelRun& run);

}  // namespace kinfolder
