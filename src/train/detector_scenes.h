// Pictures with faces as a detector is trained with: photos whose faces somebody has listed, and crops of faces that a
// teacher has looked for.
#pragma once

#include <filesystem>
#include <vector>

#include "base/parallel.h"
#include "base/result.h"
#include "faces/mtcnn.h"
#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

struct DetectorScene {
  Image picture;
  std::vector<Box> faces;  // pixels of the picture
  bool all_known = false;  // is every face in `faces`?
  bool held_out = false;   // to measure with
};

struct SceneFolders {
  std::filesystem::path photos;              // boxes.tsv (app/boxes_table.h) and images/
  std::vector<std::filesystem::path> crops;  // of faces, below these folders
};

// About `validation_share` of the pictures, chosen by name, are held out. Where a crop's face is, the teacher says;
// what else is in a crop nobody knows. Fails with the first picture that can't be read.
Result<std::vector<DetectorScene>> LoadScenes(const SceneFolders& folders, const Mtcnn& teacher,
                                              double validation_share, const ParallelRun& run);

// A scene as it might have been taken: nearer or farther, and sometimes in too little light, out of focus, compressed.
struct SceneView {
  Image clean;
  Image seen;              // the same with the harm done to it
  std::vector<Box> faces;  // pixels of both
  bool all_known = false;
};

// The same random state gives the same view. Photos keep between 0.4 and 1.25 of their size; crops get a size at which
// their face is between 12 pixels and a little more than its own.
SceneView RandomSceneView(const DetectorScene& scene, Random& random);

}  // namespace kinfolder
