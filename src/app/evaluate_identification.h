// How well faces are named: known people, photos, and the truth about who is on them.
#pragma once

#include <filesystem>

#include "app/identification_scores.h"
#include "app/photo_stages.h"
#include "base/parallel.h"
#include "base/result.h"

namespace kinfolder {

struct IdentificationReport {
  int people = 0;
  int references = 0;
  int photos = 0;
  float threshold = 0;
  IdentificationScores scores;
};

// `known` holds a folder of pictures for each person; a picture's subject (subject.h) is the reference. `truth` is
// JSON,
// {"people": {"PHOTO": ["NAME", ..., "unknown"]}}, for photos below `photos`; who is not in `known` is a stranger.
// Faces are named below `threshold`. Fails with the first photo that can't be read and the first reference without a
// face.
Result<IdentificationReport> EvaluateIdentification(const FaceScanner& scanner, const DecodeOptions& decode,
                                                    float threshold, const std::filesystem::path& known,
                                                    const std::filesystem::path& photos,
                                                    const std::filesystem::path& truth, const ParallelRun& run);

}  // namespace kinfolder
