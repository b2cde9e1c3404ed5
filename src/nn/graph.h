// A network as a value: typed operators over named values, in an order in which they can run. ONNX files are read into
// it (nn/onnx.h), passes rewrite it (nn/passes.h), sessions run it (nn/session.h).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "nn/tensor.h"

namespace kinfolder {

// How a window slides over the height and width of [N, C, H, W]. Pairs are (vertical, horizontal).
struct Window {
  enum class Padding { kExplicit, kSameUpper, kSameLower };  // "same": the output is ceil(input / stride)

  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 2> dilations{1, 1};
  std::array<std::int64_t, 4> pads{};  // top, left, bottom, right; for kExplicit
  Padding padding = Padding::kExplicit;
  bool ceil_mode = false;  // pooling only: a last window that is cut by the border counts

  bool operator==(const Window&) const = default;
};

// What Conv and Gemm may do to their result before it is stored. Files have kNone; passes set the others.
enum class Activation { kNone, kRelu, kSigmoid };

// x rounded to the grid of an 8-bit number: step * clamp(round(x / step), -zero, 255 - zero), half-way cases to even.
// In files it is ONNX's QuantizeLinear and DequantizeLinear, one after the other.
struct FakeQuantize {
  float step = 1;
  std::int32_t zero = 0;  // 0 to 255: the byte that stands for 0
  bool operator==(const FakeQuantize&) const = default;

  static constexpr std::int32_t kSigned = 128;  // the zero of -128 to 127
  float least() const { return static_cast<float>(-zero); }
  float most() const { return static_cast<float>(255 - zero); }
};

// The operators. Inputs are listed by position; those in brackets may be absent: the empty name. Every operator has one
// output. Meaning and defaults are those of ONNX (github.com/onnx/onnx/blob/main/docs/Operators.md) unless said.

// x [N, C, H, W], weight [O, C / groups, kernel], [bias [O]], [addend, of the output's shape], [slope, O values].
// y = activation(conv(x) + bias + addend); with slope the activation is PRelu. Then y is rounded to `grid`, where there
// is one.
struct Conv {
  Window window;
  std::int64_t groups = 1;
  Activation activation = Activation::kNone;
  std::optional<FakeQuantize> grid = std::nullopt;
  bool operator==(const Conv&) const = default;
};
// x [N, K], weight [K, O] ([O, K] when transposed), [bias, broadcast to the output], [addend], [slope].
// y = activation(alpha * x weight + beta * bias + addend).
struct Gemm {
  bool transpose_weight = false;
  float alpha = 1;
  float beta = 1;
  Activation activation = Activation::kNone;
  bool operator==(const Gemm&) const = default;
};
// The places of the optional inputs of Conv and Gemm.
inline constexpr std::size_t kBias = 2;
inline constexpr std::size_t kAddend = 3;
inline constexpr std::size_t kSlope = 4;

// x [N, C, ...], scale [C], bias [C], mean [C], variance [C].
struct BatchNorm {
  float epsilon = 1e-5F;
  bool operator==(const BatchNorm&) const = default;
};
struct Relu {
  bool operator==(const Relu&) const = default;
};
struct Sigmoid {
  bool operator==(const Sigmoid&) const = default;
};
// x, slope broadcast to x.
struct PRelu {
  bool operator==(const PRelu&) const = default;
};
// x limited to [low, high].
struct Clip {
  float low = 0;
  float high = 0;
  bool operator==(const Clip&) const = default;
};
// Two values broadcast to each other.
struct Binary {
  enum class Kind { kAdd, kSub, kMul, kDiv } kind = Kind::kAdd;
  bool operator==(const Binary&) const = default;
};
// Padding never wins a maximum. An average is over the window's part inside the picture, or, with count_padding, inside
// the padded picture. The last window of ceil_mode starts inside the picture or its left padding (as in PyTorch).
struct Pool {
  enum class Kind { kMax, kAverage } kind = Kind::kMax;
  Window window;
  bool count_padding = false;
  bool operator==(const Pool&) const = default;
};
// [N, C, H, W] -> [N, C, 1, 1].
struct GlobalAveragePool {
  bool operator==(const GlobalAveragePool&) const = default;
};
struct Softmax {
  std::size_t axis = 1;
  bool operator==(const Softmax&) const = default;
};
// x / |x|, L2 along the axis; a zero vector stays zero.
struct L2Normalize {
  std::size_t axis = 1;
  bool operator==(const L2Normalize&) const = default;
};
// |x|, L2 along the axis, which stays with size 1.
struct ReduceL2 {
  std::size_t axis = 1;
  bool operator==(const ReduceL2&) const = default;
};
struct Concat {
  std::size_t axis = 1;
  bool operator==(const Concat&) const = default;
};
struct Transpose {
  std::vector<std::size_t> permutation;  // output dimension i is input dimension permutation[i]
  bool operator==(const Transpose&) const = default;
};
// Elements start, start + 1, ... end - 1 along one axis; negative positions count from the end.
struct Slice {
  std::size_t axis = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
  bool operator==(const Slice&) const = default;
};
// Sizes; 0 copies the input's dimension of that place, one -1 takes what remains.
struct Reshape {
  Shape shape;
  bool operator==(const Reshape&) const = default;
};
// [product of dimensions before axis, product of the others].
struct Flatten {
  std::size_t axis = 1;
  bool operator==(const Flatten&) const = default;
};

using Op = std::variant<Conv, Gemm, BatchNorm, Relu, Sigmoid, PRelu, Clip, Binary, Pool, GlobalAveragePool, Softmax,
                        L2Normalize, ReduceL2, Concat, Transpose, Slice, Reshape, Flatten, FakeQuantize>;

// "Conv", "Gemm", ... for messages.
std::string_view OpName(const Op& op);

// Of the same data in another shape.
bool IsView(const Op& op);

struct Node {
  Op op;
  std::vector<std::string> inputs;
  std::string output;

  // The name of an input, empty when it is absent.
  const std::string& Input(std::size_t index) const;
  // Makes room for it if need be.
  void SetInput(std::size_t index, std::string name);

  bool operator==(const Node&) const = default;
};

// Does a Conv or Gemm do more than ONNX's?
bool IsFused(const Node& node);

struct GraphInput {
  std::string name;
  Shape shape;  // a negative dimension is open: -1 is open_dimensions[0], -2 is open_dimensions[1], ...

  bool operator==(const GraphInput&) const = default;
};

struct Graph {
  std::vector<std::string> open_dimensions;  // names, e.g. "N"
  std::vector<GraphInput> inputs;
  std::map<std::string, Tensor> constants;
  std::vector<Node> nodes;  // each after those whose outputs it takes
  std::vector<std::string> outputs;
  std::map<std::string, QuantizedTensor> quantized = {};  // further constants: weights of convolutions in 8 bits

  // The constant of that name in float32, or null.
  const Tensor* Constant(const std::string& name) const;
  // In either kind of numbers.
  bool IsConstant(const std::string& name) const;
  // The values of a constant in either.
  Tensor ValuesOf(const std::string& constant) const;

  bool operator==(const Graph&) const = default;
};

// kCorrupt unless the node has as many inputs as its operator takes.
Status CheckArity(const Node& node);

// Every value is defined once and before its uses, constants hold what their shapes say, the operators fit the shapes.
// kCorrupt with what is wrong.
Status Validate(const Graph& graph);

}  // namespace kinfolder
