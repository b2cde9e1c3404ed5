// A face that was missed, drawn by the user.
#pragma once

#include "app/networks.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

// Reads the photo from the first of its files that still has its content, and looks at the box (fractions of the
// upright photo). kNotFound when no file has; kInvalidArgument for a box that is not on the photo.
Result<ScannedFace> LookAtDrawnFace(Catalog& catalog, Networks& networks, PhotoId photo, const Box& box);

struct DrawnFace {
  FaceId face;
  std::int64_t fact = 0;  // that says who it is
};

// Adds the face (see Catalog::AddFace), and that it is this person.
Result<DrawnFace> AddDrawnFace(Catalog& catalog, PhotoId photo, const ScannedFace& face, PersonId person);

}  // namespace kinfolder
