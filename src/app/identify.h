// Identify: compares every face of the user's photos with the references of everybody known, and keeps the answers.
// What the user decided goes before what is found: who was rejected is passed over for the next nearest.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

struct IdentifyResult {
  bool up_to_date = false;  // nothing had changed since the last time: nothing was compared
  std::int64_t faces = 0;
  std::int64_t named = 0;
  std::int64_t uncertain = 0;  // of the named: the same person is nearer in another face of the photo
  std::int64_t unknown = 0;    // neither named, nor said to be a stranger or no face
  std::int64_t references_without_embedding = 0;  // their photos were not looked at with this model
};

// `model`: the embedder whose embeddings are compared; `threshold`: the distance below which the nearest person names a
// face.
Result<IdentifyResult> IdentifyFaces(Catalog& catalog, const std::string& model, float threshold);

}  // namespace kinfolder
