// What a window of a photo teaches a detector, by how far it overlaps the photo's faces: Zhang et al. 2016 (MTCNN),
// section III-A.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "domain/geometry.h"
#include "faces/window.h"

namespace kinfolder {

inline constexpr float kFaceOverlap = 0.65F;    // IoU from which a window shows a face
inline constexpr float kPartOverlap = 0.4F;     // from which it shows part of one, enough to say where its edges are
inline constexpr float kNothingOverlap = 0.3F;  // below which it shows none

enum class WindowLabel { kNothing, kBetween, kPart, kFace };

// By the largest IoU with any face.
WindowLabel LabelOf(float overlap);

struct FaceOverlap {
  std::size_t face = 0;
  float overlap = 0;  // IoU
};

// The face that the window overlaps most; nullopt where it overlaps none.
std::optional<FaceOverlap> MostOverlapped(const Box& window, std::span<const Box> faces);

// What MoveEdges (faces/window.h) must be given to move the window onto the face, in fractions of the window's sides.
Offsets OffsetsTo(const Box& face, const Box& window, float extra);

}  // namespace kinfolder
