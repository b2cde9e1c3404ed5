// The threshold from labelled faces: how often a name would be wrong, how many faces would stay unknown, and how sure
// that is.
//
// Every reference is put to the test twice. As a stranger: its person is left out, and any name that it gets is wrong.
// As a known face: only the face itself is left out, and it should get its person's name. At one threshold a known face
// that gets a wrong name gets one as a stranger, too; so the strangers' rate is the most that the rate of wrong names
// can be, however many of the user's photos show strangers.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/verification_scores.h"
#include "base/result.h"
#include "domain/match.h"
#include "domain/person.h"
#include "search/gallery.h"

namespace kinfolder {

struct CalibrationTrial {
  FaceId face;
  PersonId person;
  std::optional<PersonDistance> own;    // nearest other reference of the person; nullopt when there is none
  std::optional<PersonDistance> other;  // nearest reference of anybody else; nullopt when nobody else is known
};

// Each of `references` against all the others. kInvalidArgument unless they are of one model.
Result<std::vector<CalibrationTrial>> LeaveOneOut(const std::vector<Reference>& references);

// A mean over people of the fraction of each one's faces: many photos of one person tell little about the next.
struct ErrorRate {
  double value = 0;
  Interval interval;  // where the true rate lies with a probability of 95 %
};

struct ErrorRates {
  float threshold = 0;               // L2 between unit embeddings; a face gets a name below it
  ErrorRate wrong_names;             // faces that get a name as strangers
  double mixed_up = 0;               // known faces that get another's name
  std::optional<ErrorRate> unknown;  // known faces that get no name; nullopt when nobody has two references
};

// The intervals are Wilson's (ConfidenceInterval) with people as trials, each of whom gives a fraction and not only all
// or nothing: that makes the intervals wider than they need be, never narrower, for no spread of fractions is greater
// than that of all or nothing. Two people who look alike are wrong names of each other, so for wrong names two people
// are one trial: when among n people nobody was taken for another, the rate may still be 3.84 / (n / 2 + 3.84), much as
// in the "rule of three" of Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 1983.
ErrorRates ErrorRatesAt(std::span<const CalibrationTrial> trials, float threshold);

// At every twentieth from where the first face gets a name to where every stranger has one.
std::vector<ErrorRates> ErrorCurve(std::span<const CalibrationTrial> trials);

// How many people's references it takes at least to promise this rate of wrong names (above 0, below 1).
int PeopleNeeded(double wrong_names);

struct Recommendation {
  bool promised = false;  // the true rate of wrong names is at most the one asked for, as sure as the interval is
  ErrorRates rates;       // at the recommended threshold, a whole number of hundredths; 0: nobody gets a name
};

// The largest threshold at which the upper end of the interval is at most `wrong_names`. When even no wrong name at all
// is too little evidence for that: the largest one at which the measured rate is at most `wrong_names`, and which is
// not above `model_threshold`, which more people than these stand behind.
Recommendation RecommendThreshold(std::span<const CalibrationTrial> trials, double wrong_names, float model_threshold);

}  // namespace kinfolder
