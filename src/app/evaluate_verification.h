// How well the whole pipeline (decode, detect, crop, embed) tells whether two pictures are of one person.
#pragma once

#include <filesystem>

#include "app/photo_stages.h"
#include "app/verification_scores.h"
#include "base/parallel.h"
#include "base/result.h"

namespace kinfolder {

struct VerificationReport {
  int photos = 0;
  VerificationScores scores;
  int undetected = 0;  // photos without a detection; they count, by the place where the face usually is
};

// `pairs` lists pairs as lfw_pairs.h says, of the pictures below `images`. Each picture's subject (subject.h) is
// embedded once. Fails with the first photo that can't be read.
Result<VerificationReport> EvaluateVerification(const FaceScanner& scanner, const DecodeOptions& decode,
                                                const std::filesystem::path& pairs, const std::filesystem::path& images,
                                                const ParallelRun& run);

}  // namespace kinfolder
