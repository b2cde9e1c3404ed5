// The catalogue's facts, and the people and references that follow from them. Throws SQLite::Exception; runs inside
// SqliteConnection's Read and Write.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/fact_details.h"
#include "catalog/sqlite_connection.h"
#include "catalog/sqlite_faces.h"
#include "catalog/sqlite_matches.h"

namespace kinfolder {

class SqlitePeople {
 public:
  SqlitePeople(SqliteConnection& connection, SqliteFaces& faces, SqliteMatches& matches)
      : connection_(connection), faces_(faces), matches_(matches) {}

  // See the functions of the same names in Catalog.
  std::vector<Person> People();
  std::optional<Person> FindPerson(const std::string& name);
  Result<Person> AddPerson(const std::string& name, const std::string& origin);
  Status RenamePerson(PersonId person, const std::string& name, const std::string& origin);
  Status MergePeople(PersonId from, PersonId into, const std::string& origin);
  Status RemovePerson(PersonId person, const std::string& origin);
  Status AddReference(FaceId face, PersonId person, const std::string& origin);
  Status RemoveReference(FaceId face, const std::string& origin);
  std::vector<CatalogReference> References();
  std::vector<Reference> ReferencesWithEmbeddings(const std::string& model);
  std::vector<Fact> Facts();

  // Gives each face of this content the reference that speaks of it; after its faces or references changed.
  void LinkReferences(const ContentHash& content);
  // See Catalog::RebuildFromFacts.
  Status Rebuild();
  // People and references as they are now, one line each; two catalogues of the same facts and faces give the same.
  std::vector<std::string> Derived();

 private:
  struct KnownPerson {
    std::string uid;
    std::string name;
  };

  Result<KnownPerson> Get(PersonId person);
  Result<FaceInContent> GetFace(FaceId face);
  std::optional<PersonId> HolderOf(FaceId face);
  // Writes the fact down, and changes what follows from it.
  Result<std::int64_t> Append(const FactDetails& details, const std::string& origin);

  // What follows from the fact of this number.
  Status Follow(std::int64_t number, const FactDetails& details);
  Status FollowOne(std::int64_t number, const PersonAdded& fact);
  Status FollowOne(std::int64_t number, const PersonRenamed& fact);
  Status FollowOne(std::int64_t number, const PeopleMerged& fact);
  Status FollowOne(std::int64_t number, const PersonRemoved& fact);
  Status FollowOne(std::int64_t number, const ReferenceAdded& fact);
  Status FollowOne(std::int64_t number, const ReferenceRemoved& fact);
  // The person may be nullopt: nobody's reference.
  void PutReference(std::int64_t number, const FaceInContent& face, std::optional<PersonId> person);
  Result<PersonId> PersonOf(const std::string& uid);

  SqliteConnection& connection_;
  SqliteFaces& faces_;
  SqliteMatches& matches_;
};

}  // namespace kinfolder
