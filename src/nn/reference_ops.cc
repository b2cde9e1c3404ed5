#include "nn/reference_ops.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

// Every index of `shape` in row-major order.
template <class F>
void ForEachIndex(const Shape& shape, F&& visit) {
  std::vector<std::int64_t> index(shape.size());
  for (std::int64_t count = ElementCount(shape); count > 0; --count) {
    visit(index);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
}

// The element of `view` at `index` of a shape that the view is broadcast to.
float Broadcast(const TensorView& view, std::span<const std::int64_t> index) {
  const std::size_t missing = index.size() - view.shape.size();
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < view.shape.size(); ++d)
    offset = offset * view.shape[d] + (view.shape[d] == 1 ? 0 : index[missing + d]);
  return view.data[offset];
}

// A shape seen as [outer, size, inner] around one axis.
struct Around {
  Around(const Shape& shape, std::size_t axis)
      : outer(ElementCount({shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis)})),
        size(shape[axis]),
        inner(ElementCount({shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end()})) {}

  // visit(first) for the offset of each line's first element; its elements are `inner` apart.
  template <class F>
  void ForEachLine(F&& visit) const {
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t i = 0; i < inner; ++i) visit(o * size * inner + i);
    }
  }

  std::int64_t outer;
  std::int64_t size;
  std::int64_t inner;
};

float SigmoidOf(float x) { return 1 / (1 + std::exp(-x)); }

float Rounded(float x, const FakeQuantize& grid) {
  return grid.step * std::clamp(std::nearbyint(x / grid.step), grid.least(), grid.most());
}

// The part of one window that lies inside the picture: kernel indices [first, last) at picture position at + k * step.
struct Reach {
  Reach(std::int64_t start, std::int64_t kernel, std::int64_t step, std::int64_t size)
      : at(start),
        first(start >= 0 ? 0 : (-start + step - 1) / step),
        last(start >= size ? 0 : std::min(kernel, (size - 1 - start) / step + 1)) {}

  std::int64_t at;
  std::int64_t first;
  std::int64_t last;
};

class Evaluator {
 public:
  Evaluator(std::span<const TensorView> inputs, const Shape& shape, float* output)
      : inputs_(inputs), shape_(shape), output_(output), x_(inputs[0].data), in_(inputs[0].shape) {}

  void operator()(const Conv& conv) const {
    const auto pads = PaddingFor(conv.window, in_[2], in_[3]);
    std::int64_t o = 0;
    for (std::int64_t n = 0; n < shape_[0]; ++n) {
      for (std::int64_t c = 0; c < shape_[1]; ++c) {
        for (std::int64_t y = 0; y < shape_[2]; ++y) {
          for (std::int64_t x = 0; x < shape_[3]; ++x, ++o) {
            output_[o] = Finish(ConvolveAt(conv, pads, n, c, y, x) + Optional(kBias, c), o, c, conv.activation);
            if (conv.grid) output_[o] = Rounded(output_[o], *conv.grid);
          }
        }
      }
    }
  }

  void operator()(const Gemm& gemm) const {
    const Shape& weight = inputs_[1].shape;
    std::int64_t at = 0;
    for (std::int64_t n = 0; n < shape_[0]; ++n) {
      for (std::int64_t o = 0; o < shape_[1]; ++o, ++at) {
        float sum = 0;
        for (std::int64_t k = 0; k < in_[1]; ++k)
          sum += x_[n * in_[1] + k] * inputs_[1].data[gemm.transpose_weight ? o * weight[1] + k : k * weight[1] + o];
        sum *= gemm.alpha;
        if (Has(kBias)) sum += gemm.beta * Broadcast(inputs_[kBias], std::array{n, o});
        output_[at] = Finish(sum, at, o, gemm.activation);
      }
    }
  }

  void operator()(const BatchNorm& norm) const {
    const Around channels(in_, 1);
    for (std::int64_t i = 0; i < ElementCount(in_); ++i) {
      const std::int64_t c = i / channels.inner % channels.size;
      const auto parameter = [&](std::size_t input) { return inputs_[input].data[c]; };
      output_[i] = (x_[i] - parameter(3)) / std::sqrt(parameter(4) + norm.epsilon) * parameter(1) + parameter(2);
    }
  }

  void operator()(const Relu&) const {
    Map([](float x) { return std::max(x, 0.0F); });
  }
  void operator()(const Sigmoid&) const { Map(SigmoidOf); }
  void operator()(const Clip& clip) const {
    Map([&clip](float x) { return std::min(std::max(x, clip.low), clip.high); });
  }
  void operator()(const FakeQuantize& grid) const {
    Map([&grid](float x) { return Rounded(x, grid); });
  }
  void operator()(const PRelu&) const {
    Zip([](float x, float slope) { return x < 0 ? x * slope : x; });
  }

