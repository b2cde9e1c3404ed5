#include "app/evaluate_verification.h"

#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

#include "app/lfw_pairs.h"
#include "app/subject.h"

namespace kinfolder {
namespace {

using SubjectsByPhoto = std::map<std::filesystem::path, Subject>;

Result<Subject> EmbedPhoto(const FaceScanner& scanner, const DecodeOptions& decode, const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(path, decode));
  Result<Subject> subject = EmbedSubject(scanner, photo.image);
  if (!subject) return Fail(subject.error().code, "{}: {}", path.string(), subject.error().message);
  return subject;
}

}  // namespace

Result<VerificationReport> EvaluateVerification(const FaceScanner& scanner, const DecodeOptions& decode,
                                                const std::filesystem::path& pairs, const std::filesystem::path& images,
                                                const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<PhotoPair> photo_pairs, ReadLfwPairs(pairs));
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
    scored.push_back({Distance(subjects[pair.first].embedding.values, subjects[pair.second].embedding.values),
                      pair.same, pair.fold});
  }
  VerificationReport report;
  report.photos = static_cast<int>(photos.size());
  for (const auto& [path, subject] : subjects) report.undetected += subject.detected ? 0 : 1;
  ASSIGN_OR_RETURN(report.scores, ScorePairs(scored));
  return report;
}

}  // namespace kinfolder
