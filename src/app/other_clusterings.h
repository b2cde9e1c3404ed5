// Ways to group faces that Kinfolder does not use, for measuring them beside the one that it does (search/cluster.h).
// All take the pairs that are nearer than the cutoff that `faces` was made with, and are made deterministic.
#pragma once

#include <vector>

#include "search/cluster.h"

namespace kinfolder {

// Connected faces are one group: DBSCAN (Ester et al., 1996) with at least `core` faces near a face, itself among them,
// for the group to grow from it; 2 is single linkage. A face at the edge goes to its nearest core.
std::vector<FaceGroup> Dbscan(const FaceClusters& faces, int core);

// Biemann, "Chinese whispers", 2006: every face takes the group that weighs most among its near ones (the weight is the
// cosine, 1 - d^2 / 2), by turns in the order of their ids in place of a random one, 20 rounds.
std::vector<FaceGroup> ChineseWhispers(const FaceClusters& faces);

}  // namespace kinfolder
