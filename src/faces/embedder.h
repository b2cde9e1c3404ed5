// FaceNet: from face crops to unit vectors whose L2 distance tells whether two faces are one person.
// Schroff, Kalenichenko, Philbin: "FaceNet: A Unified Embedding for Face Recognition and Clustering", 2015.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/face.h"
#include "faces/network.h"
#include "image/image.h"
#include "nn/model_package.h"

namespace kinfolder {

// The network's input for crops of the manifest's crop.size: [N, 3, H, W], normalised.
Tensor EmbedderInput(const ModelManifest& manifest, std::span<const Image> crops);

// Immutable once loaded; Embed may be called from many threads at once, each call on one core.
class Embedder {
 public:
  // Pictures that the network sees in one run: beyond it each costs no less time, only more memory.
  static constexpr std::size_t kBatch = 8;

  // kInvalidArgument for a package that is no embedder; else as Network::Load.
  static Result<Embedder> Load(const ModelPackage& package);

  const std::string& id() const { return manifest_.id; }
  const CropRule& crop_rule() const { return manifest_.crop; }
  float threshold() const { return manifest_.threshold; }

  // One unit vector a crop, in order; any number of crops (run in batches). kInvalidArgument for crops that are not of
  // crop_rule().size squared; kCorrupt when the model gives another dimension than its manifest says, or no numbers.
  Result<std::vector<Embedding>> Embed(std::span<const Image> crops) const;

 private:
  Embedder() = default;

  ModelManifest manifest_;
  Network network_;
};

}  // namespace kinfolder
