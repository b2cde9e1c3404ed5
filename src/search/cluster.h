// Groups of faces that look alike: what is left unknown, ready to be named by the handful. Groups are made anew from
// the faces whenever they are asked for, and never a source of truth.
//
// Average linkage (Sokal and Michener, "A statistical method for evaluating systematic relationships", 1958): the two
// groups whose faces are nearest to each other on average become one, as long as that average is below a cutoff. The
// average is of squared L2 distances, so that it follows from the groups' sums of vectors. Why this of all methods:
// docs/accuracy.md.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "domain/face.h"

namespace kinfolder {

// Faces by rising id.
using FaceGroup = std::vector<FaceId>;

// Two faces by their places in the order of adding, `first` before `second`.
struct NearFaces {
  std::size_t first = 0;
  std::size_t second = 0;
  float squared_distance = 0;
};

// All faces of one model. The groups depend on the faces alone, not on the order in which they came.
class FaceClusters {
 public:
  // `cutoff` is an L2 distance: groups grow up to a root mean square of so much between two of them.
  FaceClusters(std::size_t dimension, float cutoff) : dimension_(dimension), cutoff_(cutoff) {}

  // `embeddings` are unit vectors of the dimension (CHECKed), one for each face; no face is added twice.
  void Add(std::span<const FaceId> faces, std::span<const float> embeddings);

  // Every face is in one group, be it alone. The largest first, equal ones by their first face.
  std::vector<FaceGroup> Groups() const;

  std::span<const FaceId> faces() const { return faces_; }  // in the order of adding

  // The pairs nearer than the cutoff (search/near_rows.h), of each face with the 32 nearest ones at least.
  std::vector<NearFaces> Near() const;

 private:
  std::span<const float> Vector(std::size_t face) const;

  std::size_t dimension_;
  float cutoff_;
  std::vector<float> vectors_;  // one face after the other
  std::vector<FaceId> faces_;
};

// Groups from the group number of each face, in the order of FaceClusters::Groups.
std::vector<FaceGroup> GroupsByNumber(std::span<const FaceId> faces, std::span<const std::size_t> numbers);

}  // namespace kinfolder
