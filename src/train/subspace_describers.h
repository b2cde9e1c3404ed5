// Eigenfaces and Fisherfaces: faces as points in a space of few dimensions that was learnt from other people's faces.
// Turk, Pentland: "Eigenfaces for Recognition", 1991. Belhumeur, Hespanha, Kriegman: "Eigenfaces vs. Fisherfaces",
// 1997.
#pragma once

#include <memory>
#include <span>

#include "base/result.h"
#include "train/face_describer.h"
#include "train/labelled_faces.h"

namespace kinfolder {

struct SubspaceOptions {
  int side = 40;            // pixels of the grey faces
  int eigenfaces = 200;     // dimensions of the eigenfaces
  int fisher_inputs = 300;  // dimensions of the principal components that Fisherfaces begin with
  int fisherfaces = 150;    // dimensions of the Fisherfaces, fewer than people
};

// Projection onto the directions in which faces differ most; L2 distance. kInvalidArgument with fewer than two faces.
Result<std::unique_ptr<FaceDescriber>> TrainEigenfaces(std::span<const LabelledFace> faces,
                                                       const SubspaceOptions& options = {});

// Principal components, then the directions in which people differ most for how much one person's pictures do
// (Belhumeur et al., section 2.4), each scaled so that one person's pictures vary by 1; the distance follows the angle
// between the projections. kInvalidArgument with fewer than two people that have two faces each.
Result<std::unique_ptr<FaceDescriber>> TrainFisherfaces(std::span<const LabelledFace> faces,
                                                        const SubspaceOptions& options = {});

}  // namespace kinfolder
