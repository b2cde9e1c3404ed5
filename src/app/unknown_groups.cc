#include "app/unknown_groups.h"

#include <algorithm>
#include <functional>
#include <set>
#include <span>
#include <unordered_map>

#include "app/review.h"
#include "faces/quality.h"
#include "search/cluster.h"

namespace kinfolder {
namespace {

constexpr std::size_t kFacesAtOnce = 64;  // in one matrix product; afterwards the pairs are counted

float WorthOf(const MatchedFace* face) { return Worth(face->face.quality); }

// Those that are compared, the best first.
std::vector<const MatchedFace*> BestOf(std::vector<const MatchedFace*> faces) {
  std::ranges::stable_sort(faces, std::greater(), WorthOf);
  if (faces.size() > kMostGrouped) faces.resize(kMostGrouped);
  return faces;
}

}  // namespace

Result<UnknownGroups> GroupUnknownFaces(const Library& library, Catalog& catalog, const std::string& model,
                                        float model_threshold, std::size_t most_alike_pairs) {
  UnknownGroups result{.groups = {}, .alone = FacesToReview(library, ReviewList::kUnknown)};
  if (result.alone.size() < 2) return result;
  ASSIGN_OR_RETURN(const auto embedded, catalog.FacesWithEmbeddings(model, FileRole::kPhoto));
  if (embedded.empty()) return result;
  std::unordered_map<FaceId, std::span<const float>> vector_of;
  for (const auto& [face, embedding] : embedded) vector_of.emplace(face.id, embedding.values);

  FaceClusters clusters(embedded.front().second.values.size(), kGroupCutoff * model_threshold);
  std::unordered_map<FaceId, const MatchedFace*> unknown;
  std::vector<FaceId> faces;
  std::vector<float> vectors;
  const auto add = [&] {
    clusters.Add(faces, vectors);
    faces.clear();
    vectors.clear();
  };
  for (const MatchedFace* const face : BestOf(result.alone)) {
    const auto vector = vector_of.find(face->face.id);
    if (vector == vector_of.end()) continue;
    if (clusters.near().size() > most_alike_pairs) break;
    faces.push_back(face->face.id);
    vectors.insert(vectors.end(), vector->second.begin(), vector->second.end());
    unknown.emplace(face->face.id, face);
    if (faces.size() == kFacesAtOnce) add();
  }
  add();
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
