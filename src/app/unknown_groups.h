// Unknown groups: the faces without a name, sorted by who looks alike, so that they can be named by the handful.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/library.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

// How much alike a group's faces are: the cutoff of search/cluster.h as a part of the model's own threshold. With the
// repository's FaceNet (0.90) that is 0.72, where docs/accuracy.md has a precision above 0.99.
inline constexpr float kGroupCutoff = 0.8F;

// Of those that show best so many are grouped: their vectors are in memory. The others are left alone until these have
// their names.
inline constexpr std::size_t kMostGrouped = 20'000;

struct UnknownGroups {
  // Of two faces and more, which are the library's. The largest group first, equal ones by their face that was found
  // first; in each the face that shows best comes first and is its cover.
  std::vector<std::vector<const MatchedFace*>> groups;
  std::vector<const MatchedFace*> alone;  // those that look like no other, in the library's order
};

// Of the faces that wait for a name (ReviewList::kUnknown), by their embeddings of `model` in the library's catalogue.
// The same faces always give the same groups, and a photo more changes those of few others.
Result<UnknownGroups> GroupUnknownFaces(const Library& library, Catalog& catalog, const std::string& model,
                                        float model_threshold);

}  // namespace kinfolder
