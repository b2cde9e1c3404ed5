#include "app/unknown_groups.h"

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "app/embedded_faces.h"
#include "app/review.h"
#include "faces/quality.h"
#include "search/cluster.h"

namespace kinfolder {
namespace {

float WorthOf(const MatchedFace* face) { return Worth(face->face.quality); }

// Those that are compared, the best first.
std::vector<const MatchedFace*> BestOf(std::vector<const MatchedFace*> faces) {
  std::ranges::stable_sort(faces, std::greater(), WorthOf);
  if (faces.size() > kMostGrouped) faces.resize(kMostGrouped);
  return faces;
}

using VectorsOfFaces = std::unordered_map<FaceId, std::vector<float>>;

Result<VectorsOfFaces> ReadVectors(Catalog& catalog, const std::string& model,
                                   const std::vector<const MatchedFace*>& faces) {
  VectorsOfFaces vectors;
  std::unordered_set<FaceId> wanted;
  for (const MatchedFace* const face : faces) wanted.insert(face->face.id);
  RETURN_IF_ERROR(ForFacesWithEmbeddings(catalog, model, [&](std::vector<std::pair<CatalogFace, Embedding>>&& some) {
    for (auto& [face, embedding] : some) {
      if (wanted.contains(face.id)) vectors.emplace(face.id, std::move(embedding.values));
    }
    return Status();
  }));
  return vectors;
}

}  // namespace

Result<UnknownGroups> GroupUnknownFaces(const Library& library, Catalog& catalog, const std::string& model,
                                        float model_threshold) {
  UnknownGroups result{.groups = {}, .alone = FacesToReview(library, ReviewList::kUnknown)};
  if (result.alone.size() < 2) return result;
  const std::vector<const MatchedFace*> best = BestOf(result.alone);
  ASSIGN_OR_RETURN(const VectorsOfFaces vector_of, ReadVectors(catalog, model, best));
  if (vector_of.empty()) return result;
  FaceClusters clusters(vector_of.begin()->second.size(), kGroupCutoff * model_threshold);
  std::unordered_map<FaceId, const MatchedFace*> unknown;
  for (const MatchedFace* const face : best) {
    const auto vector = vector_of.find(face->face.id);
    if (vector == vector_of.end()) continue;
    clusters.Add({&face->face.id, 1}, vector->second);
    unknown.emplace(face->face.id, face);
  }
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
