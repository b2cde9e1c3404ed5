#include "pipeline_bench.h"

#include <span>
#include <utility>

#include "app/scan.h"
#include "app/workspace.h"
#include "base/temporary_folder.h"
#include "faces/align.h"

namespace kinfolder::bench {
namespace {

constexpr std::size_t kBatch = 8;
constexpr std::size_t kFaces = 64;  // a whole number of batches

// One scan into a catalogue of its own, thrown away afterwards.
Result<ScanResult> ScanOnce(Settings settings, Networks& networks, const std::vector<std::filesystem::path>& folders,
                            int jobs) {
  const TemporaryFolder data;
  settings.data = data / "data";
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Open(settings, ProcessEnvironment(), Workspace::Access::kWrite, "bench"));
  ScanRequest request;
  request.paths = folders;
  request.jobs = jobs;
  ASSIGN_OR_RETURN(ScanResult result, ScanPhotos(workspace.catalog(), networks, request, {}, StopFlag()));
  if (!result.failed.empty()) return Fail(result.failed.front().error);
  return result;
}

// Median seconds of `runs` calls, or the first failure.
Result<double> MedianSeconds(int runs, const std::function<Status()>& work) {
  std::vector<double> seconds;
  Status status;
  for (int run = 0; run < runs && status; ++run) seconds.push_back(SecondsOf([&] { status = work(); }));
  RETURN_IF_ERROR(status);
  return Median(std::move(seconds));
}

Status EmbedInBatches(const Embedder& embedder, std::span<const Image> crops, std::size_t batch) {
  for (std::size_t first = 0; first < crops.size(); first += batch) {
    RETURN_IF_ERROR(embedder.Embed(crops.subspan(first, batch)));
  }
  return {};
}

}  // namespace

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

Result<std::vector<Measurement>> BenchScan(const Settings& settings, Networks& networks,
                                           const std::vector<std::filesystem::path>& folders, int runs) {
  ScanResult last;
  const auto scan = [&](int jobs) -> Status {
    ASSIGN_OR_RETURN(last, ScanOnce(settings, networks, folders, jobs));
    return {};
  };
  // The first scan loads the weights and prepares the networks; memory is at its highest in it as in every other.
  RETURN_IF_ERROR(scan(settings.jobs));
  const double peak = PeakMemoryMib();
  ASSIGN_OR_RETURN(const double together, MedianSeconds(runs, [&] { return scan(settings.jobs); }));
  ASSIGN_OR_RETURN(const double alone, MedianSeconds(runs, [&] { return scan(1); }));
  const auto photos = static_cast<double>(last.scanned);
  return std::vector<Measurement>{{"scan", "photos/s", photos / together, runs, Baseline{"one worker", photos / alone}},
                                  {"scan time", "s", together, runs, Baseline{"one worker", alone}},
                                  {"faces found", "faces", static_cast<double>(last.faces), runs, {}},
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

Result<Measurement> BenchEmbedding(const Embedder& embedder, std::span<const Image> crops, int runs) {
  RETURN_IF_ERROR(EmbedInBatches(embedder, crops.first(kBatch), kBatch));
  RETURN_IF_ERROR(EmbedInBatches(embedder, crops.first(1), 1));
  ASSIGN_OR_RETURN(const double batches, MedianSeconds(runs, [&] { return EmbedInBatches(embedder, crops, kBatch); }));
  ASSIGN_OR_RETURN(const double singles, MedianSeconds(runs, [&] { return EmbedInBatches(embedder, crops, 1); }));
  return Measurement{"embedding", "ms/face", 1000 * batches / static_cast<double>(crops.size()), runs,
                     Baseline{"one face a call", 1000 * singles / static_cast<double>(crops.size())}};
}

}  // namespace kinfolder::bench
