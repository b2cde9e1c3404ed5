// How well groups of faces agree with who the faces are.
#pragma once

#include <map>
#include <span>

#include "domain/person.h"
#include "search/cluster.h"

namespace kinfolder {

struct ClusterScores {
  int faces = 0;
  int groups = 0;  // of two faces and more
  // Of the pairs of faces: those in one group that are of one person, and those of one person that are in one group.
  // 1 where there are no such pairs.
  double pair_precision = 1;
  double pair_recall = 1;
  // B-cubed (Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space model", 1998): of the
  // faces in a face's group, those of its person, and of its person's faces those in its group; means over all faces.
  double b_cubed_precision = 1;
  double b_cubed_recall = 1;
};

// `groups` hold each face of `people` once.
ClusterScores ScoreClusters(std::span<const FaceGroup> groups, const std::map<FaceId, PersonId>& people);

// The fraction of the faces of `before` whose group has lost or gained a face of `before` in `after`, which has more
// faces.
double ChangedFraction(std::span<const FaceGroup> before, std::span<const FaceGroup> after);

}  // namespace kinfolder
