// What the user's facts say of faces: the latest word on each, and who it is said not to be. Throws SQLite::Exception;
// runs inside SqliteConnection's Read and Write.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/fact_details.h"
#include "catalog/sqlite_connection.h"
#include "catalog/sqlite_faces.h"

namespace kinfolder {

class SqliteDecisions {
 public:
  SqliteDecisions(SqliteConnection& connection, SqliteFaces& faces) : connection_(connection), faces_(faces) {}

  // See the functions of the same names in Catalog; Decisions is here All.
  std::vector<FaceDecision> All();
  std::vector<CatalogReference> References();
  std::vector<Reference> ReferencesWithEmbeddings(const std::string& model);

  std::vector<std::pair<ContentHash, Box>> ConfirmedBoxes();

  // The latest word on the face; kNone where there is none.
  FaceDecision WordOn(FaceId face);
  // The number of the fact that rejects this person, if one holds.
  std::optional<std::int64_t> RejectionOf(FaceId face, PersonId person);

  // What a fact says of a face, and of people. Link must be called after, for the contents that these speak of.
  void Put(std::int64_t fact, const FaceInContent& face, Decision decision, std::optional<PersonId> person);
  void MergePeople(PersonId from, PersonId into);
  // Nobody is, or is not, this person any more.
  void RemovePerson(PersonId person);
  // The faces that are this person by the user's word, and those that are by the latest matches where the user's word
  // is not against it.
  std::vector<FaceInContent> FacesOf(PersonId person);
  void Clear();
  // Photos of which faces are said not to be this person.
  std::vector<ContentHash> ContentsRejecting(PersonId person);

  // Gives each face of this content what holds for it, and takes embeddings from those that are forgotten; after its
  // faces or decisions changed.
  void Link(const ContentHash& content);
  void LinkAll();

 private:
  SqliteConnection& connection_;
  SqliteFaces& faces_;
};

}  // namespace kinfolder
