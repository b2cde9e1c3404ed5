// MTCNN, the cascade of P-Net, R-Net and O-Net: faces with boxes and five landmarks.
// Zhang, Zhang, Li, Qiao: "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks", 2016.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "domain/face.h"
#include "faces/network.h"
#include "faces/nms.h"
#include "image/image.h"
#include "nn/model_package.h"

namespace kinfolder {

// The thresholds and the factor are those of the reference implementation (facenet-pytorch).
struct MtcnnOptions {
  int min_face = 20;              // smallest face, pixels of the picture that is looked at; at least kSmallestMinFace
  double pyramid_factor = 0.709;  // each level's sides relative to the level before: half the area
  float pnet_threshold = 0.6F;
  float rnet_threshold = 0.7F;
  float onet_threshold = 0.7F;
};

// P-Net sees 12 pixels: below this the picture would be blown up to more than twice its size for nothing.
inline constexpr int kSmallestMinFace = 6;

// Batches of pictures [N, 3, H, W], normalised, by network: levels of the pyramid, then windows of 24 x 24 and 48 x 48.
struct CascadeInputs {
  std::vector<Tensor> pnet;
  std::vector<Tensor> rnet;
  std::vector<Tensor> onet;
};

// Immutable once loaded; Detect may be called from many threads at once, each call on one core.
class Mtcnn {
 public:
  // kInvalidArgument for options out of range and for a package that is no detector; else as Network::Load.
  static Result<Mtcnn> Load(const ModelPackage& package, const MtcnnOptions& options);

  // Faces by falling score, in fractions of the picture; none in a picture smaller than a face.
  Result<std::vector<Detection>> Detect(const Image& image) const;

  // The face that somebody says is in this box (fractions of the picture), found by the networks or not: O-Net's
  // landmarks and score, and its box where that overlaps the given one by half. kInvalidArgument for a box that is not
  // on the picture.
  Result<Detection> LookAt(const Image& image, const Box& box) const;

  // The cascade's first two steps by themselves, whose mistakes are what the networks after them are trained with.
  // P-Net over all levels of the pyramid: squares in pixels of the picture that may hold a face.
  Result<std::vector<ScoredBox>> Propose(const Image& image) const;
  // R-Net: the squares that do look like a face, moved to fit it better.
  Result<std::vector<ScoredBox>> Refine(const Image& image, std::vector<ScoredBox> squares) const;

  // What the networks are shown when they look at this picture, but for the windows that are more than `most`, of which
  // that many are taken, evenly from the surest to the least sure.
  Result<CascadeInputs> InputsFor(const Image& image, std::size_t most) const;

  const MtcnnOptions& options() const { return options_; }

 private:
  Mtcnn() = default;

  // O-Net: the faces, with landmarks, in pixels of the picture.
  Result<std::vector<Detection>> Finish(const Image& image, std::vector<ScoredBox> squares) const;

  MtcnnOptions options_;
  Normalization normalization_;
  Network pnet_;
  Network rnet_;
  Network onet_;
};

}  // namespace kinfolder
