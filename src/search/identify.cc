#include "search/identify.h"

#include <map>

namespace kinfolder {
namespace {

// Does `a` have the better claim to the person that both name?
bool HasBetterClaim(const Match& a, const Match& b) {
  if (a.decided_by != b.decided_by) return a.decided_by > b.decided_by;
  if (a.nearest && b.nearest && a.nearest->distance != b.nearest->distance) {
    return a.nearest->distance < b.nearest->distance;
  }
  return a.face < b.face;
}

}  // namespace

Match Decide(FaceId face, std::span<const PersonDistance> ranked, float threshold) {
  Match match{.face = face, .person = {}, .nearest = {}, .runner_up = {}, .threshold = threshold};
  if (!ranked.empty()) match.nearest = ranked[0];
  if (ranked.size() > 1) match.runner_up = ranked[1];
  if (match.nearest && match.nearest->distance < threshold) match.person = match.nearest->person;
  return match;
}

void FlagBetweenAlike(const Gallery& gallery, Match& match) {
  if (!match.person || !match.runner_up || match.runner_up->distance >= match.threshold) return;
  const std::optional<float> apart = gallery.DistanceBetween(match.nearest->reference, match.runner_up->reference);
  if (!apart || *apart >= match.threshold) return;
  const float nearest = match.nearest->distance;
  const float other = match.runner_up->distance;
  if (other * other - nearest * nearest < kBetween * *apart * *apart) match.needs_review = true;
}

void FlagRepeatedPeople(std::span<Match> matches) {
  std::map<PersonId, const Match*> best;
  for (const Match& match : matches) {
    if (!match.person) continue;
    const Match*& holder = best[*match.person];
    if (holder == nullptr || HasBetterClaim(match, *holder)) holder = &match;
  }
  for (Match& match : matches) {
    if (match.person && match.decided_by == Decider::kMachine && best[*match.person] != &match) {
      match.needs_review = true;
    }
  }
}

}  // namespace kinfolder
