#include "app/review.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <variant>

#include "base/utc_time.h"
#include "catalog/decisions.h"
#include "catalog/fact_details.h"
#include "search/gallery.h"

namespace kinfolder {
namespace {

constexpr std::array<std::string_view, 3> kListNames = {"unknown", "uncertain", "later"};

bool IsIn(const MatchedFace& face, ReviewList list) {
  if (face.decision == Decision::kLater) return list == ReviewList::kLater;
  if (list == ReviewList::kUnknown) return face.IsUnknown();
  return list == ReviewList::kUncertain && face.match.needs_review;
}

Result<std::int64_t> DecideFace(Catalog& catalog, FaceId face, Decision decision, std::optional<PersonId> person,
                                const std::string& origin) {
  if (decision == Decision::kConfirmed) return catalog.AddReference(face, *person, origin);
  if (decision == Decision::kRejected) return catalog.Reject(face, *person, origin);
  return catalog.SetAside(face, decision, origin);
}

// Tells facts one after the other, with the names that people had when each was said.
class Teller {
 public:
  static Result<Teller> Make(Catalog& catalog) {
    Teller teller;
    ASSIGN_OR_RETURN(const std::vector<CatalogFile> files, catalog.Files());
    std::map<PhotoId, std::string> name_of;
    for (const CatalogFile& file : files) {
      if (file.photo) name_of.emplace(*file.photo, file.path.filename().string());
    }
    ASSIGN_OR_RETURN(const std::vector<CatalogPhoto> photos, catalog.Photos());
    for (const CatalogPhoto& photo : photos) {
      if (const auto name = name_of.find(photo.id); name != name_of.end()) {
        teller.photo_names_.emplace(ToHex(photo.content), name->second);
      }
    }
    return teller;
  }

  std::string Tell(const FactDetails& details) {
    return std::visit([this](const auto& fact) { return this->TellOne(fact); }, details);
  }

 private:
  std::string TellOne(const PersonAdded& fact) {
    names_[fact.person] = fact.name;
    return fmt::format("{} is known", fact.name);
  }
  std::string TellOne(const PersonRenamed& fact) {
    const std::string before = std::exchange(names_[fact.person], fact.name);
    return fmt::format("{} is called {}", before, fact.name);
  }
  std::string TellOne(const PeopleMerged& fact) {
    return fmt::format("{} and {} are one person, {}", names_[fact.from], names_[fact.into], names_[fact.into]);
  }
  std::string TellOne(const PersonRemoved& fact) { return fmt::format("{} is no longer known", names_[fact.person]); }
  std::string TellOne(const ReferenceAdded& fact) {
    return fmt::format("{} is {}", NameOfFace(fact.face), names_[fact.person]);
  }
  std::string TellOne(const ReferenceRemoved& fact) {
    return fmt::format("{} is nobody's reference", NameOfFace(fact.face));
  }
  std::string TellOne(const PersonRejected& fact) {
    return fmt::format("{} is not {}", NameOfFace(fact.face), names_[fact.person]);
  }
  std::string TellOne(const FaceSetAside& fact) {
    const char* const what = fact.as == Decision::kNotAFace    ? "is no face"
                             : fact.as == Decision::kStranger  ? "is a stranger"
                             : fact.as == Decision::kForgotten ? "is forgotten"
                                                               : "is left for later";
    return fmt::format("{} {}", NameOfFace(fact.face), what);
  }
  static std::string TellOne(const Undone& fact) { return fmt::format("number {} is taken back", fact.fact); }

  std::string NameOfFace(const FaceInContent& face) const {
    const auto name = photo_names_.find(ToHex(face.content));
    return name == photo_names_.end() ? "a face in a photo that is gone" : "a face in " + name->second;
  }

  std::map<std::string, std::string> names_;        // by uid
  std::map<std::string, std::string> photo_names_;  // by content
};

}  // namespace

Result<Decision> ParseDecision(std::string_view name) {
  const std::optional<Decision> decision = DecisionNamed(name);
  if (decision && *decision != Decision::kForgotten) return *decision;  // that is said of people alone
  return Fail(ErrorCode::kInvalidArgument, "a decision is confirmed, rejected, not-a-face, stranger or later, not '{}'",
              name);
}

Result<ReviewList> ParseReviewList(std::string_view name) {
  const auto* const found = std::find(kListNames.begin(), kListNames.end(), name);
  if (found != kListNames.end()) return static_cast<ReviewList>(found - kListNames.begin());
  return Fail(ErrorCode::kInvalidArgument, "'show' is unknown, uncertain or later, not '{}'", name);
}

std::vector<const MatchedFace*> FacesToReview(const Library& library, ReviewList list) {
  std::vector<const MatchedFace*> faces;
  for (const MatchedFace& face : library.faces()) {
    if (IsIn(face, list)) faces.push_back(&face);
  }
  return faces;
}

std::vector<const MatchedFace*> FacesOfPerson(const Library& library, PersonId person) {
  std::vector<const MatchedFace*> faces;
  for (const MatchedFace& face : library.faces()) {
    if (face.match.person == person) faces.push_back(&face);
  }
  return faces;
}

Result<std::vector<std::int64_t>> DecideFaces(Catalog& catalog, std::span<const FaceId> faces, Decision decision,
                                              std::optional<PersonId> person, const std::string& origin) {
  if (IsAboutPerson(decision) != person.has_value()) {
    return Fail(ErrorCode::kInvalidArgument, "'{}' {}", NameOf(decision),
                IsAboutPerson(decision) ? "needs a person" : "is said of nobody in particular");
  }
  std::vector<std::int64_t> facts;
  const Status decided = catalog.InTransaction([&]() -> Status {
    for (const FaceId face : faces) {
      ASSIGN_OR_RETURN(const std::int64_t fact, DecideFace(catalog, face, decision, person, origin));
      facts.push_back(fact);
    }
    return {};
  });
  RETURN_IF_ERROR(decided);
  return facts;
}

Result<std::vector<PersonDistance>> DistancesOfFace(Catalog& catalog, FaceId face, const std::string& model) {
  ASSIGN_OR_RETURN(const Embedding embedding, catalog.EmbeddingOf(face, model));
  ASSIGN_OR_RETURN(const auto references, catalog.ReferencesWithEmbeddings(model));
  ASSIGN_OR_RETURN(const Gallery gallery, Gallery::Make(references));
  ASSIGN_OR_RETURN(auto distances, gallery.DistancesToPeople(std::vector{embedding}));
  ASSIGN_OR_RETURN(const std::vector<FaceDecision> decisions, catalog.Decisions());
  EraseRejected(DecisionsOn(face, decisions), distances.front());
  return std::move(distances.front());
}

Result<std::vector<std::int64_t>> UndoFacts(Catalog& catalog, const std::vector<std::int64_t>& facts) {
  return catalog.UndoAll(facts, kUserOrigin);
}

Result<std::vector<PastFact>> History(Catalog& catalog) {
  ASSIGN_OR_RETURN(Teller teller, Teller::Make(catalog));
  ASSIGN_OR_RETURN(const std::vector<Fact> facts, catalog.Facts());
  std::vector<PastFact> history;
  history.reserve(facts.size());
  for (const Fact& fact : facts) {
    ASSIGN_OR_RETURN(const FactDetails details, ParseFactDetails(fact.kind, fact.details));
    history.push_back({fact.number, UtcTime(fact.milliseconds), fact.origin, teller.Tell(details), fact.undone});
  }
  std::reverse(history.begin(), history.end());
  return history;
}

}  // namespace kinfolder
