#include "catalog/sqlite_people.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <variant>

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

// `facts` by number. From the last to the first: what is taken back itself takes nothing back.
void MarkUndone(std::vector<Fact>& facts) {
  for (std::size_t i = facts.size(); i-- > 0;) {
    if (facts[i].undone || facts[i].kind != KindOf(Undone{})) continue;
    const Result<FactDetails> details = ParseFactDetails(facts[i].kind, facts[i].details);
    if (!details) continue;  // Rebuild tells of it
    const auto target = std::ranges::lower_bound(facts, std::get<Undone>(*details).fact, {}, &Fact::number);
    if (target != facts.end() && target->number == std::get<Undone>(*details).fact) target->undone = true;
  }
}

// A merge that was taken back, and then again not, stands before words on the one who is gone: they are on the other.
void FollowMerges(const std::map<std::string, std::string>& merged, FactDetails& details) {
  std::string* person = nullptr;
  if (auto* const added = std::get_if<ReferenceAdded>(&details)) person = &added->person;
  if (auto* const rejected = std::get_if<PersonRejected>(&details)) person = &rejected->person;
  if (person == nullptr) return;
  for (auto into = merged.find(*person); into != merged.end(); into = merged.find(*person)) *person = into->second;
}

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

Result<Forgotten> SqlitePeople::ForgetPerson(PersonId person, const std::string& origin) {
  ASSIGN_OR_RETURN(const KnownPerson known, Get(person));
  ASSIGN_OR_RETURN(const std::set<std::int64_t> facts, FactsOn(known.uid, Facts()));
  const std::vector<FaceInContent> faces = decisions_.FacesOf(person);

  // The folder that taught who they are is called like them.
  for (const FaceInContent& face : faces) {
    connection_.Prepare("DELETE FROM file WHERE role = ? AND photo = (SELECT id FROM photo WHERE content = ?)")
        .Run(static_cast<int>(FileRole::kReference), face.content);
  }
  connection_.Execute("UPDATE state SET forgetting = 1");
  for (const std::int64_t number : facts) connection_.Prepare("DELETE FROM fact WHERE number = ?").Run(number);
  connection_.Execute("UPDATE state SET forgetting = 0");
  RETURN_IF_ERROR(Rebuild());
  // After what else was said of these faces, which must not come back.
  for (const FaceInContent& face : faces) {
    RETURN_IF_ERROR(Append(FaceSetAside{Decision::kForgotten, face}, origin));
  }
  return Forgotten{static_cast<int>(faces.size()), static_cast<int>(facts.size())};
}

Result<std::int64_t> SqlitePeople::AddReference(FaceId face, PersonId person, const std::string& origin) {
  ASSIGN_OR_RETURN(const KnownPerson known, Get(person));
  ASSIGN_OR_RETURN(const FaceInContent place, GetFace(face));
  if (const FaceDecision word = decisions_.WordOn(face); word.person == person) return word.fact;
  return Append(ReferenceAdded{known.uid, place}, origin);
}

Result<std::int64_t> SqlitePeople::RemoveReference(FaceId face, const std::string& origin) {
  ASSIGN_OR_RETURN(const FaceInContent place, GetFace(face));
  if (!decisions_.WordOn(face).person) return Fail(ErrorCode::kNotFound, "this face is nobody's reference");
  return Append(ReferenceRemoved{place}, origin);
}

Result<std::int64_t> SqlitePeople::Reject(FaceId face, PersonId person, const std::string& origin) {
  ASSIGN_OR_RETURN(const KnownPerson known, Get(person));
  ASSIGN_OR_RETURN(const FaceInContent place, GetFace(face));
  if (const auto fact = decisions_.RejectionOf(face, person)) return *fact;
  return Append(PersonRejected{known.uid, place}, origin);
}

Result<std::int64_t> SqlitePeople::SetAside(FaceId face, Decision decision, const std::string& origin) {
  if (!IsAside(decision)) {
    return Fail(ErrorCode::kInvalidArgument, "a face is set aside as no face, as a stranger, for later, or forgotten");
  }
  ASSIGN_OR_RETURN(const FaceInContent place, GetFace(face));
  if (const FaceDecision word = decisions_.WordOn(face); word.decision == decision) return word.fact;
  return Append(FaceSetAside{decision, place}, origin);
}

Result<std::vector<std::int64_t>> SqlitePeople::UndoAll(const std::vector<std::int64_t>& numbers,
                                                        const std::string& origin) {
  std::vector<Fact> facts = Facts();
  std::vector<std::int64_t> undone;
  std::vector<ContentHash> remembered;
  for (const std::int64_t number : numbers) {
    const auto fact = std::ranges::lower_bound(facts, number, {}, &Fact::number);
    if (fact == facts.end() || fact->number != number) {
      return Fail(ErrorCode::kNotFound, "nothing that was decided has the number {}", number);
    }
    if (std::exchange(fact->undone, true)) {
      return Fail(ErrorCode::kInvalidArgument, "number {} is taken back already", number);
    }
    ASSIGN_OR_RETURN(const FactDetails details, ParseFactDetails(fact->kind, fact->details));
    const auto* const aside = std::get_if<FaceSetAside>(&details);
    if (aside != nullptr && aside->as == Decision::kForgotten) remembered.push_back(aside->face.content);
    undone.push_back(Write(Undone{number}, origin));
  }
  RETURN_IF_ERROR(Rebuild());
  for (const ContentHash& content : remembered) {
    connection_.Prepare("DELETE FROM scan WHERE photo = (SELECT id FROM photo WHERE content = ?)").Run(content);
  }
  return undone;
}

