// How good the picture of a face is, and whether it may serve as a reference.
#pragma once

#include <string>
#include <vector>

#include "domain/face.h"
#include "image/image.h"

namespace kinfolder {

// Measures the face on the working image; `full_size` is the upright photo's size as stored.
// - sharpness: v / (v + kSharpnessMidpoint), v the variance of the Laplacian (4 neighbours) of the face's luma (0 to
//   255) after the box is resampled to kSharpnessSide squared (Pech-Pacheco et al. 2000, "Diatom autofocusing in
//   brightfield microscopy"); a face smaller than that is blurred by the enlargement, as it should be.
// - brightness: mean luma (Rec. 601) of the part of the box on the photo.
// - roll: angle of the line from the left to the right eye, positive clockwise.
// - yaw: from how far the tip of the nose lies off the middle of the eyes, see the source.
Quality MeasureQuality(const Image& photo, const Detection& detection, Size full_size);

inline constexpr int kSharpnessSide = 64;         // pixels
inline constexpr float kSharpnessMidpoint = 150;  // squared luma levels: what counts as 0.5

// How well a picture shows the face: the wider, the sharper and the less cut, the more. For choosing among a person's.
float Worth(const Quality& quality);

// What a reference needs; good photos lie far within. Beyond, recognition gets worse with every pixel, stop or degree,
// and a poor reference costs more than a poor photo: everybody is compared with it.
struct ReferenceNeeds {
  float min_width_px = 40;
  float min_sharpness = 0.1F;
  float min_brightness = 0.08F;
  float max_brightness = 0.92F;
  float max_yaw_degrees = 45;
  float max_roll_degrees = 45;
  float min_visible = 0.75F;
  float min_score = 0.9F;  // below, most of what a detector finds is no face
};

// Why this face should not be a reference, one short clause each ("only 18 px wide; 40 px are needed"); empty when it
// may be one.
std::vector<std::string> ReasonsAgainstReference(const Quality& quality, float score, const ReferenceNeeds& needs = {});

}  // namespace kinfolder
