// Cuts the windows that the three networks of MTCNN are trained with out of scenes, and asks a teacher about each:
// Zhang et al. 2016, section III-A. P-Net gets windows as it meets them on the levels of a pyramid; R-Net and O-Net get
// what the networks before them take for faces, and squares shaken around true faces.
#pragma once

#include <cstdint>
#include <span>

#include "base/parallel.h"
#include "base/result.h"
#include "faces/mtcnn.h"
#include "faces/network.h"
#include "train/detector_scenes.h"
#include "train/mtcnn_stage.h"
#include "train/window_set.h"

namespace kinfolder {

// A detector whose networks are asked one by one about clean windows.
struct DetectorTeacher {
  Network pnet;
  Network rnet;
  Network onet;
  Normalization normalization;

  // As Mtcnn::Load.
  static Result<DetectorTeacher> Load(const ModelPackage& package);
};

struct CuttingPlan {
  MtcnnStage stage = MtcnnStage::kPnet;
  std::int64_t seed = 1;
  std::int64_t photo_views = 6;  // of each scene whose faces are all known
  std::int64_t crop_views = 1;   // of each other scene
};

// `cascade`: what finds windows for R-Net and O-Net, and has P-Net, or P-Net and R-Net, of its own trained; nullptr for
// P-Net. The same plan gives the same windows, however many threads cut. kInterrupted when asked to stop.
Result<StageWindows> CutWindows(std::span<const DetectorScene> scenes, const DetectorTeacher& teacher,
                                const Mtcnn* cascade, const CuttingPlan& plan, const ParallelRun& run);

}  // namespace kinfolder
