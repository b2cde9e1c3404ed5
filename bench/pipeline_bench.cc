#include "pipeline_bench.h"

#include <atomic>
#include <span>
#include <utility>

#include "app/parallel.h"
#include "faces/align.h"

namespace kinfolder::bench {
namespace {

constexpr std::size_t kBatch = 8;
constexpr std::size_t kFaces = 64;  // a whole number of batches

// Scans all photos once and says how many faces there were.
Result<int> ScanAll(const FaceScanner& scanner, const std::vector<std::filesystem::path>& photos, int jobs) {
  std::atomic<int> faces = 0;
  RETURN_IF_ERROR(ForEachInParallel(photos.size(), {jobs, {}, nullptr}, [&](std::size_t i) -> Status {
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(photos[i], {}));
    ASSIGN_OR_RETURN(const ScannedPhoto scanned, scanner.Scan(photo));
    faces += static_cast<int>(scanned.faces.size());
    return {};
  }));
  return faces.load();
}

// Median seconds of `runs` calls, or the first failure.
Result<double> MedianSeconds(int runs, const std::function<Status()>& work) {
  std::vector<double> seconds;
  Status status;
  for (int run = 0; run < runs && status; ++run) seconds.push_back(SecondsOf([&] { status = work(); }));
  RETURN_IF_ERROR(status);
  return Median(std::move(seconds));
}

Result<std::vector<Image>> FaceCrops(const FaceScanner& scanner, const std::vector<std::filesystem::path>& photos) {
  std::vector<Image> crops;
  for (const std::filesystem::path& path : photos) {
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(path, {}));
    ASSIGN_OR_RETURN(const std::vector<Detection> faces, scanner.detector().Detect(photo.image));
    for (const Detection& face : faces) {
      crops.push_back(CropFace(photo.image, face, scanner.embedder().crop_rule()));
      if (crops.size() == kFaces) return crops;
    }
  }
  return Fail(ErrorCode::kInvalidArgument, "the photos show {} faces; embedding is measured with {}", crops.size(),
              kFaces);
}

Status EmbedInBatches(const Embedder& embedder, std::span<const Image> crops, std::size_t batch) {
  for (std::size_t first = 0; first < crops.size(); first += batch) {
    RETURN_IF_ERROR(embedder.Embed(crops.subspan(first, batch)));
  }
  return {};
}

}  // namespace

Result<std::vector<Measurement>> BenchScan(const FaceScanner& scanner, const std::vector<std::filesystem::path>& photos,
                                           int jobs, int runs) {
  int faces = 0;
  const auto scan = [&](int workers) -> Status {
    ASSIGN_OR_RETURN(faces, ScanAll(scanner, photos, workers));
    return {};
  };
  // The first run fills caches of files and primitives; memory is at its highest in it as in every other.
  RETURN_IF_ERROR(scan(jobs));
  const double peak = PeakMemoryMib();
  ASSIGN_OR_RETURN(const double together, MedianSeconds(runs, [&] { return scan(jobs); }));
  ASSIGN_OR_RETURN(const double alone, MedianSeconds(runs, [&] { return scan(1); }));
  const auto count = static_cast<double>(photos.size());
  return std::vector<Measurement>{{"scan", "photos/s", count / together, runs, Baseline{"one worker", count / alone}},
                                  {"scan time", "s", together, runs, Baseline{"one worker", alone}},
                                  {"faces found", "faces", static_cast<double>(faces), runs, {}},
                                  {"peak memory", "MiB", peak, 1, {}}};
}

Result<Measurement> BenchDetection(const FaceScanner& scanner, const std::vector<std::filesystem::path>& photos,
                                   int runs) {
  std::vector<Image> images;
  double megapixels = 0;
  for (const std::filesystem::path& path : photos) {
    ASSIGN_OR_RETURN(LoadedPhoto photo, LoadPhotoFile(path, {}));
    megapixels += 1e-6 * photo.image.width() * photo.image.height();
    images.push_back(std::move(photo.image));
  }
  ASSIGN_OR_RETURN(const double seconds, MedianSeconds(runs, [&]() -> Status {
                     for (const Image& image : images) RETURN_IF_ERROR(scanner.detector().Detect(image));
                     return {};
                   }));
  return Measurement{"detection", "ms/megapixel", 1000 * seconds / megapixels, runs, {}};
}

Result<Measurement> BenchEmbedding(const FaceScanner& scanner, const std::vector<std::filesystem::path>& photos,
                                   int runs) {
  ASSIGN_OR_RETURN(const std::vector<Image> crops, FaceCrops(scanner, photos));
  const Embedder& embedder = scanner.embedder();
  RETURN_IF_ERROR(EmbedInBatches(embedder, std::span(crops).first(kBatch), kBatch));
  RETURN_IF_ERROR(EmbedInBatches(embedder, std::span(crops).first(1), 1));
  ASSIGN_OR_RETURN(const double batches, MedianSeconds(runs, [&] { return EmbedInBatches(embedder, crops, kBatch); }));
  ASSIGN_OR_RETURN(const double singles, MedianSeconds(runs, [&] { return EmbedInBatches(embedder, crops, 1); }));
  return Measurement{"embedding", "ms/face", 1000 * batches / kFaces, runs,
                     Baseline{"one face a call", 1000 * singles / kFaces}};
}

}  // namespace kinfolder::bench
