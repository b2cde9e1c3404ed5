// Ways of telling whether two faces are one person's: each turns a face into numbers, and says how far apart two are.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "nn/model_package.h"
#include "train/face_crop.h"

namespace kinfolder {

// Immutable; may be used from many threads at once.
class FaceDescriber {
 public:
  FaceDescriber() = default;
  FaceDescriber(const FaceDescriber&) = delete;
  FaceDescriber& operator=(const FaceDescriber&) = delete;
  virtual ~FaceDescriber() = default;

  virtual std::string name() const = 0;
  virtual Result<std::vector<float>> Describe(const FaceCrop& face) const = 0;
  // Of two descriptions by this describer: the smaller, the more alike.
  virtual float DistanceOf(std::span<const float> a, std::span<const float> b) const = 0;
};

// FaceNet: the package's unit vectors, compared by L2 distance. Fails as Embedder::Load.
Result<std::unique_ptr<FaceDescriber>> MakePackageDescriber(const ModelPackage& package);

}  // namespace kinfolder
