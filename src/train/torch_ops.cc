#include "train/torch_ops.h"

#include <array>
#include <limits>

#include "nn/shapes.h"

namespace kinfolder {
namespace {

using Pads = std::array<std::int64_t, 4>;  // top, left, bottom, right

Pads PadsFor(const Window& window, const torch::Tensor& x) { return PaddingFor(window, x.size(2), x.size(3)); }

bool IsSymmetric(const Pads& pads) { return pads[0] == pads[2] && pads[1] == pads[3]; }

torch::Tensor Padded(const torch::Tensor& x, const Pads& pads, double value) {
  return torch::constant_pad_nd(x, {pads[1], pads[3], pads[0], pads[2]}, value);
}

// What libtorch's pooling takes as it is: explicit padding of at most half the window.
bool IsPlainPooling(const Window& window) {
  return window.padding == Window::Padding::kExplicit && IsSymmetric(window.pads) &&
         2 * window.pads[0] <= window.kernel[0] && 2 * window.pads[1] <= window.kernel[1];
}

class OpRunner {
 public:
  OpRunner(const std::vector<torch::Tensor>& inputs, const OpOptions& options)
      : inputs_(inputs), options_(options), x_(inputs[0]) {}

  torch::Tensor operator()(const Conv& conv) const {
    Pads pads = PadsFor(conv.window, x_);
    torch::Tensor x = Computed(x_);
    if (!IsSymmetric(pads)) {
      x = Padded(x, pads, 0);
      pads = {};
    }
    return torch::conv2d(x, Computed(inputs_[1]), Optional(kBias), conv.window.strides, {pads[0], pads[1]},
                         conv.window.dilations, conv.groups);
  }

  torch::Tensor operator()(const Gemm& gemm) const {
    const torch::Tensor weight = Computed(inputs_[1]);
    torch::Tensor product = torch::matmul(Computed(x_), gemm.transpose_weight ? weight.t() : weight);
    if (gemm.alpha != 1) product = product * gemm.alpha;
    const torch::Tensor bias = Optional(kBias);
    return bias.defined() ? torch::add(product, bias, gemm.beta) : product;
  }

  torch::Tensor operator()(const BatchNorm& norm) const {
    return torch::batch_norm(x_, inputs_[1], inputs_[2], inputs_[3], inputs_[4], options_.training, options_.momentum,
                             norm.epsilon, true);
  }

  torch::Tensor operator()(const Relu&) const { return torch::relu(x_); }
  torch::Tensor operator()(const Sigmoid&) const { return torch::sigmoid(x_); }
  torch::Tensor operator()(const PRelu&) const {
    const torch::Tensor& slope = inputs_[1];
    if (x_.dim() >= 2 && slope.dim() == x_.dim() - 1 && slope.numel() == slope.size(0) && slope.size(0) == x_.size(1)) {
      return torch::prelu(x_, slope.flatten().to(x_.scalar_type()));
    }
    return torch::where(x_ < 0, x_ * slope, x_);
  }
  torch::Tensor operator()(const FakeQuantize& grid) const {
    return torch::clamp(torch::round(x_ / grid.step), grid.least(), grid.most()) * grid.step;
  }
  torch::Tensor operator()(const Clip& clip) const { return torch::clamp(x_, clip.low, clip.high); }

  torch::Tensor operator()(const Binary& binary) const {
    switch (binary.kind) {
      case Binary::Kind::kAdd:
        return x_ + inputs_[1];
      case Binary::Kind::kSub:
        return x_ - inputs_[1];
      case Binary::Kind::kMul:
        return x_ * inputs_[1];
      case Binary::Kind::kDiv:
        return x_ / inputs_[1];
    }
    return {};
  }

