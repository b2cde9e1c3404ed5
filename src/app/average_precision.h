// Average precision of a face detector: the area under the curve of precision over recall.
// Everingham et al., "The PASCAL Visual Object Classes Challenge", 2010 (one detection per face, IoU 0.5), with every
// point of the curve as from 2010 on; faces outside a range of heights are ignored as COCO does with areas.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "domain/geometry.h"
#include "faces/nms.h"

namespace kinfolder {

// What is there and what was found in one photo, in pixels of the same picture.
struct DetectionCase {
  std::vector<Box> truth;
  std::vector<ScoredBox> found;
};

// Heights in pixels, from <= height < below.
struct HeightRange {
  float from = 0;
  float below = std::numeric_limits<float>::infinity();

  bool contains(float height) const { return from <= height && height < below; }
};

struct AveragePrecision {
  int faces = 0;      // in the range
  double ap = 0;      // 0 where there are no faces
  double recall = 0;  // of those faces, the fraction found at any score
};

inline constexpr float kMatchingIou = 0.5F;

// Detections by falling score each take the free face that they overlap most, if by kMatchingIou at least: a face of
// the range first (a hit), else one outside it (ignored). A detection that takes none is a miss, unless its own height
// is outside the range (ignored).
AveragePrecision MeasureAveragePrecision(std::span<const DetectionCase> cases, const HeightRange& heights);

}  // namespace kinfolder
