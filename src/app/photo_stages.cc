#include "app/photo_stages.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <ctime>
#include <span>
#include <string_view>
#include <utility>

#include "app/settings.h"
#include "base/file.h"
#include "catalog/face_pairing.h"
#include "faces/align.h"
#include "faces/quality.h"
#include "image/metadata.h"

namespace kinfolder {
namespace {

// Faces of one photo that are embedded in one go; of a crowd, idle threads take such parts over.
constexpr std::size_t kCropsAtOnce = Embedder::kBatch;

// The wall-clock time of this machine at which the file was last written.
std::optional<LocalTime> FileTime(const FileStamp& stamp) {
  if (stamp.modified_ns <= 0) return std::nullopt;
  const std::time_t seconds = stamp.modified_ns / 1'000'000'000;
  std::tm time{};
  if (::localtime_r(&seconds, &time) == nullptr) return std::nullopt;
  return LocalTime{time.tm_year + 1900, time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec};
}

PhotoInfo InfoOf(const ReadPhoto& photo, const DecodedPhoto& decoded) {
  PhotoMetadata metadata = ReadMetadata(photo.bytes);
  PhotoInfo info;
  info.bytes = photo.bytes.size();
  info.format = decoded.format;
  info.upright_size = decoded.full_size;
  info.orientation = decoded.orientation;
  info.taken_at = metadata.taken_at;
  info.taken_from = std::move(metadata.taken_from);
  info.camera = std::move(metadata.camera);
  if (!info.taken_at) {
    info.taken_at = FileTime(photo.file.stamp);
    info.taken_from = info.taken_at ? "file time" : "";
  }
  return info;
}

}  // namespace

int LongestSide(Detail detail) {
  switch (detail) {
    case Detail::kFast:
      return 1024;
    case Detail::kNormal:
      return 1600;
    case Detail::kFull:
      break;
  }
  return 0;
}

Result<FoundPhoto> FindPhotoFile(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(path));
  return FoundPhoto{std::filesystem::absolute(path).lexically_normal(), stamp};
}

Result<ReadPhoto> ReadPhotoFile(const FoundPhoto& file) {
  if (file.stamp.bytes > kMaxPhotoBytes) {  // said for people; ReadFile guards against a file that grows
    return Fail(ErrorCode::kTooLarge, "{}: the file is larger than the {} GiB that a photo may have",
                file.path.string(), kMaxPhotoBytes >> 30);
  }
  ASSIGN_OR_RETURN(std::vector<std::byte> bytes, ReadFile(file.path, kMaxPhotoBytes));
  const ContentHash content = Sha256Of(bytes);
  return ReadPhoto{file, content, std::move(bytes)};
}

Result<LoadedPhoto> LoadPhoto(ReadPhoto photo, const DecodeOptions& options) {
  Result<DecodedPhoto> decoded = Decode(photo.bytes, options);
  if (!decoded) return Fail(About(photo.file.path, decoded.error()));
  PhotoInfo info = InfoOf(photo, *decoded);
  return LoadedPhoto{std::move(photo.file), photo.content, std::move(info), std::move(decoded->image)};
}

Result<LoadedPhoto> LoadPhotoFile(const std::filesystem::path& path, const DecodeOptions& options) {
  ASSIGN_OR_RETURN(const FoundPhoto found, FindPhotoFile(path));
  ASSIGN_OR_RETURN(ReadPhoto read, ReadPhotoFile(found));
  return LoadPhoto(std::move(read), options);
}

std::string DetectorId(const std::string& package_id, Detail detail, const MtcnnOptions& options) {
  const MtcnnOptions usual;
  std::string id = fmt::format("{}/{}/min{}", package_id, NameOf(detail), options.min_face);
  if (options.pyramid_factor != usual.pyramid_factor) id += fmt::format("/factor{}", options.pyramid_factor);
  if (options.pnet_threshold != usual.pnet_threshold || options.rnet_threshold != usual.rnet_threshold ||
      options.onet_threshold != usual.onet_threshold) {
    id += fmt::format("/thresholds{},{},{}", options.pnet_threshold, options.rnet_threshold, options.onet_threshold);
  }
  return id;
}

FaceScanner::FaceScanner(Mtcnn detector, Embedder embedder, std::string detector_id)
    : detector_(std::move(detector)), embedder_(std::move(embedder)), detector_id_(std::move(detector_id)) {}

Result<ScannedPhoto> FaceScanner::Scan(const LoadedPhoto& photo, std::span<const Box> known) const {
  Result<std::vector<Detection>> detections = detector_.Detect(photo.image);
  if (!detections) return Fail(About(photo.file.path, detections.error()));
  for (const Box& box : known) {
    const bool is_found = std::ranges::any_of(*detections, [&](const Detection& detection) {
      return IntersectionOverUnion(detection.box, box) >= kSameFaceOverlap;
    });
    if (is_found) continue;
    const Result<Detection> face = detector_.LookAt(photo.image, box);
    if (face) detections->push_back(*face);
  }

  ScannedPhoto scanned{photo.file, photo.content, photo.info, detector_id_, embedder_.id(), {}};
  scanned.faces.reserve(detections->size());
  for (const Detection& detection : *detections) {
    scanned.faces.push_back({detection, MeasureQuality(photo.image, detection, photo.info.upright_size), {}});
  }
  RETURN_IF_ERROR(EmbedFaces(photo, scanned.faces));
  return scanned;
}

Result<ScannedFace> FaceScanner::LookAt(const LoadedPhoto& photo, const Box& box) const {
  const Result<Detection> detection = detector_.LookAt(photo.image, box);
  if (!detection) return Fail(About(photo.file.path, detection.error()));
  ScannedFace face{*detection, MeasureQuality(photo.image, *detection, photo.info.upright_size), {}};
  RETURN_IF_ERROR(EmbedFaces(photo, std::span(&face, 1)));
  return face;
}

Status FaceScanner::EmbedFaces(const LoadedPhoto& photo, std::span<ScannedFace> faces) const {
  std::vector<Status> done((faces.size() + kCropsAtOnce - 1) / kCropsAtOnce);
  // Whoever waits for the last part begins no other photo meanwhile.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(std::size_t{0}, done.size(), [&](std::size_t part) {
      const std::size_t first = part * kCropsAtOnce;
      done[part] = EmbedSome(photo, faces.subspan(first, std::min(kCropsAtOnce, faces.size() - first)));
    });
  });
  const auto failed = std::ranges::find_if(done, [](const Status& status) { return !status; });
  return failed == done.end() ? Status() : *failed;
}

Status FaceScanner::EmbedSome(const LoadedPhoto& photo, std::span<ScannedFace> faces) const {
  std::vector<Image> crops;
  crops.reserve(faces.size());
  for (const ScannedFace& face : faces) crops.push_back(CropFace(photo.image, face.detection, embedder_.crop_rule()));
  Result<std::vector<Embedding>> embeddings = embedder_.Embed(crops);
  if (!embeddings) return Fail(About(photo.file.path, embeddings.error()));
  for (std::size_t i = 0; i < faces.size(); ++i) faces[i].embedding = std::move((*embeddings)[i]);
  return {};
}

}  // namespace kinfolder
