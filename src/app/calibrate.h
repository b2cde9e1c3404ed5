// Calibrate: the threshold that suits the user's own people, measured on the references in the catalogue.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/calibration_scores.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

// Somebody, and whom one of their references is nearest to.
struct NearPeople {
  float distance = 0;  // L2
  std::string person;
  std::string other;
  std::filesystem::path photo;  // of the person; empty where the catalogue knows of no file any more
  std::filesystem::path other_photo;
};

struct CalibrationRequest {
  std::string model;          // whose embeddings are compared
  float model_threshold = 0;  // its own
  float threshold = 0;        // in use
  double wrong_names = 0;     // the rate asked for: above 0, below 1
};

struct CalibrationResult {
  int people = 0;  // who have a reference
  int references = 0;
  int not_compared = 0;  // references whose photos were not looked at with this model
  ErrorRates now;        // at the threshold in use
  Recommendation recommended;
  std::vector<ErrorRates> curve;
  std::vector<NearPeople> nearest;  // a few, nearest first: people who look alike, or a photo of the wrong person
};

// Changes nothing. kInvalidArgument with fewer than two people.
Result<CalibrationResult> Calibrate(Catalog& catalog, const CalibrationRequest& request);

}  // namespace kinfolder
