#include "app/unknown_groups.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "app/embedded_faces.h"
#include "app/review.h"
#include "faces/quality.h"
#include "search/cluster.h"

namespace kinfolder {
namespace {

float WorthOf(const MatchedFace* face) { return Worth(face->face.quality); }

using FacesById = std::unordered_map<FaceId, const MatchedFace*>;

// Those that show best, as many as are grouped.
FacesById BestOf(std::vector<const MatchedFace*> faces) {
  std::ranges::stable_sort(faces, std::greater(), WorthOf);
  if (faces.size() > kMostGrouped) faces.resize(kMostGrouped);
  FacesById best;
  for (const MatchedFace* const face : faces) best.emplace(face->face.id, face);
  return best;
}

}  // namespace

Result<UnknownGroups> GroupUnknownFaces(const Library& library, Catalog& catalog, const std::string& model,
                                        float model_threshold) {
  UnknownGroups result{.groups = {}, .alone = FacesToReview(library, ReviewList::kUnknown)};
  if (result.alone.size() < 2) return result;
  const FacesById unknown = BestOf(result.alone);
  std::optional<FaceClusters> clusters;  // once the vectors' dimension is known
  RETURN_IF_ERROR(ForFacesWithEmbeddings(catalog, model, [&](const std::vector<EmbeddedFace>& faces) {
    for (const auto& [face, embedding] : faces) {
      if (!unknown.contains(face.id)) continue;
      if (!clusters) clusters.emplace(embedding.values.size(), kGroupCutoff * model_threshold);
      clusters->Add({&face.id, 1}, embedding.values);
    }
    return Status();
  }));
  if (!clusters) return result;
  std::set<FaceId> grouped;
  for (const FaceGroup& group : clusters->Groups()) {
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
