// Faces of data sets, cut anew: every set has its own way of cropping, networks and methods want one.
#pragma once

#include <optional>

#include "faces/mtcnn.h"
#include "image/image.h"

namespace kinfolder {

// A data set's picture of one face, freed of black frames, and where the face is.
struct TrainingFace {
  Image picture;
  Detection detection;
};

// nullopt where the detector finds no face. Fails as Mtcnn::Detect.
Result<std::optional<TrainingFace>> FindTrainingFace(const Mtcnn& detector, const Image& picture);

}  // namespace kinfolder
