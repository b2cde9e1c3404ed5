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
#include "search/byte_table.h"

namespace kinfolder {

// Faces by rising id.
using FaceGroup = std::vector<FaceId>;

// Two faces by their places in the order of adding, `second` later than `first`.
struct NearFaces {
  std::size_t first = 0;
  std::size_t second = 0;
  float squared_distance = 0;
};

// All faces of one model. A face that is added is compared with those that are there already, and only what is near is
// kept of that; the groups depend on the faces alone, not on the order in which they came.
class FaceClusters {
 public:
  // `cutoff` is an L2 distance: groups grow up to a root mean square of so much between two of them.
  FaceClusters(std::size_t dimension, float cutoff) : dimension_(dimension), cutoff_(cutoff), rough_(dimension) {}

  // `embeddings` are unit vectors of the dimension (CHECKed), one for each face; no face is added twice.
  void Add(std::span<const FaceId> faces, std::span<const float> embeddings);

  // Every face is in one group, be it alone. The largest first, equal ones by their first face.
  std::vector<FaceGroup> Groups() const;

  // The faces in the order of adding, and all pairs nearer than the cutoff; for other methods to compare with.
  std::span<const FaceId> faces() const { return faces_; }
  std::span<const NearFaces> near() const { return near_; }

 private:
  std::span<const float> Vector(std::size_t face) const;

  std::size_t dimension_;
  float cutoff_;
  ByteTable rough_;
  std::vector<float> vectors_;  // one face after the other
  std::vector<FaceId> faces_;
  std::vector<NearFaces> near_;
};

// Groups from the group number of each face, in the order of FaceClusters::Groups.
std::vector<FaceGroup> GroupsByNumber(std::span<const FaceId> faces, std::span<const std::size_t> numbers);

}  // namespace kinfolder
