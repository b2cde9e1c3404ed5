// Loshchilov, Hutter: "Decoupled Weight Decay Regularization", 2019 (AdamW), on a network's flat parameters.
#pragma once

#include "train/torch_network.h"

namespace kinfolder {

class AdamW {
 public:
  AdamW(const TorchNetwork& network, double weight_decay)
      : weight_decay_(weight_decay),
        first_moment_(torch::zeros_like(network.parameters())),
        second_moment_(torch::zeros_like(network.parameters())) {}

  // One step along the network's gradients, which are shortened to the length `clip` where they are longer.
  void Step(const TorchNetwork& network, double learning_rate, double clip);

  const torch::Tensor& first_moment() const { return first_moment_; }
  const torch::Tensor& second_moment() const { return second_moment_; }
  // As after `steps` steps.
  void Restore(torch::Tensor first_moment, torch::Tensor second_moment, std::int64_t steps);

 private:
  double weight_decay_;
  torch::Tensor first_moment_;
  torch::Tensor second_moment_;
  std::int64_t steps_ = 0;
};

}  // namespace kinfolder
