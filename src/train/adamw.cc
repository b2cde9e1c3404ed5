#include "train/adamw.h"

#include <cmath>
#include <utility>

namespace kinfolder {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kDivisionFloor = 1e-8;

}  // namespace

void AdamW::Step(const TorchNetwork& network, double learning_rate, double clip) {
  const torch::NoGradGuard no_gradients;
  ++steps_;
  const torch::Tensor& gradients = network.gradients();
  // Stays on the device: nobody waits for the length.
  gradients.mul_((clip / (gradients.norm() + 1e-12)).clamp_max(1));
  first_moment_.lerp_(gradients, 1 - kBeta1);
  second_moment_.mul_(kBeta2).addcmul_(gradients, gradients, 1 - kBeta2);
  const auto steps = static_cast<double>(steps_);
  const double correction1 = 1 - std::pow(kBeta1, steps);
  const double correction2 = 1 - std::pow(kBeta2, steps);
  const torch::Tensor& parameters = network.parameters();
  parameters.addcmul_(parameters, network.decayed(), -learning_rate * weight_decay_);
  parameters.addcdiv_(first_moment_, (second_moment_ / correction2).sqrt_().add_(kDivisionFloor),
                      -learning_rate / correction1);
}

void AdamW::Restore(torch::Tensor first_moment, torch::Tensor second_moment, std::int64_t steps) {
  first_moment_ = std::move(first_moment);
  second_moment_ = std::move(second_moment);
  steps_ = steps;
}

}  // namespace kinfolder
