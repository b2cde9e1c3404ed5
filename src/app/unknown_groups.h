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

// Every face is compared with every other, and all pairs that are alike are looked at: those that show best first, up
// to so many faces or (1,000 faces of one person have half a million) so many pairs. The others are left alone until
// these have their names.
inline constexpr std::size_t kMostGrouped = 20'000;
inline constexpr std::size_t kMostAlikePairs = 500'000;

struct UnknownGroups {
  // Of two faces and more, which are the library's. The largest group first, equal ones by their face that was found
  // first; in each the face that shows best comes first and is its cover.
  std::vector<std::vector<const MatchedFace*>> groups;
  std::vector<const MatchedFace*> alone;  // those that look like no other, in the library's order
};

// Of the faces that wait for a name (ReviewList::kUnknown), by their embeddings of `model` in the library's catalogue.
// The same faces always give the same groups, and a photo more changes those of few others.
Result<UnknownGroups> GroupUnknownFaces(const Library& library, Catalog& catalog, const std::string& model,
                                        float model_threshold, std::size_t most_alike_pairs = kMostAlikePairs);

}  // namespace kinfolder
