// How well a network that is being trained tells people apart whom it has never seen.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "train/face_set.h"

namespace kinfolder {

struct ValidationResult {
  double clean = 0;     // accuracy over folds of whole groups (app/verification_scores.h)
  double damaged = 0;   // the same where the second crop of each pair is damaged
  float threshold = 0;  // of L2 distance: the best over all clean pairs
};

// Unit vectors, one after the other, for pictures of the network's size.
using EmbedFunction = std::function<std::vector<float>(std::span<const Image>)>;

// Pairs of the held-out people, as many of two people as of one, at most `most_pairs` of each; always the same ones,
// and the same damages. kInvalidArgument where fewer than 2 folds have people.
Result<ValidationResult> Validate(const FaceSet& faces, int side, int most_pairs, const EmbedFunction& embed);

}  // namespace kinfolder