  void operator()(const Binary& binary) const {
    switch (binary.kind) {
      case Binary::Kind::kAdd:
        return Zip([](float a, float b) { return a + b; });
      case Binary::Kind::kSub:
        return Zip([](float a, float b) { return a - b; });
      case Binary::Kind::kMul:
        return Zip([](float a, float b) { return a * b; });
      case Binary::Kind::kDiv:
        return Zip([](float a, float b) { return a / b; });
    }
  }

  void operator()(const Pool& pool) const {
    const auto pads = PaddingFor(pool.window, in_[2], in_[3]);
    float* out = output_;
    for (std::int64_t plane = 0; plane < in_[0] * in_[1]; ++plane) {
      for (std::int64_t y = 0; y < shape_[2]; ++y) {
        for (std::int64_t x = 0; x < shape_[3]; ++x)
          *out++ = PoolAt(pool, x_ + plane * in_[2] * in_[3], y * pool.window.strides[0] - pads[0],
                          x * pool.window.strides[1] - pads[1]);
      }
    }
  }

  void operator()(const GlobalAveragePool&) const {
    const std::int64_t pixels = in_[2] * in_[3];
    for (std::int64_t plane = 0; plane < in_[0] * in_[1]; ++plane) {
      double sum = 0;
      for (std::int64_t i = 0; i < pixels; ++i) sum += x_[plane * pixels + i];
      output_[plane] = static_cast<float>(sum / static_cast<double>(pixels));
    }
  }

  void operator()(const Softmax& softmax) const {
    const Around axis(in_, softmax.axis);
    axis.ForEachLine([&](std::int64_t first) {
      const auto at = [&](std::int64_t k) { return first + k * axis.inner; };
      float largest = -std::numeric_limits<float>::infinity();
      for (std::int64_t k = 0; k < axis.size; ++k) largest = std::max(largest, x_[at(k)]);
      float sum = 0;
      for (std::int64_t k = 0; k < axis.size; ++k) sum += output_[at(k)] = std::exp(x_[at(k)] - largest);
      for (std::int64_t k = 0; k < axis.size; ++k) output_[at(k)] /= sum;
    });
  }

  void operator()(const L2Normalize& normalize) const {
    const Around axis(in_, normalize.axis);
    axis.ForEachLine([&](std::int64_t first) {
      const float length = Length(axis, first);
      for (std::int64_t k = 0; k < axis.size; ++k) {
        const std::int64_t at = first + k * axis.inner;
        output_[at] = length > 0 ? x_[at] / length : x_[at];
      }
    });
  }

  void operator()(const ReduceL2& reduce) const {
    const Around axis(in_, reduce.axis);
    float* out = output_;
    axis.ForEachLine([&](std::int64_t first) { *out++ = Length(axis, first); });
  }

  void operator()(const Concat& concat) const {
    const Around whole(shape_, concat.axis);
    float* out = output_;
    for (std::int64_t o = 0; o < whole.outer; ++o) {
      for (const TensorView& input : inputs_) {
        const std::int64_t run = input.shape[concat.axis] * whole.inner;
        out = std::copy_n(input.data + o * run, run, out);
      }
    }
  }

  void operator()(const Transpose& transpose) const {
    std::vector<std::int64_t> strides(in_.size(), 1);  // of the input, in the order of the output's dimensions
    for (std::size_t d = 0; d < in_.size(); ++d) {
      for (std::size_t later = transpose.permutation[d] + 1; later < in_.size(); ++later) strides[d] *= in_[later];
    }
    float* out = output_;
    ForEachIndex(shape_, [&](std::span<const std::int64_t> index) {
      std::int64_t offset = 0;
      for (std::size_t d = 0; d < index.size(); ++d) offset += index[d] * strides[d];
      *out++ = x_[offset];
    });
  }

  void operator()(const Slice& slice) const {
    const Around from(in_, slice.axis);
    const std::int64_t start =
        std::clamp<std::int64_t>(slice.start < 0 ? slice.start + from.size : slice.start, 0, from.size);
    const std::int64_t run = shape_[slice.axis] * from.inner;
    for (std::int64_t o = 0; o < from.outer; ++o)
      std::copy_n(x_ + (o * from.size + start) * from.inner, run, output_ + o * run);
  }

