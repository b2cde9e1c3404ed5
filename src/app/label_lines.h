// Labels: what the user said of people and faces, as JSON lines that outlive the catalogue. docs/labels.md describes
// them. A face is named by the content of its photo and its box, a person by their name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/json.h"
#include "base/result.h"
#include "domain/geometry.h"
#include "domain/match.h"
#include "domain/photo.h"

namespace kinfolder {

// "This person is known".
struct PersonLabel {
  std::string name;
  std::string time;  // "2019-05-04T12:30:00Z"; for people to read, as is
  std::string origin;

  bool operator==(const PersonLabel&) const = default;
};

struct FaceLabel {
  Decision decision = Decision::kConfirmed;  // never kNone
  std::string person;                        // who it is (kConfirmed), or is not (kRejected); "" for the others
  ContentHash photo;
  Size size;  // of the upright photo, in pixels
  Box box;    // in pixels of it
  std::string time;
  std::string origin;

  bool operator==(const FaceLabel&) const = default;
};

struct Labels {
  std::vector<PersonLabel> people;  // in the order in which they were added
  std::vector<FaceLabel> faces;     // in the order in which it was said

  bool operator==(const Labels&) const = default;
};

// An object a label: people, then faces.
std::vector<Json> AsJson(const Labels& labels);

// kCorrupt with the number of the first line that is no label.
Result<Labels> ParseLabels(std::string_view text);

}  // namespace kinfolder