  torch::Tensor operator()(const Pool& pool) const {
    return pool.kind == Pool::Kind::kMax ? MaxPool(pool.window) : AveragePool(pool);
  }
  torch::Tensor operator()(const GlobalAveragePool&) const { return x_.mean({2, 3}, true); }
  torch::Tensor operator()(const Softmax& softmax) const {
    return torch::softmax(x_.to(torch::kFloat32), Dim(softmax));
  }
  torch::Tensor operator()(const L2Normalize& normalize) const {
    const torch::Tensor x = x_.to(torch::kFloat32);
    return x / x.norm(2, Dim(normalize), true).clamp_min(std::numeric_limits<float>::min());
  }
  torch::Tensor operator()(const ReduceL2& reduce) const { return x_.norm(2, Dim(reduce), true); }
  torch::Tensor operator()(const Concat& concat) const { return torch::cat(inputs_, Dim(concat)); }
  torch::Tensor operator()(const Transpose& transpose) const {
    return x_.permute(std::vector<std::int64_t>(transpose.permutation.begin(), transpose.permutation.end()));
  }
  torch::Tensor operator()(const Slice& slice) const { return x_.slice(Dim(slice), slice.start, slice.end); }
  torch::Tensor operator()(const Reshape& reshape) const {
    Shape shape = reshape.shape;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == 0) shape[i] = x_.size(static_cast<std::int64_t>(i));
    }
    return x_.reshape(shape);
  }
  torch::Tensor operator()(const Flatten& flatten) const {
    std::int64_t rows = 1;
    for (std::int64_t i = 0; i < Dim(flatten); ++i) rows *= x_.size(i);
    return x_.reshape({rows, -1});
  }

 private:
  template <class WithAxis>
  static std::int64_t Dim(const WithAxis& op) {
    return static_cast<std::int64_t>(op.axis);
  }
  torch::Tensor Computed(const torch::Tensor& tensor) const { return tensor.to(options_.compute); }
  torch::Tensor Optional(std::size_t input) const {
    return input < inputs_.size() && inputs_[input].defined() ? Computed(inputs_[input]) : torch::Tensor();
  }

  torch::Tensor MaxPool(const Window& window) const {
    if (IsPlainPooling(window)) {
      return torch::max_pool2d(x_, window.kernel, window.strides, {window.pads[0], window.pads[1]}, 1,
                               window.ceil_mode);
    }
    const torch::Tensor padded = Padded(x_, PadsFor(window, x_), -std::numeric_limits<double>::infinity());
    return torch::max_pool2d(padded, window.kernel, window.strides);
  }

  torch::Tensor AveragePool(const Pool& pool) const {
    const Window& window = pool.window;
    if (IsPlainPooling(window)) {
      return torch::avg_pool2d(x_, window.kernel, window.strides, {window.pads[0], window.pads[1]}, window.ceil_mode,
                               pool.count_padding);
    }
    // The sum over the window, divided by how many of its places count.
    const Pads pads = PadsFor(window, x_);
    Window uncut = window;
    uncut.ceil_mode = false;  // what it adds never counts
    const Pads counted = PadsFor(uncut, x_);
    Pads beyond{};
    for (std::size_t i = 0; i < 4; ++i) beyond[i] = pads[i] - counted[i];
    const auto sums = [&window](const torch::Tensor& padded) {
      return torch::avg_pool2d(padded, window.kernel, window.strides, 0, false, true, 1);
    };
    const torch::Tensor places = torch::ones({1, 1, x_.size(2), x_.size(3)}, x_.options());
    const torch::Tensor counts = sums(Padded(Padded(places, counted, pool.count_padding ? 1 : 0), beyond, 0));
    return sums(Padded(x_, pads, 0)) / counts;
  }

  const std::vector<torch::Tensor>& inputs_;
  const OpOptions& options_;
  const torch::Tensor& x_;
};

}  // namespace

torch::Tensor RunOp(const Op& op, const std::vector<torch::Tensor>& inputs, const OpOptions& options) {
  torch::Tensor result = std::visit(OpRunner(inputs, options), op);
  return options.relu ? torch::relu_(result) : result;
}

}  // namespace kinfolder
