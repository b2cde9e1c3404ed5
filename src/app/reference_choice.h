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

// The face `number` (1: the leftmost), or the only face where that is absent. kInvalidArgument, with the reason, for no
// face, several faces (the message lists them), a number that is none of them, or a face too poor to be a reference.
Result<CatalogFace> ChooseReference(const std::vector<CatalogFace>& faces, std::optional<int> number);

}  // namespace kinfolder