std::vector<Fact> SqlitePeople::Facts() {
  std::vector<Fact> facts;
  Query query = connection_.Prepare("SELECT number, milliseconds, origin, kind, details FROM fact ORDER BY number");
  while (query.Next()) facts.push_back({query.Int(0), query.Int(1), query.Text(2), query.Text(3), query.Text(4)});
  MarkUndone(facts);
  return facts;
}

Status SqlitePeople::Rebuild() {
  connection_.Execute("PRAGMA defer_foreign_keys = ON");  // matches speak of people who are about to come again
  decisions_.Clear();
  connection_.Execute("DELETE FROM person");
  std::map<std::string, std::string> merged;  // who is gone -> into whom
  const std::vector<Fact> facts = Facts();
  for (const Fact& fact : facts) {
    if (fact.undone) continue;
    ASSIGN_OR_RETURN(FactDetails details, ParseFactDetails(fact.kind, fact.details));
    FollowMerges(merged, details);
    Status followed = Follow(fact.number, details);
    if (!followed && followed.error().code != ErrorCode::kNotFound) return followed;
    const auto* const merge = std::get_if<PeopleMerged>(&details);
    if (merge != nullptr && followed) merged.emplace(merge->from, merge->into);
  }
  decisions_.LinkAll();
  matches_.ForgetMissingPeople();
  matches_.Revise();
  return {};
}

std::vector<std::string> SqlitePeople::Derived() {
  Query query = connection_.Prepare(
      "SELECT 'person ' || id || ' ' || uid || ' ' || name || ' ' || folded FROM person UNION ALL "
      "SELECT 'decision ' || fact || ' ' || hex(content) || ' ' || hex(box) || ' ' || kind || ' ' || "
      "ifnull(person, '-') || ' ' || ifnull(face, '-') FROM decision ORDER BY 1");
  std::vector<std::string> lines;
  while (query.Next()) lines.push_back(query.Text(0));
  return lines;
}

Result<SqlitePeople::KnownPerson> SqlitePeople::Get(PersonId person) {
  Query query = connection_.Prepare("SELECT uid, name FROM person WHERE id = ?");
  if (!query.Run(person)) return Fail(ErrorCode::kNotFound, "nobody has the number {}", person.value);
  return KnownPerson{query.Text(0), query.Text(1)};
}

Result<std::set<std::int64_t>> SqlitePeople::FactsOn(const std::string& uid, const std::vector<Fact>& facts) {
  std::vector<FactDetails> all;
  all.reserve(facts.size());
  std::set<std::string> uids = {uid};
  for (const Fact& fact : facts) {
    ASSIGN_OR_RETURN(FactDetails details, ParseFactDetails(fact.kind, fact.details));
    all.push_back(std::move(details));
  }
  // Backwards: who was merged into somebody before these were merged into the person. A merge into somebody who was
  // not there says nothing: who is there still is somebody else.
  for (std::size_t i = facts.size(); i-- > 0;) {
    const auto* const merge = std::get_if<PeopleMerged>(&all[i]);
    if (merge == nullptr || facts[i].undone || !uids.contains(merge->into)) continue;
    if (!PersonOf(merge->from)) uids.insert(merge->from);
  }
  std::set<std::int64_t> numbers;
  const auto speaks_of_them = [&](const auto& fact) {
    if constexpr (requires { fact.person; }) return uids.contains(fact.person);
    if constexpr (requires { fact.into; }) return uids.contains(fact.from) || uids.contains(fact.into);
    if constexpr (requires { fact.fact; }) return numbers.contains(fact.fact);  // a fact before it
    return false;
  };
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (std::visit(speaks_of_them, all[i])) numbers.insert(facts[i].number);
  }
  return numbers;
}

Result<FaceInContent> SqlitePeople::GetFace(FaceId face) {
  Query query = connection_.Prepare(
      "SELECT photo.content, face.anchor FROM face JOIN photo ON photo.id = face.photo WHERE face.id = ?");
  if (!query.Run(face)) return Fail(ErrorCode::kNotFound, "no face has the number {}", face.value);
  return FaceInContent{query.Digest(0), ReadBox(query, 1)};
}

std::int64_t SqlitePeople::Write(const FactDetails& details, const std::string& origin) {
  Query append = connection_.Prepare(
      "INSERT INTO fact (milliseconds, origin, kind, details) VALUES (?, ?, ?, ?) RETURNING number");
  append.Run(MillisecondsNow(), origin, KindOf(details), ToJson(details));
  return append.Int(0);
}

