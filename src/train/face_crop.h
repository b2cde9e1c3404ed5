// A face cut out wide enough that every method of telling faces apart finds in it what it looks at, and that it can be
// damaged before any of them sees it.
#pragma once

#include "domain/face.h"
#include "image/image.h"
#include "nn/manifest.h"

namespace kinfolder {

struct FaceCrop {
  Image picture;        // 182 x 182: the face's box and margin, about 138 + 44 pixels
  Detection detection;  // in fractions of `picture`
};

// The crops of the original FaceNet training (davidsandberg/facenet, align_dataset_mtcnn.py).
inline constexpr CropRule kWideCrop{CropRule::Kind::kBox, 182, 44, {}};

// Box and landmarks in fractions of `photo`, as a detector gives them.
FaceCrop CutFaceCrop(const Image& photo, const Detection& detection);

}  // namespace kinfolder
