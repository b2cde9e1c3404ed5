// Labels written from the catalogue, and taken over into it.
#pragma once

#include "app/label_lines.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

// All that was said of people and faces, and still holds.
Result<Labels> LabelsOf(Catalog& catalog);

// How many labels came to which end.
struct LabelsTaken {
  int people = 0;         // added
  int faces = 0;          // labels of faces that were taken over
  int already = 0;        // said here already
  int overruled = 0;      // something else was said here
  int without_photo = 0;  // their photo is not in the catalogue
  int without_face = 0;   // in their photo no face is found where theirs was

  bool operator==(const LabelsTaken&) const = default;
};

// Says again what the labels say, of the face that overlaps each one's box best; all of it, or nothing when that fails.
// What the user said here goes before: of faces, and of people who were renamed, merged or removed here. What the
// folder of known people says does not: labels go before it, and whom it added and nothing is said of then is removed.
// Labels with the origin "metadata" are only what another program wrote into a photo: they give way to all that is said
// here, and keep their origin.
Result<LabelsTaken> TakeLabels(Catalog& catalog, const Labels& labels);

// What TakeLabels would do; changes nothing.
Result<LabelsTaken> TryLabels(Catalog& catalog, const Labels& labels);

}  // namespace kinfolder
