#include "app/identify.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "app/embedded_faces.h"
#include "catalog/decisions.h"
#include "search/gallery.h"
#include "search/identify.h"

namespace kinfolder {
namespace {

Status MatchSome(const Gallery& gallery, std::vector<EmbeddedFace> faces, std::span<const FaceDecision> decisions,
                 float threshold, std::vector<MatchedFace>& matches) {
  // A face that is a reference is not compared with itself: what recognition says of it stays worth something.
  std::vector<Reference> queries;
  queries.reserve(faces.size());
  std::size_t most_rejected = 0;
  for (EmbeddedFace& face : faces) {
    most_rejected = std::max(most_rejected, DecisionsOn(face.first.id, decisions).size());
    queries.push_back({face.first.id, {}, std::move(face.second)});
  }
  // A match tells two people, who are left whoever was rejected.
  ASSIGN_OR_RETURN(auto distances, gallery.NearestLeavingOut(queries, 2 + most_rejected));
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const CatalogFace& face = faces[i].first;
    EraseRejected(DecisionsOn(face.id, decisions), distances[i]);
    matches.push_back({face, Decide(face.id, distances[i], threshold)});
    FlagBetweenAlike(gallery, matches.back().match);
  }
  return {};
}

std::vector<Match> MatchesOf(const std::vector<MatchedFace>& faces) {
  std::vector<Match> matches;
  matches.reserve(faces.size());
  for (const MatchedFace& face : faces) matches.push_back(face.match);
  return matches;
}

// The matches, ordered by photo as `found` is, with those flagged that name a person whom another face of the photo has
// a better claim to: as the user decided, or as it was found. What was found stays beneath what the user decided, for
// when that is taken back.
std::vector<Match> Flagged(const std::vector<MatchedFace>& found, std::span<const FaceDecision> decisions) {
  std::vector<MatchedFace> decided = found;
  ApplyDecisions(decisions, decided);
  std::vector<Match> matches = MatchesOf(found);
  std::vector<Match> judged = MatchesOf(decided);
  for (std::size_t first = 0; first < found.size();) {
    std::size_t end = first;
    while (end < found.size() && found[end].face.photo == found[first].face.photo) ++end;
    FlagRepeatedPeople(std::span(judged).subspan(first, end - first));
    first = end;
  }
  for (std::size_t i = 0; i < matches.size(); ++i) matches[i].needs_review = judged[i].needs_review;
  return matches;
}

Result<std::vector<Match>> FindMatches(Catalog& catalog, const std::string& model, float threshold) {
  ASSIGN_OR_RETURN(const std::vector<Reference> references, catalog.ReferencesWithEmbeddings(model));
  ASSIGN_OR_RETURN(const Gallery gallery, Gallery::Make(references));
  ASSIGN_OR_RETURN(const std::vector<FaceDecision> decisions, catalog.Decisions());
  std::vector<MatchedFace> found;
  RETURN_IF_ERROR(ForFacesWithEmbeddings(catalog, model, [&](std::vector<EmbeddedFace> faces) {
    return MatchSome(gallery, std::move(faces), decisions, threshold, found);
  }));
  return Flagged(found, decisions);
}

// What matches are made from, see Catalog::MatchState.
std::string StateOf(const std::string& model, float threshold, std::int64_t revision) {
  return fmt::format("{} {} {}", model, threshold, revision);
}

Status Count(Catalog& catalog, const std::string& model, IdentifyResult& result) {
  ASSIGN_OR_RETURN(const std::vector<MatchedFace> matches, catalog.Matches());
  for (const MatchedFace& face : matches) {
    ++result.faces;
    if (face.match.person) ++result.named;
    if (face.IsUnknown()) ++result.unknown;
    if (face.match.person && face.match.needs_review) ++result.uncertain;
  }
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> all, catalog.References());
  ASSIGN_OR_RETURN(const std::vector<Reference> embedded, catalog.ReferencesWithEmbeddings(model));
  result.references_without_embedding =
      static_cast<std::int64_t>(all.size()) - static_cast<std::int64_t>(embedded.size());
  return {};
}

}  // namespace

Result<IdentifyResult> IdentifyFaces(Catalog& catalog, const std::string& model, float threshold) {
  ASSIGN_OR_RETURN(const std::int64_t revision, catalog.Revision());
  ASSIGN_OR_RETURN(const std::string made_from, catalog.MatchState());
  IdentifyResult result;
  result.up_to_date = made_from == StateOf(model, threshold, revision);
  if (!result.up_to_date) {
    ASSIGN_OR_RETURN(std::vector<Match> matches, FindMatches(catalog, model, threshold));
    const Status kept = catalog.InTransaction([&]() -> Status {
      // What the user said meanwhile counts; nobody says anything in here.
      ASSIGN_OR_RETURN(const std::int64_t now, catalog.Revision());
      if (now != revision) {
        ASSIGN_OR_RETURN(matches, FindMatches(catalog, model, threshold));
      }
      RETURN_IF_ERROR(catalog.ReplaceMatches(model, matches));
      return catalog.SetMatchState(StateOf(model, threshold, now));
    });
    RETURN_IF_ERROR(kept);
  }
  RETURN_IF_ERROR(Count(catalog, model, result));
  return result;
}

}  // namespace kinfolder
