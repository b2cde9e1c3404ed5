#include "faces/embedder.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

#include "faces/align.h"

namespace kinfolder {
namespace {

void WritePlanes(const Image& crop, const Normalization& normalization, std::span<float> planes) {
  const std::size_t plane = planes.size() / 3;
  const std::span<const std::uint8_t> pixels = crop.pixels();
  for (std::size_t channel = 0; channel < 3; ++channel) {
    float* target = planes.data() + channel * plane;
    for (std::size_t i = 0; i < plane; ++i) {
      target[i] = (static_cast<float>(pixels[3 * i + channel]) - normalization.mean) * normalization.scale;
    }
  }
}

// False for vectors that have no direction.
bool ToUnitLength(std::span<float> vector) {
  double squares = 0;
  for (const float value : vector) squares += double{value} * double{value};
  const double length = std::sqrt(squares);
  if (!std::isfinite(length) || length < 1e-12) return false;
  for (float& value : vector) value = static_cast<float>(value / length);
  return true;
}

}  // namespace

Tensor EmbedderInput(const ModelManifest& manifest, std::span<const Image> crops) {
  const int side = manifest.crop.size;
  const std::size_t values = std::size_t{3} * side * side;
  Tensor pictures{{static_cast<std::int64_t>(crops.size()), 3, side, side}, std::vector<float>(crops.size() * values)};
  for (std::size_t i = 0; i < crops.size(); ++i)
    WritePlanes(crops[i], manifest.normalization, std::span(pictures.values).subspan(i * values, values));
  return pictures;
}

Result<Embedder> Embedder::Load(const ModelPackage& package) {
  if (package.manifest.kind != ModelKind::kEmbedder) {
    return Fail(ErrorCode::kInvalidArgument, "the model {} finds faces, it does not recognise them",
                package.manifest.id);
  }
  Embedder embedder;
  embedder.manifest_ = package.manifest;
  ASSIGN_OR_RETURN(embedder.network_, Network::Load(package, "embedder", {"embedding"}));
  return embedder;
}

Result<std::vector<Embedding>> Embedder::Embed(std::span<const Image> crops) const {
  const int side = manifest_.crop.size;
  for (const Image& crop : crops) {
    if (crop.size() != Size{side, side}) {
      return Fail(ErrorCode::kInvalidArgument, "the model {} takes crops of {} x {} pixels, not {} x {}", id(), side,
                  side, crop.width(), crop.height());
    }
  }
  const auto dimension = static_cast<std::size_t>(manifest_.dimension);
  std::vector<Embedding> embeddings;
  embeddings.reserve(crops.size());
  const bool flip = manifest_.average_flipped;
  for (std::size_t begin = 0; begin < crops.size();) {
    const auto batch = crops.subspan(begin, NextBatch(crops.size() - begin, flip ? kBatch / 2 : kBatch));
    std::vector<Image> both;
    if (flip) {
      both.assign(batch.begin(), batch.end());
      std::ranges::transform(batch, std::back_inserter(both), MirroredLeftRight);
    }
    const Tensor pictures = EmbedderInput(manifest_, flip ? both : batch);
    ASSIGN_OR_RETURN(std::vector<Tensor> outputs, network_.Run(pictures, {manifest_.dimension}));
    std::vector<float>& values = outputs[0].values;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto vector = std::span(values).subspan(i * dimension, dimension);
      if (flip) {
        const auto mirrored = std::span(values).subspan((batch.size() + i) * dimension, dimension);
        std::ranges::transform(vector, mirrored, vector.begin(), std::plus());
      }
      if (!ToUnitLength(vector)) return Fail(ErrorCode::kCorrupt, "the model {} gives no numbers for a face", id());
      embeddings.push_back({id(), {vector.begin(), vector.end()}});
    }
    begin += batch.size();
  }
  return embeddings;
}

}  // namespace kinfolder
