// The catalogue's matches and what they were made from. Throws SQLite::Exception; runs inside SqliteConnection's Read
// and Write.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/sqlite_connection.h"

namespace kinfolder {

class SqliteMatches {
 public:
  explicit SqliteMatches(SqliteConnection& connection) : connection_(connection) {}

  // See Catalog::ReplaceMatches; the model by its number.
  void Replace(std::int64_t model, const std::vector<Match>& matches);
  std::vector<MatchedFace> All();
  // A face that was not compared with anybody yet.
  void AddUnknown(FaceId face, std::int64_t model);

  // All that `from` was in matches, `into` is.
  void MergePeople(PersonId from, PersonId into);
  // No match names people who are not there any more.
  void ForgetMissingPeople();

  std::int64_t Revision();
  void Revise();
  std::string MadeFrom();
  void SetMadeFrom(const std::string& state);

 private:
  SqliteConnection& connection_;
};

}  // namespace kinfolder
