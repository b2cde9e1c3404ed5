// Between plain vectors and libtorch's tensors, and from its exceptions to our results.
#pragma once

#include <utility>
#include <vector>

#include "base/result.h"
#include "train/torch.h"

namespace kinfolder {

// A copy, [N].
inline torch::Tensor FromFloats(const std::vector<float>& values, const torch::Device& device) {
  return torch::from_blob(const_cast<float*>(values.data()), {static_cast<std::int64_t>(values.size())},
                          torch::kFloat32)
      .clone()
      .to(device);
}

// All values of a float32 tensor, in row-major order.
inline std::vector<float> ToFloats(const torch::Tensor& tensor) {
  const torch::Tensor values = tensor.to(torch::kCPU).contiguous();
  return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

// What `work` gives; what libtorch throws, as a failure.
template <class T, class F>
Result<T> WithTorch(F&& work) {
  try {
    return std::forward<F>(work)();
  } catch (const c10::Error& error) {
    return Fail(ErrorCode::kUnsupported, "libtorch can't go on: {}", error.what_without_backtrace());
  }
}

}  // namespace kinfolder
