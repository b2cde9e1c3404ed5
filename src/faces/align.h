// Cuts a face out of its photo the way an embedder wants it.
#pragma once

#include "domain/face.h"
#include "image/image.h"
#include "image/resample.h"
#include "nn/manifest.h"

namespace kinfolder {

// The part of `photo` that the box rule takes: the box, widened on both axes by margin / (size - margin) of its side
// (half of it at each edge), so that after resizing `margin` pixels of the crop are margin; cut at the photo's border,
// edges truncated to whole pixels. These are the steps of facenet-pytorch's extract_face. Empty where the box lies
// outside the photo.
PixelRect BoxCropArea(Size photo, const Detection& detection, const CropRule& rule);

// The crop of rule.size x rule.size pixels. The detection is in fractions of `photo`.
// kBox: BoxCropArea, resized with ResizeTriangle (what facenet-pytorch does through Pillow); a face cut by the border
// is stretched to the square. kLandmarks: the similarity that best moves the five landmarks onto the rule's, of a
// photo that was shrunk by averaging where the crop is much smaller; beyond the photo's edge as at its edge. All black
// where nothing of the face is on the photo.
Image CropFace(const Image& photo, const Detection& detection, const CropRule& rule);

// The crop as a mirror shows it.
Image MirroredLeftRight(const Image& image);

}  // namespace kinfolder