  void operator()(const Reshape&) const { std::copy_n(x_, ElementCount(in_), output_); }
  void operator()(const Flatten&) const { std::copy_n(x_, ElementCount(in_), output_); }

 private:
  bool Has(std::size_t input) const { return input < inputs_.size() && inputs_[input].data != nullptr; }
  float Optional(std::size_t input, std::int64_t at) const { return Has(input) ? inputs_[input].data[at] : 0; }

  // The end of Conv and Gemm: addend, slope, activation of the output at `at` in channel `c`.
  float Finish(float value, std::int64_t at, std::int64_t c, Activation activation) const {
    value += Optional(kAddend, at);
    if (Has(kSlope) && value < 0) value *= inputs_[kSlope].data[c];
    if (activation == Activation::kRelu) return std::max(value, 0.0F);
    return activation == Activation::kSigmoid ? SigmoidOf(value) : value;
  }

  float ConvolveAt(const Conv& conv, const std::array<std::int64_t, 4>& pads, std::int64_t n, std::int64_t c,
                   std::int64_t y, std::int64_t x) const {
    const Window& window = conv.window;
    const std::int64_t depth = in_[1] / conv.groups;
    const std::int64_t first_channel = c / (shape_[1] / conv.groups) * depth;
    const Reach rows(y * window.strides[0] - pads[0], window.kernel[0], window.dilations[0], in_[2]);
    const Reach columns(x * window.strides[1] - pads[1], window.kernel[1], window.dilations[1], in_[3]);
    float sum = 0;
    for (std::int64_t i = 0; i < depth; ++i) {
      const float* plane = x_ + (n * in_[1] + first_channel + i) * in_[2] * in_[3];
      const float* weight = inputs_[1].data + (c * depth + i) * window.kernel[0] * window.kernel[1];
      for (std::int64_t ky = rows.first; ky < rows.last; ++ky) {
        for (std::int64_t kx = columns.first; kx < columns.last; ++kx)
          sum += plane[(rows.at + ky * window.dilations[0]) * in_[3] + columns.at + kx * window.dilations[1]] *
                 weight[ky * window.kernel[1] + kx];
      }
    }
    return sum;
  }

  float PoolAt(const Pool& pool, const float* plane, std::int64_t top, std::int64_t left) const {
    const Window& window = pool.window;
    const Reach rows(top, window.kernel[0], 1, in_[2]);
    const Reach columns(left, window.kernel[1], 1, in_[3]);
    float largest = -std::numeric_limits<float>::infinity();
    float sum = 0;
    for (std::int64_t ky = rows.first; ky < rows.last; ++ky) {
      for (std::int64_t kx = columns.first; kx < columns.last; ++kx) {
        const float value = plane[(top + ky) * in_[3] + left + kx];
        largest = std::max(largest, value);
        sum += value;
      }
    }
    if (pool.kind == Pool::Kind::kMax) return largest;
    std::int64_t count = (rows.last - rows.first) * (columns.last - columns.first);
    if (pool.count_padding) {
      const auto explicit_pads = Uncut(window);
      count = (std::min(top + window.kernel[0], in_[2] + explicit_pads[2]) - top) *
              (std::min(left + window.kernel[1], in_[3] + explicit_pads[3]) - left);
    }
    return sum / static_cast<float>(count);
  }

  // The padding without what ceil_mode adds, which is never counted.
  std::array<std::int64_t, 4> Uncut(Window window) const {
    window.ceil_mode = false;
    return PaddingFor(window, in_[2], in_[3]);
  }

  float Length(const Around& axis, std::int64_t first) const {
    double sum = 0;
    for (std::int64_t k = 0; k < axis.size; ++k) {
      const double value = x_[first + k * axis.inner];
      sum += value * value;
    }
    return static_cast<float>(std::sqrt(sum));
  }

  template <class F>
  void Map(F&& f) const {
    std::transform(x_, x_ + ElementCount(in_), output_, f);
  }

  template <class F>
  void Zip(F&& f) const {
    float* out = output_;
    ForEachIndex(shape_, [&](std::span<const std::int64_t> index) {
      *out++ = f(Broadcast(inputs_[0], index), Broadcast(inputs_[1], index));
    });
  }

  std::span<const TensorView> inputs_;
  const Shape& shape_;
  float* output_;
  const float* x_;
  const Shape& in_;
};

}  // namespace

void Evaluate(const Node& node, std::span<const TensorView> inputs, const Shape& output_shape, float* output) {
  CHECK(inputs.size() == node.inputs.size());
  std::visit(Evaluator(inputs, output_shape, output), node.op);
}

}  // namespace kinfolder
