// FaceNet: from face crops to unit vectors whose L2 distance tells whether two faces are one person.
// Schroff, Kalenichenko, Philbin: "FaceNet: A Unified Embedding for Face Recognition and Clustering", 2015.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/face.h"
#include "image/image.h"
#include "nn/model_package.h"
#include "nn/session.h"

namespace kinfolder {

// Immutable once loaded; Embed may be called from many threads at once, each call on one core.
class Embedder {
 public:
  static Result<Embedder> Load(const ModelPackage& package);

  const std::string& id() const { return manifest_.id; }
  const CropRule& crop_rule() const { return manifest_.crop; }
  float threshold() const { return manifest_.threshold; }

  // One unit vector a crop, in order; crops of crop_rule().size squared, any number of them (run in batches).
  Result<std::vector<Embedding>> Embed(std::span<const Image> crops) const;

 private:
  Embedder() = default;

  ModelManifest manifest_;
  std::unique_ptr<Session> session_;
};

}  // namespace kinfolder
