// Which face of a photo is to teach how a person looks; a wrong one would name strangers, so doubt is a refusal.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

// The faces as people count them: from left to right.
std::vector<CatalogFace> LeftToRight(std::vector<CatalogFace> faces);

// Somebody in the background: a face less wide than this, in widths of the photo's largest face. Choosing a reference
// without a number passes over them, and over what a detector takes for such a face.
inline constexpr float kBackgroundWidth = 1 / 3.0F;

// The face `number` (1: the leftmost), or the only face that is not in the background where that is absent.
// kInvalidArgument, with the reason, for no face, several faces (the message lists them), a number that is none of
// them, or a face too poor to be a reference.
Result<CatalogFace> ChooseReference(const std::vector<CatalogFace>& faces, std::optional<int> number);

}  // namespace kinfolder
