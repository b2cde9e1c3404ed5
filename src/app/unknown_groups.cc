#include "app/unknown_groups.h"

#include <algorithm>
#include <functional>
#include <map>

#include "app/review.h"
#include "faces/quality.h"
#include "search/cluster.h"

namespace kinfolder {

Result<UnknownGroups> GroupUnknownFaces(const Library& library, Catalog& catalog, const std::string& model,
                                        float model_threshold) {
  std::map<FaceId, const MatchedFace*> unknown;
  for (const MatchedFace* const face : FacesToReview(library, ReviewList::kUnknown)) unknown[face->face.id] = face;
  ASSIGN_OR_RETURN(const auto embedded, catalog.FacesWithEmbeddings(model, FileRole::kPhoto));
  std::vector<FaceId> faces;
  std::vector<float> vectors;
  for (const auto& [face, embedding] : embedded) {
    if (!unknown.contains(face.id)) continue;
    faces.push_back(face.id);
    vectors.insert(vectors.end(), embedding.values.begin(), embedding.values.end());
  }
  UnknownGroups result;
  if (faces.empty()) return result;
  FaceClusters clusters(vectors.size() / faces.size(), kGroupCutoff * model_threshold);
  clusters.Add(faces, vectors);
  for (const FaceGroup& group : clusters.Groups()) {
    if (group.size() == 1) {
      ++result.alone;
      continue;
    }
    std::vector<const MatchedFace*>& members = result.groups.emplace_back();
    for (const FaceId face : group) members.push_back(unknown.at(face));
    std::ranges::stable_sort(members, std::greater(),
                             [](const MatchedFace* face) { return Worth(face->face.quality); });
  }
  return result;
}

}  // namespace kinfolder
