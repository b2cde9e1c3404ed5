#include "app/references.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "app/reference_choice.h"
#include "app/walk.h"
#include "base/check.h"
#include "base/file.h"
#include "catalog/decisions.h"
#include "catalog/fact_details.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// Every photo of which it was ever said here whom it shows; but for those that left the folder of known people, and may
// come back.
Result<std::set<ContentHash>> ContentsOfHistory(Catalog& catalog) {
  ASSIGN_OR_RETURN(const std::vector<Fact> facts, catalog.Facts());
  std::set<std::int64_t> let_go;
  for (const Fact& fact : facts) {
    if (fact.kind != "undone" || fact.origin != kKnownFolderOrigin || fact.undone) continue;
    ASSIGN_OR_RETURN(const FactDetails details, ParseFactDetails(fact.kind, fact.details));
    let_go.insert(std::get<Undone>(details).fact);
  }
  std::set<ContentHash> contents;
  for (const Fact& fact : facts) {
    if (fact.kind != "reference-added" || fact.origin == kMetadataOrigin || let_go.contains(fact.number)) continue;
    ASSIGN_OR_RETURN(const FactDetails details, ParseFactDetails(fact.kind, fact.details));
    contents.insert(std::get<ReferenceAdded>(details).face.content);
  }
  return contents;
}

// Whom reference photos show. What other programs wrote into a photo does not keep it from being taken in.
Result<std::map<PhotoId, PersonId>> PeopleOfReferences(Catalog& catalog) {
  std::set<std::int64_t> claims;
  ASSIGN_OR_RETURN(const std::vector<Fact> facts, catalog.Facts());
  for (const Fact& fact : facts) {
    if (fact.origin == kMetadataOrigin) claims.insert(fact.number);
  }
  std::set<FaceId> claimed;
  ASSIGN_OR_RETURN(const std::vector<FaceDecision> decisions, catalog.Decisions());
  for (const FaceDecision& said : decisions) {
    if (said.decision == Decision::kConfirmed && claims.contains(said.fact)) claimed.insert(said.face);
  }
  std::map<PhotoId, PersonId> person_of;
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> references, catalog.References());
  for (const CatalogReference& reference : references) {
    if (!claimed.contains(reference.face)) person_of[reference.photo] = reference.person;
  }
  return person_of;
}

Result<Person> FindOrAdd(Catalog& catalog, const std::string& name, const char* origin, IntakeResult& result) {
  ASSIGN_OR_RETURN(const std::optional<Person> person, catalog.FindPerson(name));
  if (person) return *person;
  ASSIGN_OR_RETURN(Person added, catalog.AddPerson(name, origin));
  result.new_people.push_back(added.name);
  return added;
}

// What of `files` can teach who somebody is: one face each; the others are refused.
struct Candidate {
  ReferencePhoto file;
  CatalogFace face;
};

Result<CatalogFace> Choose(const std::vector<CatalogFace>& faces, std::optional<int> number,
                           std::span<const FaceDecision> decisions) {
  ASSIGN_OR_RETURN(CatalogFace chosen, ChooseReference(faces, number));
  const std::span<const FaceDecision> said = DecisionsOn(chosen.id, decisions);
  if (std::ranges::find(said, Decision::kForgotten, &FaceDecision::decision) == said.end()) return chosen;
  return Fail(ErrorCode::kInvalidArgument,
              "this person was to be forgotten; who is to be known again needs other photos");
}

Result<std::vector<Candidate>> Candidates(Catalog& catalog, const std::vector<ReferencePhoto>& files,
                                          std::optional<int> number, IntakeResult& result) {
  std::vector<Candidate> candidates;
  if (files.empty()) return candidates;
  ASSIGN_OR_RETURN(const std::vector<FaceDecision> decisions, catalog.Decisions());
  for (const ReferencePhoto& file : files) {
    ASSIGN_OR_RETURN(const std::vector<CatalogFace> faces, catalog.FacesOf(file.photo));
    const Result<CatalogFace> chosen = Choose(faces, number, decisions);
    if (chosen) {
      candidates.push_back({file, *chosen});
    } else {
      result.refused.push_back({FoundPhoto{file.path, {}}, About(file.path, chosen.error())});
    }
  }
  return candidates;
}

// One intake of a folder of people's folders.
class FolderIntake {
 public:
  FolderIntake(Catalog& catalog, Intake intake) : catalog_(catalog), intake_(intake) {}