Result<std::int64_t> SqlitePeople::Append(const FactDetails& details, const std::string& origin) {
  const std::int64_t number = Write(details, origin);
  const std::vector<ContentHash> contents = ContentsTouchedBy(details);
  RETURN_IF_ERROR(Follow(number, details));
  for (const ContentHash& content : contents) decisions_.Link(content);
  matches_.Revise();
  return number;
}

Status SqlitePeople::Follow(std::int64_t number, const FactDetails& details) {
  return std::visit([&](const auto& fact) { return FollowOne(number, fact); }, details);
}

Status SqlitePeople::FollowOne(std::int64_t number, const PersonAdded& fact) {
  ASSIGN_OR_RETURN(const PersonName name, FreeName(fact.person, fact.name));
  connection_.Prepare("INSERT INTO person (id, uid, name, folded) VALUES (?, ?, ?, ?)")
      .Run(number, fact.person, name.written, name.folded);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t /*number*/, const PersonRenamed& fact) {
  ASSIGN_OR_RETURN(const PersonId person, PersonOf(fact.person));
  ASSIGN_OR_RETURN(const PersonName name, FreeName(fact.person, fact.name));
  connection_.Prepare("UPDATE person SET name = ?, folded = ? WHERE id = ?").Run(name.written, name.folded, person);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t /*number*/, const PeopleMerged& fact) {
  ASSIGN_OR_RETURN(const PersonId from, PersonOf(fact.from));
  ASSIGN_OR_RETURN(const PersonId into, PersonOf(fact.into));
  decisions_.MergePeople(from, into);
  matches_.MergePeople(from, into);
  connection_.Prepare("DELETE FROM person WHERE id = ?").Run(from);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t /*number*/, const PersonRemoved& fact) {
  ASSIGN_OR_RETURN(const PersonId person, PersonOf(fact.person));
  decisions_.RemovePerson(person);
  connection_.Execute("PRAGMA defer_foreign_keys = ON");
  connection_.Prepare("DELETE FROM person WHERE id = ?").Run(person);
  matches_.ForgetMissingPeople();
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t number, const ReferenceAdded& fact) {
  ASSIGN_OR_RETURN(const PersonId person, PersonOf(fact.person));
  decisions_.Put(number, fact.face, Decision::kConfirmed, person);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t number, const ReferenceRemoved& fact) {
  decisions_.Put(number, fact.face, Decision::kNone, std::nullopt);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t number, const PersonRejected& fact) {
  ASSIGN_OR_RETURN(const PersonId person, PersonOf(fact.person));
  decisions_.Put(number, fact.face, Decision::kRejected, person);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t number, const FaceSetAside& fact) {
  decisions_.Put(number, fact.face, fact.as, std::nullopt);
  return {};
}

Status SqlitePeople::FollowOne(std::int64_t /*number*/, const Undone& /*fact*/) { return {}; }

std::vector<ContentHash> SqlitePeople::ContentsTouchedBy(const FactDetails& details) {
  std::vector<ContentHash> contents;
  const auto add_rejecting = [&](const std::string& uid) {
    const Result<PersonId> person = PersonOf(uid);
    if (!person) return;  // Follow tells of it
    const std::vector<ContentHash> rejecting = decisions_.ContentsRejecting(*person);
    contents.insert(contents.end(), rejecting.begin(), rejecting.end());
  };
  std::visit(
      [&](const auto& fact) {
        if constexpr (requires { fact.face; }) contents.push_back(fact.face.content);
      },
      details);
  if (const auto* const merge = std::get_if<PeopleMerged>(&details)) {
    add_rejecting(merge->from);
    add_rejecting(merge->into);
  }
  if (const auto* const removal = std::get_if<PersonRemoved>(&details)) add_rejecting(removal->person);
  return contents;
}

Result<PersonName> SqlitePeople::FreeName(const std::string& uid, const std::string& name) {
  ASSIGN_OR_RETURN(PersonName parsed, ParsePersonName(name));
  Query query = connection_.Prepare("SELECT name FROM person WHERE folded = ? AND uid <> ?");
  if (!query.Run(parsed.folded, uid)) return parsed;
  return Fail(ErrorCode::kAlreadyExists, "two people would be called '{}'; give one another name first", query.Text(0));
}

Result<PersonId> SqlitePeople::PersonOf(const std::string& uid) {
  Query query = connection_.Prepare("SELECT id FROM person WHERE uid = ?");
  if (query.Run(uid)) return PersonId{query.Int(0)};
  if (connection_.Prepare("SELECT 1 FROM fact WHERE kind = 'person-added' AND instr(details, ?) > 0").Run(uid)) {
    return Fail(ErrorCode::kNotFound, "the person {} is not there any more", uid);
  }
  return Fail(ErrorCode::kCorrupt, "a fact speaks of a person {} who was never added", uid);
}

}  // namespace kinfolder
