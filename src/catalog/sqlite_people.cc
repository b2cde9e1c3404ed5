#include "catalog/sqlite_people.h"

#include <chrono>
#include <map>
#include <random>
#include <variant>

#include "catalog/face_pairing.h"
#include "catalog/person_name.h"

namespace kinfolder {
namespace {

// 128 random bits: no two people ever get the same, in whichever catalogues.
std::string NewUid() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

std::int64_t MillisecondsNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

constexpr char kReferencesOfFaces[] = "FROM reference JOIN face ON face.id = reference.face ";

}  // namespace

std::vector<Person> SqlitePeople::People() {
  Query query = connection_.Prepare("SELECT id, name FROM person ORDER BY folded");
  std::vector<Person> people;
  while (query.Next()) people.push_back({PersonId{query.Int(0)}, query.Text(1)});
  return people;
}

std::optional<Person> SqlitePeople::FindPerson(const std::string& name) {
  const Result<PersonName> parsed = ParsePersonName(name);
  if (!parsed) return std::nullopt;  // nobody can have it
  Query query = connection_.Prepare("SELECT id, name FROM person WHERE folded = ?");
  if (!query.Run(parsed->folded)) return std::nullopt;
  return Person{PersonId{query.Int(0)}, query.Text(1)};
}

Result<Person> SqlitePeople::AddPerson(const std::string& name, const std::string& origin) {
  ASSIGN_OR_RETURN(const PersonName parsed, ParsePersonName(name));
  if (const auto known = FindPerson(name)) {
    return Fail(ErrorCode::kAlreadyExists, "somebody is called '{}' already", known->name);
  }
  ASSIGN_OR_RETURN(const std::int64_t number, Append(PersonAdded{NewUid(), parsed.written}, origin));
  return Person{PersonId{number}, parsed.written};
}

Status SqlitePeople::RenamePerson(PersonId person, const std::string& name, const std::string& origin) {
  ASSIGN_OR_RETURN(const PersonName parsed, ParsePersonName(name));
  ASSIGN_OR_RETURN(const KnownPerson before, Get(person));
  if (before.name == parsed.written) return {};
  if (const auto known = FindPerson(name); known && known->id != person) {
    return Fail(ErrorCode::kAlreadyExists, "somebody is called '{}' already; to make them one person, merge them",
                known->name);
  }
  RETURN_IF_ERROR(Append(PersonRenamed{before.uid, parsed.written}, origin));
  return {};
}

Status SqlitePeople::MergePeople(PersonId from, PersonId into, const std::string& origin) {
  ASSIGN_OR_RETURN(const KnownPerson source, Get(from));
  ASSIGN_OR_RETURN(const KnownPerson target, Get(into));
  if (from == into) {
    return Fail(ErrorCode::kInvalidArgument, "'{}' can't be merged with the same person", source.name);
  }
  RETURN_IF_ERROR(Append(PeopleMerged{source.uid, target.uid}, origin));
  return {};
}

Status SqlitePeople::RemovePerson(PersonId person, const std::string& origin) {
  ASSIGN_OR_RETURN(const KnownPerson known, Get(person));
  RETURN_IF_ERROR(Append(PersonRemoved{known.uid}, origin));
  return {};
}

Status SqlitePeople::AddReference(FaceId face, PersonId person, const std::string& origin) {
  ASSIGN_OR_RETURN(const KnownPerson known, Get(person));
  ASSIGN_OR_RETURN(const FaceInContent place, GetFace(face));
  if (HolderOf(face) == person) return {};
  RETURN_IF_ERROR(Append(ReferenceAdded{known.uid, place}, origin));
  return {};
}

Status SqlitePeople::RemoveReference(FaceId face, const std::string& origin) {
  ASSIGN_OR_RETURN(const FaceInContent place, GetFace(face));
  if (!HolderOf(face)) return Fail(ErrorCode::kNotFound, "this face is nobody's reference");
  RETURN_IF_ERROR(Append(ReferenceRemoved{place}, origin));
  return {};
}

std::vector<CatalogReference> SqlitePeople::References() {
  Query query = connection_.Prepare(std::string("SELECT reference.person, ") + kFaceColumns + " " + kReferencesOfFaces +
                                    "WHERE reference.person IS NOT NULL ORDER BY reference.person, face.id");
  std::vector<CatalogReference> references;
  while (query.Next()) {
    const CatalogFace face = ReadFace(query, 1);
    references.push_back({face.id, PersonId{query.Int(0)}, face.photo, face.detection, face.quality});
  }
  return references;
}

std::vector<Reference> SqlitePeople::ReferencesWithEmbeddings(const std::string& model) {
  Query query =
      connection_.Prepare(std::string("SELECT face.id, reference.person, embedding.vector ") + kReferencesOfFaces +
                          "JOIN embedding ON embedding.face = face.id WHERE reference.person IS NOT NULL AND "
                          "embedding.model = (SELECT id FROM model WHERE name = ?) "
                          "ORDER BY reference.person, face.id");
  query.Bind(model);
  std::vector<Reference> references;
  while (query.Next()) {
    references.push_back({FaceId{query.Int(0)}, PersonId{query.Int(1)}, Embedding{model, query.Floats(2)}});
  }
  return references;
}

std::vector<Fact> SqlitePeople::Facts() {
  Query query = connection_.Prepare("SELECT number, milliseconds, origin, kind, details FROM fact ORDER BY number");
  std::vector<Fact> facts;
  while (query.Next()) facts.push_back({query.Int(0), query.Int(1), query.Text(2), query.Text(3), query.Text(4)});
  return facts;
}

void SqlitePeople::LinkReferences(const ContentHash& content) {
  const std::vector<AnchoredFace> faces = faces_.Anchors(content);
  std::vector<Box> anchors;
  anchors.reserve(faces.size());
  for (const AnchoredFace& face : faces) anchors.push_back(face.anchor);

  std::map<std::int64_t, FaceId> face_of;  // by the number of the fact
  {
    Query references = connection_.Prepare("SELECT fact, box FROM reference WHERE content = ? ORDER BY fact DESC");
    references.Bind(content);
    std::vector<bool> taken(faces.size());
    while (references.Next()) {
      const auto best = BestFace(anchors, ReadBox(references, 1));
      if (!best || taken[*best]) continue;
      taken[*best] = true;
      face_of.emplace(references.Int(0), faces[*best].face);
    }
  }
  connection_.Prepare("UPDATE reference SET face = NULL WHERE content = ?").Run(content);
  for (const auto& [number, face] : face_of) {
    connection_.Prepare("UPDATE reference SET face = ? WHERE fact = ?").Run(face, number);
  }
}

Status SqlitePeople::Rebuild() {
  connection_.Execute("PRAGMA defer_foreign_keys = ON");  // matches speak of people who are about to come again
  connection_.Execute("DELETE FROM reference; DELETE FROM person");
  for (const Fact& fact : Facts()) {
    ASSIGN_OR_RETURN(const FactDetails details, ParseFactDetails(fact.kind, fact.details));
    RETURN_IF_ERROR(Follow(fact.number, details));
  }
  matches_.ForgetMissingPeople();
  matches_.Revise();
  return {};
}

std::vector<std::string> SqlitePeople::Derived() {
  Query query = connection_.Prepare(
      "SELECT 'person ' || id || ' ' || uid || ' ' || name || ' ' || folded FROM person UNION ALL "
      "SELECT 'reference ' || fact || ' ' || hex(content) || ' ' || hex(box) || ' ' || ifnull(person, '-') || ' ' || "
      "ifnull(face, '-') FROM reference ORDER BY 1");
  std::vector<std::string> lines;
  while (query.Next()) lines.push_back(query.Text(0));
  return lines;
}

Result<SqlitePeople::KnownPerson> SqlitePeople::Get(PersonId person) {
  Query query = connection_.Prepare("SELECT uid, name FROM person WHERE id = ?");
  if (!query.Run(person)) return Fail(ErrorCode::kNotFound, "nobody has the number {}", person.value);
  return KnownPerson{query.Text(0), query.Text(1)};
}

Result<FaceInContent> SqlitePeople::GetFace(FaceId face) {
  Query query = connection_.Prepare(
      "SELECT photo.content, face.anchor FROM face JOIN photo ON photo.id = face.photo WHERE face.id = ?");
  if (!query.Run(face)) return Fail(ErrorCode::kNotFound, "no face has the number {}", face.value);
  return FaceInContent{query.Digest(0), ReadBox(query, 1)};
}

std::optional<PersonId> SqlitePeople::HolderOf(FaceId face) {
  Query query = connection_.Prepare("SELECT person FROM reference WHERE face = ?");
  return query.Run(face) ? query.OptionalId<PersonId>(0) : std::nullopt;
}

Result<std::int64_t> SqlitePeople::Append(const FactDetails& details, const std::string& origin) {
  std::int64_t number = 0;
  {
    Query append = connection_.Prepare(
        "INSERT INTO fact (milliseconds, origin, kind, details) VALUES (?, ?, ?, ?) RETURNING number");
    append.Run(MillisecondsNow(), origin, KindOf(details), ToJson(details));
    number = append.Int(0);
  }
  RETURN_IF_ERROR(Follow(number, details));
  matches_.Revise();
  return number;
}

Status SqlitePeople::Follow(std::int64_t number, const FactDetails& details) {
  return std::visit([&](const auto& fact) { return FollowOne(number, fact); }, details);
}

Status SqlitePeople::FollowOne(std::int64_t number, const PersonAdded& fact) {
  ASSIGN_OR_RETURN(const PersonName name, ParsePersonName(fact.name));
  connection_.Prepare("INSERT INTO person (id, uid, name, folded) VALUES (?, ?, ?, ?)")
      .Run(number, fact.person, name.written, name.folded);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t /*number*/, const PersonRenamed& fact) {
  ASSIGN_OR_RETURN(const PersonId person, PersonOf(fact.person));
  ASSIGN_OR_RETURN(const PersonName name, ParsePersonName(fact.name));
  connection_.Prepare("UPDATE person SET name = ?, folded = ? WHERE id = ?").Run(name.written, name.folded, person);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t /*number*/, const PeopleMerged& fact) {
  ASSIGN_OR_RETURN(const PersonId from, PersonOf(fact.from));
  ASSIGN_OR_RETURN(const PersonId into, PersonOf(fact.into));
  connection_.Prepare("UPDATE reference SET person = ? WHERE person = ?").Run(into, from);
  matches_.MergePeople(from, into);
  connection_.Prepare("DELETE FROM person WHERE id = ?").Run(from);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t /*number*/, const PersonRemoved& fact) {
  ASSIGN_OR_RETURN(const PersonId person, PersonOf(fact.person));
  // The faces stay spoken of: what was said of them before does not come back.
  connection_.Prepare("UPDATE reference SET person = NULL WHERE person = ?").Run(person);
  matches_.ForgetPerson(person);
  connection_.Prepare("DELETE FROM person WHERE id = ?").Run(person);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t number, const ReferenceAdded& fact) {
  ASSIGN_OR_RETURN(const PersonId person, PersonOf(fact.person));
  PutReference(number, fact.face, person);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t number, const ReferenceRemoved& fact) {
  PutReference(number, fact.face, std::nullopt);
  return {};
}

void SqlitePeople::PutReference(std::int64_t number, const FaceInContent& face, std::optional<PersonId> person) {
  connection_.Prepare("INSERT OR REPLACE INTO reference (fact, content, box, person) VALUES (?, ?, ?, ?)")
      .Run(number, face.content, BoxValues(face.box), person);
  LinkReferences(face.content);
}

Result<PersonId> SqlitePeople::PersonOf(const std::string& uid) {
  Query query = connection_.Prepare("SELECT id FROM person WHERE uid = ?");
  if (!query.Run(uid)) return Fail(ErrorCode::kCorrupt, "a fact speaks of a person {} who was never added", uid);
  return PersonId{query.Int(0)};
}

}  // namespace kinfolder
