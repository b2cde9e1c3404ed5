// Crops of people's faces, a folder a person, for the methods that learn from them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/parallel.h"
#include "base/result.h"
#include "train/face_crop.h"

namespace kinfolder {

struct LabelledFace {
  FaceCrop face;
  std::string person;
};

// FOLDER/PERSON/PICTURE, each picture a crop as AsFaceCrop takes it. Pictures are left out where the face was cut so
// close that part of what is looked at is black. kNotFound where there is no picture, else fails with the first one
// that can't be read.
Result<std::vector<LabelledFace>> LoadLabelledFaces(const std::filesystem::path& folder, const ParallelRun& run);

}  // namespace kinfolder
