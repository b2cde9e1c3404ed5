// Matches: the answer to "who is this face?", with everything needed to judge the answer.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/face.h"
#include "domain/person.h"

namespace kinfolder {

// How far a face is from a person: the L2 distance between unit embeddings (0 to 2) to the person's nearest reference.
struct PersonDistance {
  PersonId person;
  FaceId reference;
  float distance = 0;

  bool operator==(const PersonDistance&) const = default;
};

// In rising order of trust: nothing may be overruled by something lower.
enum class Decider { kMachine = 0, kImportedTag = 1, kUser = 2 };

// What the user can say of a face.
enum class Decision {
  kNone = 0,  // nothing, or taken back
  kConfirmed = 1,
  kRejected = 2,  // it is not a certain person; all others may still be
  kNotAFace = 3,  // what was found is none
  kStranger = 4,  // somebody whom nobody needs to know
  kLater = 5,     // passed over for now
  kForgotten = 6  // somebody who is to be forgotten: it has no embedding, and gets none
};

// "none", "confirmed", "rejected", "not-a-face", "stranger", "later", "forgotten".
std::string_view NameOf(Decision decision);
std::optional<Decision> DecisionNamed(std::string_view name);

// Is it said of the face alone, and of nobody?
constexpr bool IsAside(Decision decision) {
  return decision >= Decision::kNotAFace && decision <= Decision::kForgotten;
}

// Is it said of the face and a person?
constexpr bool IsAboutPerson(Decision decision) {
  return decision == Decision::kConfirmed || decision == Decision::kRejected;
}

struct Match {
  FaceId face;
  std::optional<PersonId> person;           // nullopt: unknown
  std::optional<PersonDistance> nearest;    // nullopt where nobody is known yet
  std::optional<PersonDistance> runner_up;  // the nearest of another person
  float threshold = 0;                      // the distance below which the nearest person names the face
  Decider decided_by = Decider::kMachine;
  // The same person was found nearer in another face of this photo, or the face lies between two people who look alike.
  bool needs_review = false;

  // How much nearer the nearest person is than the runner-up; nullopt without a runner-up.
  std::optional<float> margin() const {
    if (!nearest || !runner_up) return std::nullopt;
    return runner_up->distance - nearest->distance;
  }

  bool operator==(const Match&) const = default;
};

}  // namespace kinfolder
