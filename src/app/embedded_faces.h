// The faces of photos with their embeddings, some thousands at a time: all of a large library would take hundreds of
// megabytes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"

namespace kinfolder {

using EmbeddedFace = std::pair<CatalogFace, Embedding>;

// Calls use(faces), which returns a Status, with one part after the other of Catalog::FacesWithEmbeddings, until it
// fails.
template <class Use>
Status ForFacesWithEmbeddings(Catalog& catalog, const std::string& model, const Use& use) {
  constexpr std::size_t kAtOnce = 4096;
  FaceCursor last;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<EmbeddedFace> faces,
                     catalog.FacesWithEmbeddings(model, FileRole::kPhoto, last, kAtOnce));
    if (faces.empty()) return {};
    last = {faces.back().first.photo, faces.back().first.id};
    RETURN_IF_ERROR(use(std::move(faces)));
  }
}

}  // namespace kinfolder
