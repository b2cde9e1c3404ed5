#include "app/unknown_groups.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "app/review.h"
#include "faces/quality.h"
#include "search/cluster.h"

namespace kinfolder {
namespace {

float WorthOf(const MatchedFace* face) { return Worth(face->face.quality); }

std::map<FaceId, const MatchedFace*> BestOf(std::vector<const MatchedFace*> faces) {
  if (faces.size() > kMostGrouped) {
    std::ranges::stable_sort(faces, std::greater(), WorthOf);
    faces.resize(kMostGrouped);
  }
  std::map<FaceId, const MatchedFace*> best;
  for (const MatchedFace* const face : faces) best[face->face.id] = face;
  return best;
}

}  // namespace

Result<UnknownGroups> GroupUnknownFaces(const Library& library, Catalog& catalog, const std::string& model,
                                        float model_threshold) {
  UnknownGroups result{.groups = {}, .alone = FacesToReview(library, ReviewList::kUnknown)};
  if (result.alone.size() < 2) return result;
  const std::map<FaceId, const MatchedFace*> unknown = BestOf(result.alone);
  ASSIGN_OR_RETURN(const auto embedded, catalog.FacesWithEmbeddings(model, FileRole::kPhoto));
  std::vector<FaceId> faces;
  std::vector<float> vectors;
  for (const auto& [face, embedding] : embedded) {
    if (!unknown.contains(face.id)) continue;
    faces.push_back(face.id);
    vectors.insert(vectors.end(), embedding.values.begin(), embedding.values.end());
  }
  if (faces.empty()) return result;
  FaceClusters clusters(vectors.size() / faces.size(), kGroupCutoff * model_threshold);
  clusters.Add(faces, vectors);
  std::set<FaceId> grouped;
  for (const FaceGroup& group : clusters.Groups()) {
    if (group.size() == 1) continue;
    grouped.insert(group.begin(), group.end());
    std::vector<const MatchedFace*>& members = result.groups.emplace_back();
    for (const FaceId face : group) members.push_back(unknown.at(face));
    std::ranges::stable_sort(members, std::greater(), WorthOf);
  }
  std::erase_if(result.alone, [&](const MatchedFace* face) { return grouped.contains(face->face.id); });
  return result;
}

}  // namespace kinfolder
