// Pictures of people's faces, a folder a person, for the methods that learn from them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/result.h"
#include "faces/mtcnn.h"
#include "train/face_crop.h"

namespace kinfolder {

struct LabelledFace {
  FaceCrop face;
  std::string person;
};

// The face (train/training_crop.h) of every FOLDER/PERSON/PICTURE where the detector finds one. kNotFound where there
// is no picture, else fails with the first one that can't be read.
Result<std::vector<LabelledFace>> LoadLabelledFaces(const Mtcnn& detector, const std::filesystem::path& folder,
                                                    const ParallelRun& run);

}  // namespace kinfolder
