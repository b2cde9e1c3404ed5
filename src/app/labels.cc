#include "app/labels.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "app/review.h"
#include "base/utc_time.h"
#include "catalog/face_pairing.h"
#include "catalog/fact_details.h"
#include "catalog/person_name.h"

namespace kinfolder {
namespace {

Result<std::map<std::int64_t, Fact>> FactsByNumber(Catalog& catalog) {
  ASSIGN_OR_RETURN(std::vector<Fact> facts, catalog.Facts());
  std::map<std::int64_t, Fact> by_number;
  for (Fact& fact : facts) by_number.emplace(fact.number, std::move(fact));
  return by_number;
}

Result<FaceInContent> FaceOf(const Fact& fact) {
  ASSIGN_OR_RETURN(const FactDetails details, ParseFactDetails(fact.kind, fact.details));
  if (const auto* const reference = std::get_if<ReferenceAdded>(&details)) return reference->face;
  if (const auto* const rejected = std::get_if<PersonRejected>(&details)) return rejected->face;
  if (const auto* const aside = std::get_if<FaceSetAside>(&details)) return aside->face;
  return Fail(ErrorCode::kCorrupt, "number {} says nothing of a face", fact.number);
}

// Whose word goes before whose: what other programs wrote into photos counts least, what the user said (here, or
// wherever the labels come from) most.
int TrustIn(const std::string& origin) { return origin == kMetadataOrigin ? 0 : origin == kKnownFolderOrigin ? 1 : 2; }

// Who is meant by a name: also somebody who had it here once, and is called otherwise or is one with another by now.
class NamesInHistory {
 public:
  static Result<NamesInHistory> Read(const std::map<std::int64_t, Fact>& facts) {
    NamesInHistory names;
    for (const auto& [number, fact] : facts) {
      if (fact.undone) continue;
      ASSIGN_OR_RETURN(const FactDetails details, ParseFactDetails(fact.kind, fact.details));
      if (const auto* const added = std::get_if<PersonAdded>(&details)) {
        names.person_of_[added->person] = PersonId{number};
        names.Remember(added->name, added->person);
      } else if (const auto* const renamed = std::get_if<PersonRenamed>(&details)) {
        names.Remember(renamed->name, renamed->person);
      } else if (const auto* const merged = std::get_if<PeopleMerged>(&details)) {
        names.Merge(*merged);
      }
    }
    return names;
  }

  // Whoever had the name last. They may be removed by now.
  std::optional<PersonId> Find(const std::string& name) const {
    const Result<PersonName> parsed = ParsePersonName(name);
    const auto uid = parsed ? uid_of_.find(parsed->folded) : uid_of_.end();
    if (uid == uid_of_.end()) return std::nullopt;
    std::string owner = uid->second;
    for (auto into = merged_into_.find(owner); into != merged_into_.end(); into = merged_into_.find(owner)) {
      owner = into->second;
    }
    const auto person = person_of_.find(owner);
    return person == person_of_.end() ? std::nullopt : std::optional(person->second);
  }

 private:
  void Remember(const std::string& name, const std::string& uid) {
    if (const Result<PersonName> parsed = ParsePersonName(name)) uid_of_[parsed->folded] = uid;
  }

  // Nobody is merged with somebody who is gone; what says so came back after it was taken back, and says nothing.
  void Merge(const PeopleMerged& merge) {
    if (!merged_into_.contains(merge.into)) merged_into_.emplace(merge.from, merge.into);
  }

  std::map<std::string, std::string> uid_of_;       // by folded name
  std::map<std::string, PersonId> person_of_;       // by uid
  std::map<std::string, std::string> merged_into_;  // uids
};

// One taking over of labels.
class LabelTaker {
 public:
  static Result<LabelTaker> Make(Catalog& catalog) {
    LabelTaker taker(catalog);
    ASSIGN_OR_RETURN(const auto facts, FactsByNumber(catalog));
    ASSIGN_OR_RETURN(taker.names_, NamesInHistory::Read(facts));
    ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
    for (const Person& person : people) {
      taker.people_.insert(person.id);
      if (facts.at(person.id.value).origin == kKnownFolderOrigin) taker.by_known_folder_.insert(person.id);
    }
    ASSIGN_OR_RETURN(const std::vector<FaceDecision> decisions, catalog.Decisions());
    for (const FaceDecision& said : decisions) {
      taker.said_[said.face].push_back({said.decision, said.person, facts.at(said.fact).origin});
    }
    return taker;
  }

