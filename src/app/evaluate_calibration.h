// Whether the rate of wrong names that a calibration promises holds on people whom it has not seen.
#pragma once

#include <filesystem>
#include <vector>

#include "app/calibration_scores.h"
#include "app/photo_stages.h"
#include "base/parallel.h"
#include "base/result.h"

namespace kinfolder {

// One calibration, and what comes of its threshold.
struct CalibrationRound {
  Recommendation chosen;  // from the known people's faces
  ErrorRates unseen;      // of other people: as strangers to the known ones, and among themselves

  // The rate of wrong names is not above the one promised, or else not above the upper end of the interval.
  bool Held(double wrong_names) const;
  // It is above even when the unseen people are taken for a sample: the lower end of their interval is.
  bool Refuted(double wrong_names) const;

 private:
  double AtMost(double wrong_names) const {
    return chosen.promised ? wrong_names : chosen.rates.wrong_names.interval.high;
  }
};

// As LeaveOneOut, but with `known` for everybody else: the people of `faces` are strangers to them.
Result<std::vector<CalibrationTrial>> AsStrangers(const std::vector<Reference>& faces,
                                                  const std::vector<Reference>& known);

// Rounds of one rate of wrong names.
struct CalibrationChecks {
  double wrong_names = 0;  // asked for
  int rounds = 0;
  int promised = 0;  // of the rounds
  int held = 0;      // of the rounds
  int refuted = 0;   // of the rounds
  // Means over the rounds; rates are from 0 to 1:
  double threshold = 0;
  double measured = 0;        // wrong names, of known people as strangers
  double at_most = 0;         // the upper end of its interval
  double unseen = 0;          // wrong names, of unseen people
  double unknown = 0;         // known people who get no name
  double unseen_unknown = 0;  // the same of the unseen people, with references of their own
};

struct CalibrationEvaluation {
  int people = 0;
  int photos = 0;
  std::vector<CalibrationChecks> checks;  // a rate of wrong names each
};

// For each fold of `pairs` (lfw_pairs.h): its people are unseen, those of the other folds known; with `known` above 0
// only so many of these, who have two pictures at least, drawn 20 times. Fails with the first picture that can't be
// read, and with kInvalidArgument for fewer than two folds or too few people.
Result<CalibrationEvaluation> EvaluateCalibration(const FaceScanner& scanner, const DecodeOptions& decode,
                                                  const std::filesystem::path& pairs,
                                                  const std::filesystem::path& images, int known,
                                                  const ParallelRun& run);

}  // namespace kinfolder
