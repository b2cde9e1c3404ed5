// The people of a verification protocol, as known faces: for measuring what needs more of a person than a pair.
#pragma once

#include <filesystem>
#include <vector>

#include "app/photo_stages.h"
#include "base/parallel.h"
#include "base/result.h"
#include "domain/person.h"

namespace kinfolder {

struct PersonOfFold {
  Reference reference;  // people and faces are numbered from 1, by name and picture
  int fold = 0;         // 0, 1, ...; the people of one fold are in no other
};

// The subject (subject.h) of every picture that `pairs` (lfw_pairs.h) names, below `images`; by person, then picture.
// Who is in several folds counts to the first. Fails with the first picture that can't be read.
Result<std::vector<PersonOfFold>> EmbedLfwPeople(const FaceScanner& scanner, const DecodeOptions& decode,
                                                 const std::filesystem::path& pairs,
                                                 const std::filesystem::path& images, const ParallelRun& run);

}  // namespace kinfolder
