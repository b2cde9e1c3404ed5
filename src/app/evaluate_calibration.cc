#include "app/evaluate_calibration.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "app/lfw_people.h"

namespace kinfolder {
namespace {

constexpr double kWantedRates[] = {0.1, 0.03, 0.01, 0.003, 0.001};
constexpr int kDraws = 20;

int CountPeople(const std::vector<PersonOfFold>& faces) {
  std::set<PersonId> people;
  for (const PersonOfFold& face : faces) people.insert(face.reference.person);
  return static_cast<int>(people.size());
}

// The fold's faces, and all others.
std::pair<std::vector<Reference>, std::vector<Reference>> PartByFold(const std::vector<PersonOfFold>& faces, int fold) {
  std::pair<std::vector<Reference>, std::vector<Reference>> split;
  for (const PersonOfFold& face : faces) {
    (face.fold == fold ? split.first : split.second).push_back(face.reference);
  }
  return split;
}

// The faces of `count` people with two faces at least.
Result<std::vector<Reference>> Draw(const std::vector<Reference>& faces, int count, std::mt19937& random) {
  std::map<PersonId, std::vector<Reference>> people;
  for (const Reference& face : faces) people[face.person].push_back(face);
  std::erase_if(people, [](const auto& person) { return person.second.size() < 2; });
  if (people.size() < static_cast<std::size_t>(count)) {
    return Fail(ErrorCode::kInvalidArgument, "only {} people of the other folds have two pictures, not {}",
                people.size(), count);
  }
  std::vector<PersonId> ids;
  ids.reserve(people.size());
  for (const auto& [person, some] : people) ids.push_back(person);
  std::vector<PersonId> drawn;
  std::ranges::sample(ids, std::back_inserter(drawn), count, random);
  std::vector<Reference> result;
  for (const PersonId person : drawn) result.insert(result.end(), people[person].begin(), people[person].end());
  return result;
}

void AddRound(const CalibrationRound& round, CalibrationChecks& checks) {
  const ErrorRates& known = round.chosen.rates;
  ++checks.rounds;
  checks.promised += round.chosen.promised ? 1 : 0;
  checks.held += round.Held(checks.wrong_names) ? 1 : 0;
  checks.refuted += round.Refuted(checks.wrong_names) ? 1 : 0;
  checks.threshold += known.threshold;
  checks.measured += known.wrong_names.value;
  checks.at_most += known.wrong_names.interval.high;
  checks.unseen += round.unseen.wrong_names.value;
  checks.unknown += known.unknown ? known.unknown->value : 0;
  checks.unseen_unknown += round.unseen.unknown ? round.unseen.unknown->value : 0;
}

void SumsToMeans(CalibrationChecks& checks) {
  for (double* sum : {&checks.threshold, &checks.measured, &checks.at_most, &checks.unseen, &checks.unknown,
                      &checks.unseen_unknown}) {
    *sum /= checks.rounds;
  }
}

}  // namespace

bool CalibrationRound::Held(double wrong_names) const { return unseen.wrong_names.value <= AtMost(wrong_names); }

bool CalibrationRound::Refuted(double wrong_names) const {
  return unseen.wrong_names.interval.low > AtMost(wrong_names);
}

Result<std::vector<CalibrationTrial>> AsStrangers(const std::vector<Reference>& faces,
                                                  const std::vector<Reference>& known) {
  ASSIGN_OR_RETURN(std::vector<CalibrationTrial> trials, LeaveOneOut(faces));
  ASSIGN_OR_RETURN(const Gallery gallery, Gallery::Make(known));
  for (std::size_t i = 0; i < faces.size(); ++i) {
    ASSIGN_OR_RETURN(const auto ranked, gallery.DistancesToPeople({&faces[i].embedding, 1}));
    trials[i].other.reset();
    if (!ranked.front().empty()) trials[i].other = ranked.front().front();
  }
  return trials;
}

Result<CalibrationEvaluation> EvaluateCalibration(const FaceScanner& scanner, const DecodeOptions& decode,
                                                  const std::filesystem::path& pairs,
                                                  const std::filesystem::path& images, int known,
                                                  const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<PersonOfFold> faces, EmbedLfwPeople(scanner, decode, pairs, images, run));
  const int folds = 1 + std::ranges::max(faces, {}, &PersonOfFold::fold).fold;
  if (folds < 2) return Fail(ErrorCode::kInvalidArgument, "people of 2 folds at least are needed, not of {}", folds);

  CalibrationEvaluation evaluation;
  evaluation.photos = static_cast<int>(faces.size());
  evaluation.people = CountPeople(faces);
  for (const double rate : kWantedRates) evaluation.checks.push_back({.wrong_names = rate});
  std::mt19937 random;  // every evaluation draws the same
  for (int fold = 0; fold < folds; ++fold) {
    const auto [unseen, others] = PartByFold(faces, fold);
    for (int draw = 0; draw < (known > 0 ? kDraws : 1); ++draw) {
      std::vector<Reference> drawn = others;
      if (known > 0) {
        ASSIGN_OR_RETURN(drawn, Draw(others, known, random));
      }
      ASSIGN_OR_RETURN(const std::vector<CalibrationTrial> known_trials, LeaveOneOut(drawn));
      ASSIGN_OR_RETURN(const std::vector<CalibrationTrial> unseen_trials, AsStrangers(unseen, drawn));
      for (CalibrationChecks& checks : evaluation.checks) {
        CalibrationRound round;
        round.chosen = RecommendThreshold(known_trials, checks.wrong_names, scanner.embedder().threshold());
        round.unseen = ErrorRatesAt(unseen_trials, round.chosen.rates.threshold);
        AddRound(round, checks);
      }
    }
  }
  for (CalibrationChecks& checks : evaluation.checks) SumsToMeans(checks);
  return evaluation;
}

}  // namespace kinfolder