  Status Prepare(const fs::path& root) {
    root_ = root;
    ASSIGN_OR_RETURN(person_of_, PeopleOfReferences(catalog_));
    ASSIGN_OR_RETURN(history_, ContentsOfHistory(catalog_));
    ASSIGN_OR_RETURN(const std::vector<CatalogFile> files, catalog_.Files());
    for (const CatalogFile& file : files) {
      if (!IsWithin(file.path, root) || !file.photo) continue;
      const fs::path below = file.path.lexically_relative(root);
      if (std::next(below.begin()) == below.end()) {
        Refuse(file.path, "lies beside the people's folders: put it into the folder of the person whom it shows");
      } else {
        folders_[below.begin()->string()].push_back({file.path, *file.photo});
        folders_with_[*file.photo].insert(below.begin()->string());
      }
    }
    return {};
  }

  Status TakeIn() {
    for (const auto& [name, files] : folders_) {
      RETURN_IF_ERROR(
          catalog_.InTransaction([&, &folder = name, &photos = files] { return TakeInFolder(folder, photos); }));
    }
    return {};
  }

  // What the folder said of photos that are no longer in it, nor in another such folder, counts no longer. A folder
  // that is empty, or has files that can't be read now, may be a drive that is not there.
  Status LetGo() {
    ASSIGN_OR_RETURN(const std::vector<CatalogFile> files, catalog_.Files());
    std::set<PhotoId> present;
    for (const CatalogFile& file : files) {
      const bool is_here = IsWithin(file.path, root_);
      const bool is_hidden =
          file.failure && (file.failure->code == ErrorCode::kIo || file.failure->code == ErrorCode::kPermissionDenied);
      if (is_here && is_hidden) return {};
      if (file.photo && (is_here || file.role == FileRole::kReference)) present.insert(*file.photo);
    }
    if (folders_.empty()) return {};
    ASSIGN_OR_RETURN(const auto said, SaidByTheFolder());
    std::map<std::string, int> gone;
    std::vector<std::int64_t> facts;
    for (const auto& [fact, reference] : said) {
      if (present.contains(reference.photo)) continue;
      facts.push_back(fact);
      ++gone[reference.name];
    }
    if (!facts.empty()) RETURN_IF_ERROR(catalog_.UndoAll(facts, kKnownFolderOrigin));
    for (const auto& [name, count] : gone) {
      result_.notes.push_back(fmt::format("{}: {} photo{} no longer in {} and count{} no longer", name, count,
                                          count == 1 ? " is" : "s are", root_.string(), count == 1 ? "s" : ""));
    }
    return {};
  }

  IntakeResult result() && { return std::move(result_); }

 private:
  struct SaidReference {
    PhotoId photo;
    std::string name;  // of the person
  };

  // References by the fact that says so, where that came from a folder of known people.
  Result<std::map<std::int64_t, SaidReference>> SaidByTheFolder() {
    std::set<std::int64_t> facts_of_folders;
    ASSIGN_OR_RETURN(const std::vector<Fact> facts, catalog_.Facts());
    for (const Fact& fact : facts) {
      if (fact.kind == "reference-added" && fact.origin == kKnownFolderOrigin) facts_of_folders.insert(fact.number);
    }
    std::map<FaceId, std::int64_t> fact_of;
    ASSIGN_OR_RETURN(const std::vector<FaceDecision> decisions, catalog_.Decisions());
    for (const FaceDecision& decision : decisions) {
      const bool is_said = decision.decision == Decision::kConfirmed && facts_of_folders.contains(decision.fact);
      if (is_said) fact_of.emplace(decision.face, decision.fact);
    }
    std::map<PersonId, std::string> name_of;
    ASSIGN_OR_RETURN(const std::vector<Person> people, catalog_.People());
    for (const Person& person : people) name_of.emplace(person.id, person.name);
    std::map<std::int64_t, SaidReference> said;
    ASSIGN_OR_RETURN(const std::vector<CatalogReference> references, catalog_.References());
    for (const CatalogReference& reference : references) {
      const auto fact = fact_of.find(reference.face);
      if (fact != fact_of.end()) said[fact->second] = {reference.photo, name_of[reference.person]};
    }
    return said;
  }

  void Refuse(const fs::path& path, std::string_view reason) {
    result_.refused.push_back(
        {FoundPhoto{path, {}}, {ErrorCode::kInvalidArgument, fmt::format("{} {}", path.string(), reason)}});
  }

