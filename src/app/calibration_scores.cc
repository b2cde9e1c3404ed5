#include "app/calibration_scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

namespace kinfolder {
namespace {

// References compared at once: bounds the memory for the distances to everybody.
constexpr std::size_t kReferencesAtOnce = 256;

constexpr int kHundredthsAtMost = 200;  // the largest distance of unit vectors is 2
float Hundredths(int count) { return static_cast<float>(count) / 100; }

// Fractions of each person's faces.
class FractionsOfPeople {
 public:
  void Add(PersonId person, bool counts) {
    Faces& faces = people_[person];
    ++faces.all;
    faces.counting += counts ? 1 : 0;
  }

  int people() const { return static_cast<int>(people_.size()); }

  double Mean() const {
    double sum = 0;
    for (const auto& [person, faces] : people_) sum += static_cast<double>(faces.counting) / faces.all;
    return people_.empty() ? 0 : sum / people();
  }

 private:
  struct Faces {
    int all = 0;
    int counting = 0;
  };
  std::map<PersonId, Faces> people_;
};

bool IsBelow(const std::optional<PersonDistance>& nearest, float threshold) {
  return nearest && nearest->distance < threshold;
}

}  // namespace

Result<std::vector<CalibrationTrial>> LeaveOneOut(const std::vector<Reference>& references) {
  ASSIGN_OR_RETURN(const Gallery gallery, Gallery::Make(references));
  std::vector<CalibrationTrial> trials;
  trials.reserve(references.size());
  for (std::size_t begin = 0; begin < references.size(); begin += kReferencesAtOnce) {
    const auto some = std::span(references).subspan(begin, std::min(kReferencesAtOnce, references.size() - begin));
    ASSIGN_OR_RETURN(const auto ranked, gallery.DistancesLeavingOut(some));
    for (std::size_t i = 0; i < some.size(); ++i) {
      CalibrationTrial trial{some[i].face, some[i].person, {}, {}};
      for (const PersonDistance& nearest : ranked[i]) {
        auto& place = nearest.person == trial.person ? trial.own : trial.other;
        if (!place) place = nearest;
      }
      trials.push_back(trial);
    }
  }
  return trials;
}

ErrorRates ErrorRatesAt(std::span<const CalibrationTrial> trials, float threshold) {
  FractionsOfPeople named_strangers;
  FractionsOfPeople mixed_up;
  FractionsOfPeople unknown;
  for (const CalibrationTrial& trial : trials) {
    const bool named_as_stranger = IsBelow(trial.other, threshold);
    named_strangers.Add(trial.person, named_as_stranger);
    if (!trial.own) continue;
    mixed_up.Add(trial.person, named_as_stranger && trial.other->distance < trial.own->distance);
    unknown.Add(trial.person, !named_as_stranger && !IsBelow(trial.own, threshold));
  }
  ErrorRates rates;
  rates.threshold = threshold;
  const double wrong = named_strangers.Mean();
  rates.wrong_names = {wrong, ConfidenceInterval(wrong, named_strangers.people() / 2)};
  rates.mixed_up = mixed_up.Mean();
  if (unknown.people() > 0) {
    rates.unknown = {unknown.Mean(), ConfidenceInterval(unknown.Mean(), unknown.people())};
  }
  return rates;
}

std::vector<ErrorRates> ErrorCurve(std::span<const CalibrationTrial> trials) {
  constexpr int kStep = 5;  // hundredths
  std::vector<ErrorRates> curve;
  for (int hundredths = kStep; hundredths <= kHundredthsAtMost; hundredths += kStep) {
    const ErrorRates rates = ErrorRatesAt(trials, Hundredths(hundredths));
    const bool nobody_is_named = rates.wrong_names.value == 0 && (!rates.unknown || rates.unknown->value == 1);
    if (nobody_is_named) continue;
    curve.push_back(rates);
    if (rates.wrong_names.value == 1) break;
  }
  return curve;
}

int PeopleNeeded(double wrong_names) {
  // With nothing wrong among n Wilson's upper end is z^2 / (n + z^2).
  const double of_one = ConfidenceInterval(0, 1).high;
  const double squared_z = of_one / (1 - of_one);
  return 2 * static_cast<int>(std::ceil(squared_z * (1 - wrong_names) / wrong_names));
}

Recommendation RecommendThreshold(std::span<const CalibrationTrial> trials, double wrong_names, float model_threshold) {
  std::optional<ErrorRates> measured;
  for (int hundredths = kHundredthsAtMost; hundredths > 0; --hundredths) {
    const float threshold = Hundredths(hundredths);
    const ErrorRates rates = ErrorRatesAt(trials, threshold);
    if (rates.wrong_names.interval.high <= wrong_names) return {true, rates};
    if (!measured && threshold <= model_threshold && rates.wrong_names.value <= wrong_names) measured = rates;
  }
  return {false, measured ? *measured : ErrorRatesAt(trials, 0)};
}

}  // namespace kinfolder
