// From distances to names: the nearest person below the threshold, else unknown.
#pragma once

#include <span>
#include <vector>

#include "domain/match.h"
#include "search/gallery.h"

namespace kinfolder {

// `ranked` as Gallery::DistancesToPeople gives it (may be empty: nobody is known yet).
Match Decide(FaceId face, std::span<const PersonDistance> ranked, float threshold);

// Marks a machine's match needs_review that lies between two people who look alike, twins or siblings. Alike are two
// whose references next to the face are less apart than the threshold: either's photo could get the other's name. With
// D that distance, and d1, d2 those of the face to them, (d2^2 - d1^2) / D^2 is 1 for a face beside the nearest
// reference and 0 for one in the middle, whatever else is in its vector; below kBetween the face lies between.
void FlagBetweenAlike(const Gallery& gallery, Match& match);
inline constexpr float kBetween = 1 / 3.0F;

// Two faces of one photo rarely are one person: of the machine's matches of one person in `matches` (all of one photo)
// all but the nearest are marked needs_review. What a user or an imported tag decided is left as it is, and counts as
// the nearest.
void FlagRepeatedPeople(std::span<Match> matches);

}  // namespace kinfolder