  Status Take(const PersonLabel& label) {
    const int added_before = taken_.people;
    ASSIGN_OR_RETURN(const std::optional<PersonId> person, PersonFor(label.name, kImportOrigin));
    if (!person) ++taken_.overruled;
    if (person && taken_.people == added_before) ++taken_.already;
    return {};
  }

  Status Take(const FaceLabel& label) {
    ASSIGN_OR_RETURN(const std::optional<CatalogPhoto> photo, catalog_.FindPhoto(label.photo));
    if (!photo) return Count(taken_.without_photo);
    ASSIGN_OR_RETURN(const std::optional<FaceId> face, FaceFor(label, photo->id));
    if (!face) return Count(taken_.without_face);
    Said word{label.decision, {}, label.origin == kMetadataOrigin ? kMetadataOrigin : kImportOrigin};
    if (IsAboutPerson(label.decision)) {
      ASSIGN_OR_RETURN(const bool is_known, IsKnown(label.person));
      if (!is_known && label.decision == Decision::kConfirmed && IsOverruled(*face, word)) {
        return Count(taken_.overruled);  // and nobody is added
      }
      ASSIGN_OR_RETURN(word.person, PersonFor(label.person, word.origin));
      if (!word.person) return Count(taken_.overruled);
    }
    return Say(*face, word);
  }

  // Whom only the folder of known people told of, by faces that the labels say something else of, is nobody.
  Status Finish() {
    for (const PersonId person : replaced_) {
      if (!by_known_folder_.contains(person) || IsSpokenOf(person)) continue;
      RETURN_IF_ERROR(catalog_.RemovePerson(person, kImportOrigin));
    }
    return {};
  }

  LabelsTaken taken() const { return taken_; }

 private:
  struct Said {
    Decision decision = Decision::kNone;
    std::optional<PersonId> person;
    std::string origin;
  };

  explicit LabelTaker(Catalog& catalog) : catalog_(catalog) {}

  static Status Count(int& labels) {
    ++labels;
    return {};
  }

  // Here, or once.
  Result<bool> IsKnown(const std::string& name) {
    ASSIGN_OR_RETURN(const std::optional<Person> known, catalog_.FindPerson(name));
    return known.has_value() || names_.Find(name).has_value();
  }

  // nullopt when they are not known any more. Somebody who never was is added.
  Result<std::optional<PersonId>> PersonFor(const std::string& name, const std::string& origin) {
    ASSIGN_OR_RETURN(const std::optional<Person> known, catalog_.FindPerson(name));
    if (known) return Named(known->id);
    if (const std::optional<PersonId> earlier = names_.Find(name)) {
      if (!people_.contains(*earlier)) return std::nullopt;
      return Named(*earlier);
    }
    ASSIGN_OR_RETURN(const Person added, catalog_.AddPerson(name, origin));
    ++taken_.people;
    return Named(added.id);
  }

  std::optional<PersonId> Named(PersonId person) {
    named_.insert(person);
    return person;
  }

  Result<std::optional<FaceId>> FaceFor(const FaceLabel& label, PhotoId photo) {
    ASSIGN_OR_RETURN(const std::vector<CatalogFace> faces, catalog_.FacesOf(photo));
    std::vector<Box> boxes;
    boxes.reserve(faces.size());
    for (const CatalogFace& face : faces) boxes.push_back(face.detection.box);
    // In fractions: another version may decode the photo at another size.
    const Box box =
        Scaled(label.box, 1 / static_cast<float>(label.size.width), 1 / static_cast<float>(label.size.height));
    const std::optional<std::size_t> best = BestFace(boxes, box);
    return best ? std::optional(faces[*best].id) : std::nullopt;
  }

