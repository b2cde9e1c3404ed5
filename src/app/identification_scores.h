// How often faces get the right name, when all that is known of a photo is who is on it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace kinfolder {

struct NamedDistance {
  std::string person;
  float distance = 0;  // L2 to the person's nearest reference
};

struct NamedFace {
  std::optional<std::string> name;       // what the machine calls it; nullopt: unknown
  std::vector<NamedDistance> distances;  // to every known person
};

struct NamedPhoto {
  std::vector<std::string> people;  // the truth: known people on the photo, each once
  std::vector<NamedFace> faces;     // what was found, in any order
};

struct IdentificationScores {
  int faces = 0;
  int right = 0;                        // people of a photo who were called by their name
  int wrong = 0;                        // people who were called by another's name
  int missed = 0;                       // people who were called unknown, or whose face was not found
  int strangers_named = 0;              // other faces that were given a name
  std::optional<float> farthest_right;  // largest distance of a person's face to the person
  std::optional<float> nearest_wrong;   // smallest distance of a face to somebody else

  // How wide the gap is that a threshold may lie in; negative where none is right for all.
  std::optional<float> margin() const {
    if (!farthest_right || !nearest_wrong) return std::nullopt;
    return *nearest_wrong - *farthest_right;
  }
};

// Which face is whose is not known, so the people of a photo are given to its faces by rising distance, one face a
// person: as good as the truth where the embeddings are any good, and never in favour of a wrong name.
IdentificationScores ScoreIdentification(std::span<const NamedPhoto> photos);

}  // namespace kinfolder
