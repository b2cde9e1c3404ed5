// Review: which faces wait for the user's word, what the user says of them, and the history of all that was said, any
// of which can be taken back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/library.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

// kInvalidArgument with what there is.
Result<Decision> ParseDecision(std::string_view name);

// Faces without a name; with one that the user should look at; and those that were left for later, of both kinds.
enum class ReviewList { kUnknown, kUncertain, kLater };
// "unknown", "uncertain" or "later"; kInvalidArgument for others.
Result<ReviewList> ParseReviewList(std::string_view name);

// In the library's order.
std::vector<const MatchedFace*> FacesToReview(const Library& library, ReviewList list);
// All that are this person's by recognition or the user's word, in the library's order: to look through, and to give
// some of them to somebody else.
std::vector<const MatchedFace*> FacesOfPerson(const Library& library, PersonId person);

// Says the same of all the faces, or of none when that fails; gives the numbers of the facts that say so. kConfirmed
// and kRejected need a person, the others take none: kInvalidArgument otherwise, and for kNone (which UndoFacts does).
Result<std::vector<std::int64_t>> DecideFaces(Catalog& catalog, std::span<const FaceId> faces, Decision decision,
                                              std::optional<PersonId> person, const std::string& origin = kUserOrigin);

// How far the face is from everybody known whom the user did not reject for it, by this model; nearest first.
// kNotFound when the face has no embedding of the model.
Result<std::vector<PersonDistance>> DistancesOfFace(Catalog& catalog, FaceId face, const std::string& model);

// See Catalog::UndoAll.
Result<std::vector<std::int64_t>> UndoFacts(Catalog& catalog, const std::vector<std::int64_t>& facts);

// A fact in words.
struct PastFact {
  std::int64_t number = 0;
  std::string time;  // "2019-05-04T12:30:00Z"
  std::string origin;
  std::string text;  // "a face in beach.jpg is Anna"
  bool undone = false;
};

// The latest first.
Result<std::vector<PastFact>> History(Catalog& catalog);

}  // namespace kinfolder
