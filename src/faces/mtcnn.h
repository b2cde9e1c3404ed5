// MTCNN, the cascade of P-Net, R-Net and O-Net: faces with boxes and five landmarks.
// Zhang, Zhang, Li, Qiao: "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks", 2016.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/face.h"
#include "image/image.h"
#include "nn/model_package.h"
#include "nn/session.h"

namespace kinfolder {

struct MtcnnOptions {
  int min_face = 20;               // smallest face, pixels of the picture that is looked at
  float pyramid_factor = 0.709F;   // each level's sides relative to the level before: half the area
  float pnet_threshold = 0.6F;
  float rnet_threshold = 0.7F;
  float onet_threshold = 0.7F;
};

// Immutable once loaded; Detect may be called from many threads at once, each call on one core.
class Mtcnn {
 public:
  static Result<Mtcnn> Load(const ModelPackage& package, const MtcnnOptions& options);

  // Faces by falling score, in fractions of the picture; none in a picture smaller than a face.
  Result<std::vector<Detection>> Detect(const Image& image) const;

  const MtcnnOptions& options() const { return options_; }

 private:
  Mtcnn() = default;

  MtcnnOptions options_;
  Normalization normalization_;
  std::unique_ptr<Session> pnet_;
  std::unique_ptr<Session> rnet_;
  std::unique_ptr<Session> onet_;
};

}  // namespace kinfolder
