#include "catalog/sqlite_matches.h"

#include "catalog/sqlite_faces.h"

namespace kinfolder {
namespace {

// A PersonDistance as three columns that are all NULL or none.
struct DistanceColumns {
  explicit DistanceColumns(const std::optional<PersonDistance>& distance) {
    if (!distance) return;
    person = distance->person;
    face = distance->reference;
    value = distance->distance;
  }

  std::optional<PersonId> person;
  std::optional<FaceId> face;
  std::optional<float> value;
};

std::optional<PersonDistance> ReadDistance(const Query& row, int first_column) {
  if (row.IsNull(first_column)) return std::nullopt;
  return PersonDistance{PersonId{row.Int(first_column)}, FaceId{row.Int(first_column + 1)},
                        row.Float(first_column + 2)};
}

Match ReadMatch(const Query& row, FaceId face, int first_column) {
  Match match;
  match.face = face;
  match.person = row.OptionalId<PersonId>(first_column);
  match.nearest = ReadDistance(row, first_column + 1);
  match.runner_up = ReadDistance(row, first_column + 4);
  match.threshold = row.Float(first_column + 7);
  match.decided_by = static_cast<Decider>(row.Int(first_column + 8));
  match.needs_review = row.Int(first_column + 9) != 0;
  return match;
}

}  // namespace

void SqliteMatches::Replace(std::int64_t model, const std::vector<Match>& matches) {
  connection_.Prepare("DELETE FROM match WHERE decided_by = ?").Run(static_cast<int>(Decider::kMachine));
  Query put = connection_.Prepare(
      "INSERT INTO match (face, model, person, nearest_person, nearest_face, nearest_distance, runner_up_person, "
      "runner_up_face, runner_up_distance, threshold, decided_by, needs_review) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (face) DO UPDATE SET model = ?2, "
      "person = ?3, nearest_person = ?4, nearest_face = ?5, nearest_distance = ?6, runner_up_person = ?7, "
      "runner_up_face = ?8, runner_up_distance = ?9, threshold = ?10, decided_by = ?11, needs_review = ?12 "
      "WHERE excluded.decided_by >= match.decided_by");
  for (const Match& match : matches) {
    const DistanceColumns nearest(match.nearest);
    const DistanceColumns runner_up(match.runner_up);
    put.Run(match.face, model, match.person, nearest.person, nearest.face, nearest.value, runner_up.person,
            runner_up.face, runner_up.value, match.threshold, static_cast<int>(match.decided_by), match.needs_review);
  }
}

std::vector<MatchedFace> SqliteMatches::All() {
  Query query = connection_.Prepare(
      std::string("SELECT ") + kFaceColumns +
      ", match.person, nearest_person, nearest_face, nearest_distance, runner_up_person, runner_up_face, "
      "runner_up_distance, threshold, decided_by, needs_review FROM match JOIN face ON face.id = match.face "
      "ORDER BY face.photo, face.id");
  std::vector<MatchedFace> matches;
  while (query.Next()) {
    const CatalogFace face = ReadFace(query);
    matches.push_back({face, ReadMatch(query, face.id, kFaceColumnCount)});
  }
  return matches;
}

void SqliteMatches::AddUnknown(FaceId face, std::int64_t model) {
  connection_.Prepare("INSERT INTO match (face, model, threshold, decided_by, needs_review) VALUES (?, ?, 0, ?, 0)")
      .Run(face, model, static_cast<int>(Decider::kMachine));
}

void SqliteMatches::MergePeople(PersonId from, PersonId into) {
  connection_
      .Prepare(
          "UPDATE match SET person = iif(person = ?1, ?2, person), "
          "nearest_person = iif(nearest_person = ?1, ?2, nearest_person), "
          "runner_up_person = iif(runner_up_person = ?1, ?2, runner_up_person)")
      .Run(from, into);
  // The runner-up is always another person.
  connection_.Execute(
      "UPDATE match SET runner_up_person = NULL, runner_up_face = NULL, runner_up_distance = NULL "
      "WHERE runner_up_person = nearest_person");
}

void SqliteMatches::ForgetMissingPeople() {
  connection_.Execute(
      "UPDATE match SET person = NULL, needs_review = 0 WHERE person NOT IN (SELECT id FROM person); "
      "UPDATE match SET nearest_person = NULL, nearest_face = NULL, nearest_distance = NULL, "
      "runner_up_person = NULL, runner_up_face = NULL, runner_up_distance = NULL "
      "WHERE nearest_person NOT IN (SELECT id FROM person) OR runner_up_person NOT IN (SELECT id FROM person)");
}

std::int64_t SqliteMatches::Revision() {
  Query query = connection_.Prepare("SELECT revision FROM state");
  query.Next();
  return query.Int(0);
}

void SqliteMatches::Revise() { connection_.Execute("UPDATE state SET revision = revision + 1"); }

std::string SqliteMatches::MadeFrom() {
  Query query = connection_.Prepare("SELECT match_state FROM state");
  query.Next();
  return query.Text(0);
}

void SqliteMatches::SetMadeFrom(const std::string& state) {
  connection_.Prepare("UPDATE state SET match_state = ?").Run(state);
}

}  // namespace kinfolder
