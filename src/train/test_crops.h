// For tests: painted faces (test_faces.h) as crops of photos.
#pragma once

#include <utility>

#include "train/face_crop.h"
#include "train/test_faces.h"

namespace kinfolder {

inline FaceCrop AsFaceCrop(Image picture) {
  constexpr float kMargin = 22.0F / 182;
  return {std::move(picture), {{kMargin, kMargin, 1 - kMargin, 1 - kMargin}, {}, 1}};
}

}  // namespace kinfolder
