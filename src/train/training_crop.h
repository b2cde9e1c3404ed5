// Faces of data sets, cut anew: every set has its own way of cropping, networks and methods want one.
#pragma once

#include <optional>

#include "faces/mtcnn.h"
#include "train/face_crop.h"

namespace kinfolder {

// The face (train/face_crop.h) that a data set's picture is of, freed of black frames; nullopt where the detector finds
// none. Fails as Mtcnn::Detect.
Result<std::optional<FaceCrop>> CutTrainingCrop(const Mtcnn& detector, const Image& picture);

}  // namespace kinfolder
