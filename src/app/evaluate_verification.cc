#include "app/evaluate_verification.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "app/lfw_pairs.h"
#include "app/subject.h"
#include "base/check.h"

namespace kinfolder {
namespace {

// A protocol of millions of pairs is far below this.
constexpr std::uint64_t kMaxPairsBytes = std::uint64_t{256} << 20;

using SubjectsByPhoto = std::map<std::filesystem::path, Subject>;

Result<std::vector<PhotoPair>> ReadPairs(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path, kMaxPairsBytes));
  Result<std::vector<PhotoPair>> pairs = ParseLfwPairs(text);
  if (!pairs) return Fail(pairs.error().code, "{}: {}", path.string(), pairs.error().message);
  return pairs;
}

Result<Subject> EmbedPhoto(const FaceScanner& scanner, const DecodeOptions& decode, const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(path, decode));
  Result<Subject> subject = EmbedSubject(scanner, photo.image);
  if (!subject) return Fail(subject.error().code, "{}: {}", path.string(), subject.error().message);
  return subject;
}

float Distance(const Embedding& a, const Embedding& b) {
  CHECK(a.values.size() == b.values.size());
  float sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) sum += (a.values[i] - b.values[i]) * (a.values[i] - b.values[i]);
  return std::sqrt(sum);
}

}  // namespace

Result<VerificationReport> EvaluateVerification(const FaceScanner& scanner, const DecodeOptions& decode,
                                                const std::filesystem::path& pairs, const std::filesystem::path& images,
                                                const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<PhotoPair> photo_pairs, ReadPairs(pairs));
  SubjectsByPhoto subjects;
  for (const PhotoPair& pair : photo_pairs) {
    subjects.try_emplace(pair.first);
    subjects.try_emplace(pair.second);
  }
  std::vector<SubjectsByPhoto::value_type*> photos;
  for (SubjectsByPhoto::value_type& photo : subjects) photos.push_back(&photo);

  RETURN_IF_ERROR(ForEachInParallel(photos.size(), run, [&](std::size_t i) -> Status {
    ASSIGN_OR_RETURN(photos[i]->second, EmbedPhoto(scanner, decode, images / photos[i]->first));
    return {};
  }));

  std::vector<ScoredPair> scored;
  scored.reserve(photo_pairs.size());
  for (const PhotoPair& pair : photo_pairs) {
    scored.push_back({Distance(subjects[pair.first].embedding, subjects[pair.second].embedding), pair.same, pair.fold});
  }
  VerificationReport report;
  report.photos = static_cast<int>(photos.size());
  report.pairs = static_cast<int>(scored.size());
  for (const auto& [path, subject] : subjects) report.undetected += subject.detected ? 0 : 1;
  report.threshold = BestThreshold(scored);
  ASSIGN_OR_RETURN(report.folds, CrossValidate(scored));
  ASSIGN_OR_RETURN(report.at_far_1e2, AtFalseAcceptRate(scored, 1e-2));
  ASSIGN_OR_RETURN(report.at_far_1e3, AtFalseAcceptRate(scored, 1e-3));
  return report;
}

}  // namespace kinfolder
