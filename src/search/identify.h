// From distances to names: the nearest person below the threshold, else unknown.
#pragma once

#include <span>
#include <vector>

#include "domain/match.h"

namespace kinfolder {

// `ranked` as Gallery::DistancesToPeople gives it (may be empty: nobody is known yet).
Match Decide(FaceId face, std::span<const PersonDistance> ranked, float threshold);

// Two faces of one photo rarely are one person: of the machine's matches of one person in `matches` (all of one photo)
// all but the nearest are marked needs_review. What a user or an imported tag decided is left as it is, and counts as
// the nearest.
void FlagRepeatedPeople(std::span<Match> matches);

}  // namespace kinfolder
