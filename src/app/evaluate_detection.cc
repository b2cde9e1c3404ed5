#include "app/evaluate_detection.h"

#include <string>
#include <utility>
#include <vector>

#include "app/boxes_table.h"
#include "app/photo_stages.h"

namespace kinfolder {
namespace {

constexpr std::uint64_t kMaxTableBytes = std::uint64_t{256} << 20;

Result<BoxesByPhoto> ReadBoxes(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path, kMaxTableBytes));
  Result<BoxesByPhoto> boxes = ParseBoxesTable(text);
  if (!boxes) return Fail(boxes.error().code, "{}: {}", path.string(), boxes.error().message);
  return boxes;
}

// Boxes in pixels of the upright photo as stored, whatever the size that was looked at.
Result<std::vector<ScoredBox>> FindFaces(const Mtcnn& detector, const DecodeOptions& decode,
                                         const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(path, decode));
  const Result<std::vector<Detection>> detections = detector.Detect(photo.image);
  if (!detections) return Fail(detections.error().code, "{}: {}", path.string(), detections.error().message);
  const auto width = static_cast<float>(photo.info.upright_size.width);
  const auto height = static_cast<float>(photo.info.upright_size.height);
  std::vector<ScoredBox> boxes;
  for (const Detection& detection : *detections) {
    boxes.push_back({Scaled(detection.box, width, height), detection.score});
  }
  return boxes;
}

}  // namespace

Result<DetectionReport> EvaluateDetection(const Mtcnn& detector, const DecodeOptions& decode,
                                          const std::filesystem::path& images, const std::filesystem::path& boxes,
                                          const ParallelRun& run) {
  ASSIGN_OR_RETURN(const BoxesByPhoto truth, ReadBoxes(boxes));
  std::vector<std::filesystem::path> photos;
  std::vector<DetectionCase> cases;
  for (const auto& [photo, faces] : truth) {
    photos.push_back(images / photo);
    cases.push_back({faces, {}});
  }
  RETURN_IF_ERROR(ForEachInParallel(photos.size(), run, [&](std::size_t i) -> Status {
    ASSIGN_OR_RETURN(cases[i].found, FindFaces(detector, decode, photos[i]));
    return {};
  }));
  DetectionReport report;
  report.images = static_cast<int>(photos.size());
  report.all = MeasureAveragePrecision(cases, kCountedHeights);
  for (std::size_t i = 0; i < kHeightBins.size(); ++i) {
    report.by_height[i] = MeasureAveragePrecision(cases, kHeightBins[i].heights);
  }
  return report;
}

}  // namespace kinfolder
