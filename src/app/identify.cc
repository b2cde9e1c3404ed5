#include "app/identify.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "search/gallery.h"
#include "search/identify.h"

namespace kinfolder {
namespace {

// Faces compared at once: bounds the table of distances to this many rows.
constexpr std::size_t kFacesAtOnce = 4096;

using EmbeddedFace = std::pair<CatalogFace, Embedding>;

Result<std::vector<Match>> MatchAll(const Gallery& gallery, std::vector<EmbeddedFace>& faces, float threshold) {
  std::vector<Match> matches;
  for (std::size_t first = 0; first < faces.size(); first += kFacesAtOnce) {
    const std::size_t count = std::min(kFacesAtOnce, faces.size() - first);
    std::vector<Embedding> embeddings;
    for (std::size_t i = first; i < first + count; ++i) embeddings.push_back(std::move(faces[i].second));
    ASSIGN_OR_RETURN(const auto distances, gallery.DistancesToPeople(embeddings));
    for (std::size_t i = 0; i < count; ++i) {
      matches.push_back(Decide(faces[first + i].first.id, distances[i], threshold));
    }
  }
  return matches;
}

// `faces` are ordered by photo.
void FlagPhotoByPhoto(const std::vector<EmbeddedFace>& faces, std::span<Match> matches) {
  for (std::size_t first = 0; first < faces.size();) {
    std::size_t end = first;
    while (end < faces.size() && faces[end].first.photo == faces[first].first.photo) ++end;
    FlagRepeatedPeople(matches.subspan(first, end - first));
    first = end;
  }
}

Status Count(Catalog& catalog, const std::string& model, IdentifyResult& result) {
  ASSIGN_OR_RETURN(const std::vector<MatchedFace> matches, catalog.Matches());
  for (const MatchedFace& face : matches) {
    ++result.faces;
    ++(face.match.person ? result.named : result.unknown);
    if (face.match.person && face.match.needs_review) ++result.uncertain;
  }
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> all, catalog.References());
  ASSIGN_OR_RETURN(const std::vector<Reference> embedded, catalog.ReferencesWithEmbeddings(model));
  result.references_without_embedding =
      static_cast<std::int64_t>(all.size()) - static_cast<std::int64_t>(embedded.size());
  return {};
}

}  // namespace

Result<IdentifyResult> IdentifyFaces(Catalog& catalog, const Networks& networks) {
  const std::string& model = networks.embedder_id();
  ASSIGN_OR_RETURN(const std::int64_t revision, catalog.Revision());
  ASSIGN_OR_RETURN(const std::string made_from, catalog.MatchState());
  const std::string state = fmt::format("{} {} {}", model, networks.threshold(), revision);
  IdentifyResult result;
  result.up_to_date = made_from == state;
  if (!result.up_to_date) {
    ASSIGN_OR_RETURN(const std::vector<Reference> references, catalog.ReferencesWithEmbeddings(model));
    ASSIGN_OR_RETURN(const Gallery gallery, Gallery::Make(references));
    ASSIGN_OR_RETURN(std::vector<EmbeddedFace> faces, catalog.FacesWithEmbeddings(model, FileRole::kPhoto));
    ASSIGN_OR_RETURN(std::vector<Match> matches, MatchAll(gallery, faces, networks.threshold()));
    FlagPhotoByPhoto(faces, matches);
    const Status kept = catalog.InTransaction([&]() -> Status {
      RETURN_IF_ERROR(catalog.ReplaceMatches(model, matches));
      return catalog.SetMatchState(state);
    });
    RETURN_IF_ERROR(kept);
  }
  RETURN_IF_ERROR(Count(catalog, model, result));
  return result;
}

}  // namespace kinfolder
