#include "app/evaluate_verification.h"

#include <set>
#include <vector>

#include "app/lfw_pairs.h"
#include "app/subject.h"

namespace kinfolder {

Result<VerificationReport> EvaluateVerification(const FaceScanner& scanner, const DecodeOptions& decode,
                                                const std::filesystem::path& pairs, const std::filesystem::path& images,
                                                const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<PhotoPair> photo_pairs, ReadLfwPairs(pairs));
  std::set<std::filesystem::path> pictures;
  for (const PhotoPair& pair : photo_pairs) {
    pictures.insert(pair.first);
    pictures.insert(pair.second);
  }
  ASSIGN_OR_RETURN(const auto subjects, EmbedSubjects(scanner, decode, images, pictures, run));

  std::vector<ScoredPair> scored;
  scored.reserve(photo_pairs.size());
  for (const PhotoPair& pair : photo_pairs) {
    scored.push_back({Distance(subjects.at(pair.first).embedding.values, subjects.at(pair.second).embedding.values),
                      pair.same, pair.fold});
  }
  VerificationReport report;
  report.photos = static_cast<int>(subjects.size());
  for (const auto& [path, subject] : subjects) report.undetected += subject.detected ? 0 : 1;
  ASSIGN_OR_RETURN(report.scores, ScorePairs(scored));
  return report;
}

}  // namespace kinfolder