  Status TakeInFolder(const std::string& name, const std::vector<ReferencePhoto>& files) {
    std::vector<ReferencePhoto> fresh;
    std::map<PersonId, int> owners;
    int let_go = 0;
    for (const ReferencePhoto& file : files) {
      ASSIGN_OR_RETURN(const CatalogPhoto photo, catalog_.GetPhoto(file.photo));
      // One that lies in several people's folders tells neither whom it shows nor whose these folders are.
      const bool is_shared = folders_with_.at(file.photo).size() > 1;
      if (const auto known = person_of_.find(file.photo); known != person_of_.end()) {
        if (!is_shared) ++owners[known->second];
        ++result_.already;
      } else if (is_shared) {
        Refuse(file.path, fmt::format("lies in the folders of several people, {}: keep it in the one of whom it shows",
                                      fmt::join(folders_with_.at(file.photo), ", ")));
      } else if (intake_ == Intake::kRepeat && history_.contains(photo.content)) {
        ++let_go;
        ++result_.already;
      } else {
        fresh.push_back(file);
      }
    }
    if (let_go > 0) {
      result_.notes.push_back(fmt::format("{}: {} photo{} that you took away from {} earlier {} left alone",
                                          (root_ / name).string(), let_go, let_go == 1 ? "" : "s", name,
                                          let_go == 1 ? "is" : "are"));
    }
    ASSIGN_OR_RETURN(const std::vector<Candidate> candidates, Candidates(catalog_, fresh, std::nullopt, result_));
    if (candidates.empty()) return {};
    ASSIGN_OR_RETURN(const PersonId owner, OwnerOf(name, owners));
    for (const Candidate& candidate : candidates) {
      if (!person_of_.emplace(candidate.file.photo, owner).second) continue;  // the same photo under two names
      RETURN_IF_ERROR(catalog_.AddReference(candidate.face.id, owner, kKnownFolderOrigin));
      ++result_.added;
    }
    return {};
  }

  // Whoever the folder's photos are of by now; a folder without such photos belongs to whom it is named after.
  Result<PersonId> OwnerOf(const std::string& name, const std::map<PersonId, int>& owners) {
    const auto most = std::max_element(owners.begin(), owners.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most != owners.end()) return most->first;
    ASSIGN_OR_RETURN(const Person person, FindOrAdd(catalog_, name, kKnownFolderOrigin, result_));
    return person.id;
  }

  Catalog& catalog_;
  Intake intake_;
  fs::path root_;
  std::map<PhotoId, PersonId> person_of_;  // of reference photos
  std::set<ContentHash> history_;
  std::map<std::string, std::vector<ReferencePhoto>> folders_;  // by name
  std::map<PhotoId, std::set<std::string>> folders_with_;       // their names
  IntakeResult result_;
};

}  // namespace

Status MakeReferences(Catalog& catalog, const std::string& name, const std::vector<ReferencePhoto>& files,
                      std::optional<int> face, IntakeResult& result) {
  ASSIGN_OR_RETURN(const std::vector<Candidate> candidates, Candidates(catalog, files, face, result));
  if (candidates.empty()) return {};
  ASSIGN_OR_RETURN(const Person person, FindOrAdd(catalog, name, kUserOrigin, result));
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> references, catalog.References());
  std::map<FaceId, PersonId> person_of;
  for (const CatalogReference& reference : references) person_of[reference.face] = reference.person;
  ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
  for (const Candidate& candidate : candidates) {
    const auto holder = person_of.find(candidate.face.id);
    if (holder != person_of.end() && holder->second == person.id) {
      ++result.already;
      continue;
    }
    ASSIGN_OR_RETURN(const std::int64_t fact, catalog.AddReference(candidate.face.id, person.id, kUserOrigin));
    if (holder != person_of.end()) {
      const auto other = std::ranges::find(people, holder->second, &Person::id);
      CHECK(other != people.end());
      result.notes.push_back(fmt::format("{}: the face was {}'s until now; to take this back: kinfolder review undo {}",
                                         candidate.file.path.string(), other->name, fact));
    }
    person_of[candidate.face.id] = person.id;
    ++result.added;
  }
  return {};
}

Result<IntakeResult> ReferencesFromFolder(Catalog& catalog, const fs::path& folder, Intake intake) {
  FolderIntake folder_intake(catalog, intake);
  RETURN_IF_ERROR(folder_intake.Prepare(folder));
  RETURN_IF_ERROR(folder_intake.TakeIn());
  RETURN_IF_ERROR(folder_intake.LetGo());
  return std::move(folder_intake).result();
}

}  // namespace kinfolder
