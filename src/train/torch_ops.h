// One operator of a network (nn/graph.h), run by libtorch with gradients.
#pragma once

#include <vector>

#include "nn/graph.h"
#include "train/torch.h"

namespace kinfolder {

struct OpOptions {
  bool training = false;                        // BatchNorm by the batch
  double momentum = 0.1;                        // the batch's share in BatchNorm's running statistics
  torch::ScalarType compute = torch::kFloat32;  // of Conv and Gemm
  bool relu = false;                            // of the result, in place
};

// The result of `op`, which is not fused, for inputs that fit it; absent inputs are undefined tensors.
torch::Tensor RunOp(const Op& op, const std::vector<torch::Tensor>& inputs, const OpOptions& options);

}  // namespace kinfolder
