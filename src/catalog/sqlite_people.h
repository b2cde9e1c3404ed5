// The catalogue's facts, and the people and decisions that follow from them. Throws SQLite::Exception; runs inside
// SqliteConnection's Read and Write.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/fact_details.h"
#include "catalog/person_name.h"
#include "catalog/sqlite_connection.h"
#include "catalog/sqlite_decisions.h"
#include "catalog/sqlite_matches.h"

namespace kinfolder {

class SqlitePeople {
 public:
  SqlitePeople(SqliteConnection& connection, SqliteDecisions& decisions, SqliteMatches& matches)
      : connection_(connection), decisions_(decisions), matches_(matches) {}

  // See the functions of the same names in Catalog.
  std::vector<Person> People();
  std::optional<Person> FindPerson(const std::string& name);
  Result<Person> AddPerson(const std::string& name, const std::string& origin);
  Status RenamePerson(PersonId person, const std::string& name, const std::string& origin);
  Status MergePeople(PersonId from, PersonId into, const std::string& origin);
  Status RemovePerson(PersonId person, const std::string& origin);
  Result<Forgotten> ForgetPerson(PersonId person, const std::string& origin);
  Result<std::int64_t> AddReference(FaceId face, PersonId person, const std::string& origin);
  Result<std::int64_t> RemoveReference(FaceId face, const std::string& origin);
  Result<std::int64_t> Reject(FaceId face, PersonId person, const std::string& origin);
  Result<std::int64_t> SetAside(FaceId face, Decision decision, const std::string& origin);
  std::vector<Fact> Facts();
  Result<std::vector<std::int64_t>> UndoAll(const std::vector<std::int64_t>& numbers, const std::string& origin);

  // See Catalog::RebuildFromFacts.
  Status Rebuild();
  // People and decisions as they are now, one line each; two catalogues of the same facts and faces give the same.
  std::vector<std::string> Derived();

 private:
  struct KnownPerson {
    std::string uid;
    std::string name;
  };

  Result<KnownPerson> Get(PersonId person);
  // The numbers of the facts that speak of the person or of anybody merged into them, and of those that take such a
  // fact back.
  Result<std::set<std::int64_t>> FactsOn(const std::string& uid, const std::vector<Fact>& facts);
  Result<FaceInContent> GetFace(FaceId face);
  // Writes the fact down.
  std::int64_t Write(const FactDetails& details, const std::string& origin);
  // The same, of one that takes none back, and changes what follows from it.
  Result<std::int64_t> Append(const FactDetails& details, const std::string& origin);

  // What follows from the fact of this number; kNotFound when it speaks of somebody who is not there. The decisions
  // must be linked after.
  Status Follow(std::int64_t number, const FactDetails& details);
  Status FollowOne(std::int64_t number, const PersonAdded& fact);
  Status FollowOne(std::int64_t number, const PersonRenamed& fact);
  Status FollowOne(std::int64_t number, const PeopleMerged& fact);
  Status FollowOne(std::int64_t number, const PersonRemoved& fact);
  Status FollowOne(std::int64_t number, const ReferenceAdded& fact);
  Status FollowOne(std::int64_t number, const ReferenceRemoved& fact);
  Status FollowOne(std::int64_t number, const PersonRejected& fact);
  Status FollowOne(std::int64_t number, const FaceSetAside& fact);
  Status FollowOne(std::int64_t number, const Undone& fact);
  // The photos whose decisions must be linked after the fact; asked before it is followed.
  std::vector<ContentHash> ContentsTouchedBy(const FactDetails& details);
  // kAlreadyExists when somebody else has the name.
  Result<PersonName> FreeName(const std::string& uid, const std::string& name);
  // kNotFound when they are not there any more, kCorrupt when they never were.
  Result<PersonId> PersonOf(const std::string& uid);

  SqliteConnection& connection_;
  SqliteDecisions& decisions_;
  SqliteMatches& matches_;
};

}  // namespace kinfolder
