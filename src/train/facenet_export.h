// From a training to a model package that Kinfolder uses (nn/model_package.h).
#pragma once

#include <filesystem>
#include <optional>

#include "train/checkpoint.h"
#include "train/package_writer.h"

namespace kinfolder {

// How the package is to be used.
struct EmbeddingUse {
  std::optional<double> threshold;  // without: the last that the training measured
  bool average_flipped = false;     // see nn/manifest.h
};

// Writes FOLDER/ID.onnx and FOLDER/manifest.json. The weights are the averaged ones, BatchNorms folded into the layers
// before them, values rounded to half precision (which halves what an archive of them takes) in float32 tensors.
// kInvalidArgument for texts that no manifest may hold.
Status ExportEmbedder(const Checkpoint& checkpoint, const PackageText& text, const EmbeddingUse& use,
                      const std::filesystem::path& folder);

// The network as it is exported.
Result<Graph> ExportedNetwork(const Checkpoint& checkpoint);

}  // namespace kinfolder
