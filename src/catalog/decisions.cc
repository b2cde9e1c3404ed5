#include "catalog/decisions.h"

#include <algorithm>

namespace kinfolder {
namespace {

void Reject(PersonId person, Match& match) {
  if (match.runner_up && match.runner_up->person == person) match.runner_up.reset();
  if (match.nearest && match.nearest->person == person) {
    match.nearest = match.runner_up;
    match.runner_up.reset();
  }
  if (match.person != person) return;
  match.needs_review = false;
  match.person.reset();
  match.decided_by = Decider::kMachine;
  if (match.nearest && match.nearest->distance < match.threshold) match.person = match.nearest->person;
}

void Apply(const FaceDecision& said, MatchedFace& face) {
  if (said.decision == Decision::kRejected) return Reject(*said.person, face.match);
  face.decision = said.decision;
  if (said.decision == Decision::kLater) return;
  face.match.person = said.person;
  face.match.decided_by = Decider::kUser;
  face.match.needs_review = false;
}

}  // namespace

void ApplyDecisions(std::span<const FaceDecision> decisions, std::vector<MatchedFace>& faces) {
  for (MatchedFace& face : faces) {
    for (const FaceDecision& said : DecisionsOn(face.face.id, decisions)) Apply(said, face);
  }
}

std::span<const FaceDecision> DecisionsOn(FaceId face, std::span<const FaceDecision> decisions) {
  const auto first = std::lower_bound(decisions.begin(), decisions.end(), face,
                                      [](const FaceDecision& said, FaceId id) { return said.face < id; });
  const auto end = std::upper_bound(first, decisions.end(), face,
                                    [](FaceId id, const FaceDecision& said) { return id < said.face; });
  return {first, end};
}

void EraseRejected(std::span<const FaceDecision> decisions_on_face, std::vector<PersonDistance>& people) {
  std::erase_if(people, [&](const PersonDistance& distance) {
    return std::any_of(decisions_on_face.begin(), decisions_on_face.end(), [&](const FaceDecision& said) {
      return said.decision == Decision::kRejected && said.person == distance.person;
    });
  });
}

}  // namespace kinfolder
