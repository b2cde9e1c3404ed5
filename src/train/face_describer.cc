#include "train/face_describer.h"

#include <utility>

#include "app/verification_scores.h"
#include "faces/align.h"
#include "faces/embedder.h"

namespace kinfolder {
namespace {

class PackageDescriber final : public FaceDescriber {
 public:
  explicit PackageDescriber(Embedder embedder) : embedder_(std::move(embedder)) {}

  std::string name() const override { return embedder_.id(); }

  Result<std::vector<float>> Describe(const FaceCrop& face) const override {
    const Image crop = CropFace(face.picture, face.detection, embedder_.crop_rule());
    ASSIGN_OR_RETURN(std::vector<Embedding> embeddings, embedder_.Embed({&crop, 1}));
    return std::move(embeddings.front().values);
  }

  float DistanceOf(std::span<const float> a, std::span<const float> b) const override { return Distance(a, b); }

 private:
  Embedder embedder_;
};

}  // namespace

Result<std::unique_ptr<FaceDescriber>> MakePackageDescriber(const ModelPackage& package) {
  ASSIGN_OR_RETURN(Embedder embedder, Embedder::Load(package));
  return std::make_unique<PackageDescriber>(std::move(embedder));
}

}  // namespace kinfolder