  Status Say(FaceId face, const Said& label) {
    std::vector<Said>& said = said_[face];
    const auto is_said = [&](const Said& word) {
      return word.decision == label.decision && word.person == label.person;
    };
    if (std::any_of(said.begin(), said.end(), is_said)) return Count(taken_.already);
    if (IsOverruled(face, label)) return Count(taken_.overruled);
    std::erase_if(said, [&](const Said& word) {
      const bool gives_way = Contradicts(word, label);
      if (gives_way && word.person) replaced_.insert(*word.person);
      return gives_way;
    });
    said.push_back(label);
    RETURN_IF_ERROR(DecideFaces(catalog_, std::array{face}, label.decision, label.person, label.origin));
    return Count(taken_.faces);
  }

  bool IsOverruled(FaceId face, const Said& label) {
    return std::ranges::any_of(said_[face], [&](const Said& word) {
      return Contradicts(word, label) && TrustIn(word.origin) >= TrustIn(label.origin);
    });
  }

  // Of a face one word holds, and beside it that it is not certain people.
  static bool Contradicts(const Said& word, const Said& label) {
    const bool word_rejects = word.decision == Decision::kRejected;
    const bool label_rejects = label.decision == Decision::kRejected;
    return word_rejects == label_rejects ? !word_rejects : word.person == label.person;
  }

  bool IsSpokenOf(PersonId person) const {
    return named_.contains(person) || std::any_of(said_.begin(), said_.end(), [&](const auto& face) {
             return std::ranges::count(face.second, person, &Said::person) > 0;
           });
  }

  Catalog& catalog_;
  NamesInHistory names_;
  std::set<PersonId> people_;           // who were there before
  std::set<PersonId> by_known_folder_;  // whom of these the folder of known people added
  std::set<PersonId> named_;            // by the labels
  std::set<PersonId> replaced_;         // whom the folder of known people saw in faces, and the labels do not
  std::map<FaceId, std::vector<Said>> said_;
  LabelsTaken taken_;
};

}  // namespace

Result<Labels> LabelsOf(Catalog& catalog) {
  Labels labels;
  ASSIGN_OR_RETURN(const auto facts, FactsByNumber(catalog));
  ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
  std::map<PersonId, std::string> names;
  for (const Person& person : people) names.emplace(person.id, person.name);
  for (const auto& [id, name] : names) {
    const Fact& added = facts.at(id.value);
    labels.people.push_back({name, UtcTime(added.milliseconds), added.origin});
  }

  ASSIGN_OR_RETURN(std::vector<FaceDecision> decisions, catalog.Decisions());
  std::ranges::sort(decisions, {}, &FaceDecision::fact);
  for (const FaceDecision& said : decisions) {
    const Fact& fact = facts.at(said.fact);
    ASSIGN_OR_RETURN(const FaceInContent face, FaceOf(fact));
    ASSIGN_OR_RETURN(const std::optional<CatalogPhoto> photo, catalog.FindPhoto(face.content));
    const Size size = photo.value().info.upright_size;
    labels.faces.push_back({said.decision, said.person ? names.at(*said.person) : "", face.content, size,
                            Scaled(face.box, static_cast<float>(size.width), static_cast<float>(size.height)),
                            UtcTime(fact.milliseconds), fact.origin});
  }
  return labels;
}

Result<LabelsTaken> TakeLabels(Catalog& catalog, const Labels& labels) {
  ASSIGN_OR_RETURN(LabelTaker taker, LabelTaker::Make(catalog));
  const Status all = catalog.InTransaction([&]() -> Status {
    for (const PersonLabel& label : labels.people) RETURN_IF_ERROR(taker.Take(label));
    for (const FaceLabel& label : labels.faces) RETURN_IF_ERROR(taker.Take(label));
    return taker.Finish();
  });
  RETURN_IF_ERROR(all);
  return taker.taken();
}

Result<LabelsTaken> TryLabels(Catalog& catalog, const Labels& labels) {
  Result<LabelsTaken> taken;
  const Status rolled_back = catalog.InTransaction([&]() -> Status {
    taken = TakeLabels(catalog, labels);
    return Fail(ErrorCode::kInterrupted, "only tried");
  });
  return taken;
}

}  // namespace kinfolder
