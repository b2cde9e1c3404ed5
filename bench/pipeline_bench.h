// The measurements of the pipeline: whole scans, and its two networks by themselves.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "app/networks.h"
#include "app/photo_stages.h"
#include "app/settings.h"
#include "base/result.h"
#include "measurement.h"

namespace kinfolder::bench {

// Scans of the folders into an empty catalogue each, by `settings.jobs` workers: photos a second with the same by one
// worker as baseline, faces found, and the peak memory after the first scan. Call it first in the process.
Result<std::vector<Measurement>> BenchScan(const Settings& settings, Networks& networks,
                                           const std::vector<std::filesystem::path>& folders, int runs);

// Milliseconds a megapixel on one core, over the photos as stored.
Result<Measurement> BenchDetection(const FaceScanner& scanner, const std::vector<std::filesystem::path>& photos,
                                   int runs);

// Milliseconds a face on one core in batches of 8, with one face a call as baseline.
Result<Measurement> BenchEmbedding(const Embedder& embedder, std::span<const Image> crops, int runs);

// Crops of 64 faces that the photos show; kInvalidArgument where they show fewer.
Result<std::vector<Image>> FaceCrops(const FaceScanner& scanner, const std::vector<std::filesystem::path>& photos);

}  // namespace kinfolder::bench
