#include "catalog/sqlite_decisions.h"

#include <map>
#include <set>

#include "catalog/face_pairing.h"

namespace kinfolder {
namespace {

static_assert(static_cast<int>(Decision::kConfirmed) == 1 && static_cast<int>(Decision::kRejected) == 2 &&
                  static_cast<int>(Decision::kForgotten) == 6,
              "the SQL of this file and of its schema says so");

constexpr char kConfirmedFaces[] = "FROM decision JOIN face ON face.id = decision.face ";
constexpr char kDecisionColumns[] = "face, kind, person, fact";

FaceDecision ReadDecision(const Query& row) {
  return {FaceId{row.Int(0)}, static_cast<Decision>(row.Int(1)), row.OptionalId<PersonId>(2), row.Int(3)};
}

std::vector<ContentHash> ReadContents(Query& query) {
  std::vector<ContentHash> contents;
  while (query.Next()) contents.push_back(query.Digest(0));
  return contents;
}

}  // namespace

std::vector<FaceDecision> SqliteDecisions::All() {
  Query query = connection_.Prepare(std::string("SELECT ") + kDecisionColumns +
                                    " FROM decision WHERE face IS NOT NULL AND kind > 0 ORDER BY face, kind, person");
  std::vector<FaceDecision> decisions;
  while (query.Next()) decisions.push_back(ReadDecision(query));
  return decisions;
}

std::vector<CatalogReference> SqliteDecisions::References() {
  Query query = connection_.Prepare(std::string("SELECT decision.person, ") + kFaceColumns + " " + kConfirmedFaces +
                                    "WHERE decision.kind = 1 ORDER BY decision.person, face.id");
  std::vector<CatalogReference> references;
  while (query.Next()) {
    const CatalogFace face = ReadFace(query, 1);
    references.push_back({face.id, PersonId{query.Int(0)}, face.photo, face.detection, face.quality});
  }
  return references;
}

std::vector<Reference> SqliteDecisions::ReferencesWithEmbeddings(const std::string& model) {
  Query query =
      connection_.Prepare(std::string("SELECT face.id, decision.person, embedding.vector ") + kConfirmedFaces +
                          "JOIN embedding ON embedding.face = face.id WHERE decision.kind = 1 AND "
                          "embedding.model = (SELECT id FROM model WHERE name = ?) "
                          "ORDER BY decision.person, face.id");
  query.Bind(model);
  std::vector<Reference> references;
  while (query.Next()) {
    references.push_back({FaceId{query.Int(0)}, PersonId{query.Int(1)}, Embedding{model, query.Floats(2)}});
  }
  return references;
}

std::vector<std::pair<ContentHash, Box>> SqliteDecisions::ConfirmedBoxes() {
  Query query = connection_.Prepare("SELECT content, box FROM decision WHERE kind = 1 ORDER BY fact");
  std::vector<std::pair<ContentHash, Box>> boxes;
  while (query.Next()) boxes.emplace_back(query.Digest(0), ReadBox(query, 1));
  return boxes;
}

FaceDecision SqliteDecisions::WordOn(FaceId face) {
  Query query =
      connection_.Prepare(std::string("SELECT ") + kDecisionColumns + " FROM decision WHERE face = ? AND kind <> 2");
  return query.Run(face) ? ReadDecision(query) : FaceDecision{.face = face};
}

std::optional<std::int64_t> SqliteDecisions::RejectionOf(FaceId face, PersonId person) {
  Query query = connection_.Prepare("SELECT fact FROM decision WHERE face = ? AND person = ? AND kind = 2");
  if (!query.Run(face, person)) return std::nullopt;
  return query.Int(0);
}

void SqliteDecisions::Put(std::int64_t fact, const FaceInContent& face, Decision decision,
                          std::optional<PersonId> person) {
  if (decision == Decision::kConfirmed) {
    connection_.Prepare("DELETE FROM decision WHERE kind = 2 AND content = ? AND box = ? AND person = ?")
        .Run(face.content, BoxValues(face.box), person);
  }
  connection_.Prepare("INSERT OR REPLACE INTO decision (fact, content, box, kind, person) VALUES (?, ?, ?, ?, ?)")
      .Run(fact, face.content, BoxValues(face.box), static_cast<int>(decision), person);
}

void SqliteDecisions::MergePeople(PersonId from, PersonId into) {
  // "It is the one, not the other", said while they were two, does not take the name away from who is both.
  connection_
      .Prepare(
          "DELETE FROM decision WHERE kind = 2 AND person IN (?1, ?2) AND EXISTS (SELECT 1 FROM decision AS word WHERE "
          "word.content = decision.content AND word.box = decision.box AND word.kind = 1 AND "
          "word.person = ?1 + ?2 - decision.person)")
      .Run(from, into);
  connection_.Prepare("UPDATE decision SET person = ? WHERE person = ?").Run(into, from);
}

std::vector<FaceInContent> SqliteDecisions::FacesOf(PersonId person) {
  Query query = connection_.Prepare(
      "SELECT content, box FROM decision WHERE kind = 1 AND person = ?1 UNION "
      "SELECT photo.content, face.anchor FROM match JOIN face ON face.id = match.face "
      "JOIN photo ON photo.id = face.photo WHERE match.person = ?1 AND NOT EXISTS "
      "(SELECT 1 FROM decision WHERE decision.face = match.face AND "
      "(kind IN (1, 3, 4, 6) OR kind = 2 AND decision.person = ?1))");
  query.Bind(person);
  std::vector<FaceInContent> faces;
  while (query.Next()) faces.push_back({query.Digest(0), ReadBox(query, 1)});
  return faces;
}

void SqliteDecisions::RemovePerson(PersonId person) {
  connection_.Prepare("DELETE FROM decision WHERE kind = 2 AND person = ?").Run(person);
  // The faces stay spoken of: what was said of them before does not come back.
  connection_.Prepare("UPDATE decision SET kind = 0, person = NULL WHERE person = ?").Run(person);
}

void SqliteDecisions::Clear() { connection_.Execute("DELETE FROM decision"); }

std::vector<ContentHash> SqliteDecisions::ContentsRejecting(PersonId person) {
  Query query = connection_.Prepare("SELECT DISTINCT content FROM decision WHERE kind = 2 AND person = ?");
  query.Bind(person);
  return ReadContents(query);
}

void SqliteDecisions::Link(const ContentHash& content) {
  const std::vector<AnchoredFace> faces = faces_.Anchors(content);
  std::vector<Box> anchors;
  anchors.reserve(faces.size());
  for (const AnchoredFace& face : faces) anchors.push_back(face.anchor);

  std::map<std::int64_t, FaceId> face_of;  // by the number of the fact
  {
    Query decisions =
        connection_.Prepare("SELECT fact, box, kind, person FROM decision WHERE content = ? ORDER BY fact DESC");
    decisions.Bind(content);
    std::vector<bool> has_word(faces.size());
    std::vector<std::set<PersonId>> decided(faces.size());  // of whom a later row says whether it is them
    while (decisions.Next()) {
      const auto best = BestFace(anchors, ReadBox(decisions, 1));
      if (!best) continue;
      const auto person = decisions.OptionalId<PersonId>(3);
      bool holds = !person || decided[*best].insert(*person).second;
      if (static_cast<Decision>(decisions.Int(2)) != Decision::kRejected) {
        holds = holds && !has_word[*best];
        has_word[*best] = true;
      }
      if (holds) face_of.emplace(decisions.Int(0), faces[*best].face);
    }
  }
  connection_.Prepare("UPDATE decision SET face = NULL WHERE content = ?").Run(content);
  for (const auto& [number, face] : face_of) {
    connection_.Prepare("UPDATE decision SET face = ? WHERE fact = ?").Run(face, number);
  }
  for (const char* const forget : {"DELETE FROM embedding ", "DELETE FROM match "}) {
    connection_
        .Prepare(std::string(forget) + "WHERE face IN (SELECT face FROM decision WHERE content = ? AND kind = 6)")
        .Run(content);
  }
}

void SqliteDecisions::LinkAll() {
  std::vector<ContentHash> contents;
  {
    Query query = connection_.Prepare("SELECT DISTINCT content FROM decision");
    contents = ReadContents(query);
  }
  for (const ContentHash& content : contents) Link(content);
}

}  // namespace kinfolder
