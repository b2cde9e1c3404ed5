// What the user said of faces, put over what recognition found.
#pragma once

#include <span>
#include <vector>

#include "catalog/catalog.h"

namespace kinfolder {

// Who was rejected is in no match: the next nearest takes the place, if it is known and near enough. A confirmed face
// is the person's whatever the distance; strangers and what is no face are nobody's. `decisions` as Catalog::Decisions
// gives them.
void ApplyDecisions(std::span<const FaceDecision> decisions, std::vector<MatchedFace>& faces);

// The decisions on one face, of Catalog::Decisions.
std::span<const FaceDecision> DecisionsOn(FaceId face, std::span<const FaceDecision> decisions);

// Takes out of `people` those whom the user said that the face is not.
void EraseRejected(std::span<const FaceDecision> decisions_on_face, std::vector<PersonDistance>& people);

}  // namespace kinfolder
