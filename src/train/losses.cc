#include "train/losses.h"

#include <limits>

namespace kinfolder {

torch::Tensor TripletLoss(const torch::Tensor& embeddings, const torch::Tensor& people, const TripletOptions& options) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const torch::Tensor distances = 2 - 2 * embeddings.matmul(embeddings.t());  // squared
  const torch::Tensor same = people.unsqueeze(0) == people.unsqueeze(1);
  const torch::Tensor others = same.logical_not();
  const torch::Tensor itself = torch::eye(people.size(0), same.options());
  const torch::Tensor pairs = same.logical_and(itself.logical_not()).nonzero();  // [P, 2]
  if (pairs.size(0) == 0 || !others.any().item<bool>()) return embeddings.sum() * 0;

  const torch::Tensor anchors = pairs.select(1, 0);
  const torch::Tensor from_anchor = distances.index_select(0, anchors);  // [P, N]
  const torch::Tensor to_positive = from_anchor.gather(1, pairs.select(1, 1).unsqueeze(1));
  const torch::Tensor negative = others.index_select(0, anchors);
  // Mining only chooses: gradients flow through the distances of what was chosen.
  const torch::Tensor known = from_anchor.detach();
  torch::Tensor chosen = known.masked_fill(negative.logical_not(), kInfinity).argmin(1, true);
  if (options.mining == Mining::kSemiHard) {
    const torch::Tensor farther = negative.logical_and(known > to_positive.detach());
    const torch::Tensor nearest = known.masked_fill(farther.logical_not(), kInfinity).argmin(1, true);
    const torch::Tensor farthest = known.masked_fill(negative.logical_not(), -kInfinity).argmax(1, true);
    chosen = torch::where(farther.any(1, true), nearest, farthest);
  }
  return torch::relu(to_positive - from_anchor.gather(1, chosen) + options.margin).mean();
}

DistillationLoss DistillFrom(const torch::Tensor& teacher, const torch::Tensor& student) {
  const std::int64_t count = student.size(0);
  const auto pairs = static_cast<double>(std::max<std::int64_t>(count * (count - 1), 1));
  const torch::Tensor difference = student.matmul(student.t()) - teacher.matmul(teacher.t());
  const torch::Tensor itself = torch::eye(count, torch::TensorOptions(torch::kBool).device(student.device()));
  return {1 - (student * teacher).sum(1).mean(), difference.masked_fill(itself, 0).square().sum() / pairs};
}

}  // namespace kinfolder
