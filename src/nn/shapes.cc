#include "nn/shapes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace kinfolder {
namespace {

// The largest kernel, stride, dilation and padding, in pixels.
constexpr std::int64_t kMaxWindow = 1 << 20;

bool IsOpen(std::int64_t dimension) { return dimension < 0; }

// Could both be one size?
bool Fits(std::int64_t a, std::int64_t b) { return a == b || IsOpen(a) || IsOpen(b); }

bool Fits(const Shape& a, const Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto x, auto y) { return Fits(x, y); });
}

// The known part of a product of dimensions, and the open dimensions in it.
struct Product {
  std::int64_t known = 1;
  std::vector<std::int64_t> open;

  void Multiply(std::int64_t dimension) {
    if (IsOpen(dimension)) {
      open.push_back(dimension);
    } else if (known <= std::numeric_limits<std::int64_t>::max() / std::max<std::int64_t>(dimension, 1)) {
      known *= dimension;
    } else {
      known = std::numeric_limits<std::int64_t>::max();
    }
  }
  std::int64_t Dimension(std::int64_t& next_open) const {
    if (open.empty()) return known;
    if (open.size() == 1 && known == 1) return open.front();
    return next_open--;
  }
};

class ShapeRule {
 public:
  ShapeRule(const Node& node, std::span<const Shape> inputs, std::int64_t& next_open)
      : node_(node), inputs_(inputs), next_open_(next_open) {}

  Result<Shape> operator()(const Conv& conv) const {
    RETURN_IF_ERROR(NeedRank(0, 4));
    RETURN_IF_ERROR(NeedRank(1, 4));
    const Shape& x = inputs_[0];
    const Shape& weight = inputs_[1];
    if (conv.groups < 1 || conv.groups > kMaxElements ||
        !Fits(x[1], IsOpen(weight[1]) ? weight[1] : weight[1] * conv.groups) ||
        (!IsOpen(weight[0]) && weight[0] % conv.groups != 0) || !Fits(weight[2], conv.window.kernel[0]) ||
        !Fits(weight[3], conv.window.kernel[1]))
      return Misfit();
    ASSIGN_OR_RETURN(const auto size, Slide(conv.window, x));
    return WithEpilogue({x[0], weight[0], size[0], size[1]}, Shape{weight[0]});
  }

  Result<Shape> operator()(const Gemm& gemm) const {
    RETURN_IF_ERROR(NeedRank(0, 2));
    RETURN_IF_ERROR(NeedRank(1, 2));
    const std::size_t k = gemm.transpose_weight ? 1 : 0;
    if (!Fits(inputs_[0][1], inputs_[1][k])) return Misfit();
    const Shape output{inputs_[0][0], inputs_[1][1 - k]};
    return WithEpilogue(output, node_.Input(kBias).empty() ? Shape{} : inputs_[kBias]);
  }

  Result<Shape> operator()(const BatchNorm&) const {
    if (inputs_[0].size() < 2) return Misfit();
    for (std::size_t i = 1; i < inputs_.size(); ++i) {
      if (!Fits(inputs_[i], {inputs_[0][1]})) return Misfit();
    }
    return inputs_[0];
  }

  Result<Shape> operator()(const Relu&) const { return inputs_[0]; }
  Result<Shape> operator()(const Sigmoid&) const { return inputs_[0]; }
  Result<Shape> operator()(const Clip&) const { return inputs_[0]; }
  Result<Shape> operator()(const FakeQuantize& op) const {
    if (!(op.step > 0) || !std::isfinite(op.step) || op.zero < 0 || op.zero > 255) return Misfit();
    return inputs_[0];
  }
  Result<Shape> operator()(const PRelu&) const { return BroadcastTo(inputs_[1], inputs_[0]); }
  Result<Shape> operator()(const Binary&) const { return BroadcastShape(inputs_[0], inputs_[1]); }

  Result<Shape> operator()(const Pool& pool) const {
    RETURN_IF_ERROR(NeedRank(0, 4));
    const Window& window = pool.window;
    RETURN_IF_ERROR(CheckWindow(window));
    if (window.dilations != std::array<std::int64_t, 2>{1, 1}) return Misfit();
    for (std::size_t side = 0; side < 4; ++side) {
      if (window.pads[side] >= window.kernel[side % 2]) return Misfit();  // a window of nothing but padding
    }
    ASSIGN_OR_RETURN(const auto size, Slide(window, inputs_[0]));
    return Shape{inputs_[0][0], inputs_[0][1], size[0], size[1]};
  }

  Result<Shape> operator()(const GlobalAveragePool&) const {
    RETURN_IF_ERROR(NeedRank(0, 4));
    return Shape{inputs_[0][0], inputs_[0][1], 1, 1};
  }

  Result<Shape> operator()(const Softmax& op) const { return NeedAxis(op.axis); }
  Result<Shape> operator()(const L2Normalize& op) const { return NeedAxis(op.axis); }
  Result<Shape> operator()(const ReduceL2& op) const {
    ASSIGN_OR_RETURN(Shape shape, NeedAxis(op.axis));
    shape[op.axis] = 1;
    return shape;
  }

  Result<Shape> operator()(const Concat& op) const {
    ASSIGN_OR_RETURN(Shape output, NeedAxis(op.axis));
    bool open = false;
    std::int64_t sum = 0;
    for (const Shape& input : inputs_) {
      if (input.size() != output.size()) return Misfit();
      for (std::size_t i = 0; i < input.size(); ++i) {
        if (i != op.axis && !Fits(input[i], output[i])) return Misfit();
        if (i != op.axis && IsOpen(output[i])) output[i] = input[i];
      }
      open = open || IsOpen(input[op.axis]);
      sum += input[op.axis];
    }
    if (inputs_.size() > 1) output[op.axis] = open ? next_open_-- : sum;
    return output;
  }

  Result<Shape> operator()(const Transpose& op) const {
    const Shape& input = inputs_[0];
    std::vector<bool> seen(input.size());
    Shape output;
    for (const std::size_t from : op.permutation) {
      if (from >= input.size() || seen[from]) return Misfit();
      seen[from] = true;
      output.push_back(input[from]);
    }
    if (output.size() != input.size()) return Misfit();
    return output;
  }

  Result<Shape> operator()(const Slice& op) const {
    ASSIGN_OR_RETURN(Shape output, NeedAxis(op.axis));
    const std::int64_t size = output[op.axis];
    if (IsOpen(size)) {
      output[op.axis] = next_open_--;
      return output;
    }
    const auto place = [size](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size); };
    output[op.axis] = place(op.end) - place(op.start);
    if (output[op.axis] < 1) return Misfit();
    return output;
  }

  Result<Shape> operator()(const Reshape& op) const {
    const Shape& input = inputs_[0];
    Product all;
    for (const std::int64_t dimension : input) all.Multiply(dimension);
    Product named;
    Shape output;
    std::size_t rest = op.shape.size();
    for (std::size_t i = 0; i < op.shape.size(); ++i) {
      if (op.shape[i] < -1 || (op.shape[i] == 0 && i >= input.size())) return Misfit();
      output.push_back(op.shape[i] == 0 ? input[i] : op.shape[i]);
      if (op.shape[i] == -1) {
        if (rest != op.shape.size()) return Misfit();
        rest = i;
      } else {
        named.Multiply(output.back());
      }
    }
    return FillReshape(std::move(output), rest, std::move(all), named);
  }

  Result<Shape> operator()(const Flatten& op) const {
    const Shape& input = inputs_[0];
    if (op.axis > input.size()) return Misfit();
    Product rows;
    Product columns;
    for (std::size_t i = 0; i < input.size(); ++i) (i < op.axis ? rows : columns).Multiply(input[i]);
    const std::int64_t row_count = rows.Dimension(next_open_);
    return Shape{row_count, columns.Dimension(next_open_)};
  }

 private:
  tl::unexpected<Error> Misfit() const {
    std::string shapes;
    for (const Shape& shape : inputs_) shapes += (shapes.empty() ? "" : ", ") + ToString(shape);
    return Fail(ErrorCode::kCorrupt, "{} of {} does not fit its inputs {}", OpName(node_.op), node_.output, shapes);
  }

  Status NeedRank(std::size_t input, std::size_t rank) const {
    if (inputs_[input].size() != rank) return Misfit();
    return {};
  }

  Result<Shape> NeedAxis(std::size_t axis) const {
    if (axis >= inputs_[0].size()) return Misfit();
    return inputs_[0];
  }

  Result<Shape> BroadcastTo(const Shape& from, const Shape& to) const {
    const auto shape = BroadcastShape(from, to);
    if (!shape || shape->size() != to.size() || !Fits(*shape, to)) return Misfit();
    return to;
  }

  // The optional inputs of Conv and Gemm; `bias` is the shape that a bias must have or be broadcast from.
  Result<Shape> WithEpilogue(Shape output, const Shape& bias) const {
    const auto present = [&](std::size_t input) { return !node_.Input(input).empty(); };
    if (present(kBias)) {
      if (!Fits(inputs_[kBias], bias)) return Misfit();
      if (std::holds_alternative<Gemm>(node_.op)) RETURN_IF_ERROR(BroadcastTo(bias, output));
    }
    if (present(kAddend) && !Fits(inputs_[kAddend], output)) return Misfit();
    if (present(kSlope) && !Fits(inputs_[kSlope], {output[1]})) return Misfit();
    return output;
  }

  // Within limits that keep all arithmetic on windows far from overflow.
  Status CheckWindow(const Window& window) const {
    const auto within = [](const auto& values, std::int64_t least) {
      return std::all_of(values.begin(), values.end(),
                         [least](auto value) { return value >= least && value <= kMaxWindow; });
    };
    if (!within(window.kernel, 1) || !within(window.strides, 1) || !within(window.dilations, 1) ||
        !within(window.pads, 0))
      return Misfit();
    return {};
  }

  Result<std::array<std::int64_t, 2>> Slide(const Window& window, const Shape& x) const {
    RETURN_IF_ERROR(CheckWindow(window));
    std::array<std::int64_t, 2> output{};
    const auto pads = PaddingFor(window, x[2], x[3]);
    for (std::size_t i = 0; i < 2; ++i) {
      const std::int64_t size = x[2 + i];
      const std::int64_t reach = (window.kernel[i] - 1) * window.dilations[i];
      if (IsOpen(size)) {
        const bool kept = window.strides[i] == 1 && (window.padding != Window::Padding::kExplicit ||
                                                     window.pads[i] + window.pads[i + 2] == reach);
        output[i] = kept ? size : next_open_--;
        continue;
      }
      const std::int64_t room = size + pads[i] + pads[i + 2] - reach - 1;
      if (room < 0)
        return Fail(ErrorCode::kCorrupt, "{} of {} has a window larger than its input {}", OpName(node_.op),
                    node_.output, ToString(x));
      output[i] = room / window.strides[i] + 1;
    }
    return output;
  }

  Result<Shape> FillReshape(Shape output, std::size_t rest, Product all, const Product& named) const {
    for (const std::int64_t dimension : named.open) {
      const auto found = std::find(all.open.begin(), all.open.end(), dimension);
      if (found == all.open.end()) return Misfit();
      all.open.erase(found);
    }
    if (rest == output.size()) {
      if (all.open.empty() && all.known != named.known) return Misfit();
      return output;
    }
    if (all.known % named.known == 0) {
      all.known /= named.known;
    } else if (all.open.empty()) {
      return Misfit();
    }
    output[rest] = all.Dimension(next_open_);
    return output;
  }

  const Node& node_;
  std::span<const Shape> inputs_;
  std::int64_t& next_open_;
};

// "[N, 3, H, W]".
std::string InputShapeText(const Graph& graph, const Shape& shape) {
  std::string text;
  for (const std::int64_t dimension : shape) {
    text += text.empty() ? "" : ", ";
    text +=
        IsOpen(dimension) ? graph.open_dimensions[static_cast<std::size_t>(-1 - dimension)] : std::to_string(dimension);
  }
  return "[" + text + "]";
}

// Is `given` what the input wants? `sizes` are the open dimensions' sizes, 0 until one is met.
bool FitsInput(const Shape& wanted, const Shape& given, std::vector<std::int64_t>& sizes) {
  if (wanted.size() != given.size()) return false;
  for (std::size_t d = 0; d < wanted.size(); ++d) {
    std::int64_t size = wanted[d];
    if (IsOpen(size)) {
      std::int64_t& open = sizes[static_cast<std::size_t>(-1 - size)];
      if (open == 0) open = given[d];
      size = open;
    }
    if (given[d] < 1 || given[d] != size) return false;
  }
  return true;
}

}  // namespace

Status CheckShape(const Shape& shape) {
  if (shape.size() > kMaxRank) return Fail(ErrorCode::kTooLarge, "{} dimensions are too many", shape.size());
  std::int64_t count = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension == 0) return Fail(ErrorCode::kCorrupt, "the shape {} holds nothing", ToString(shape));
    if (IsOpen(dimension)) continue;
    if (dimension > kMaxElements / count)
      return Fail(ErrorCode::kTooLarge, "the shape {} is too large", ToString(shape));
    count *= dimension;
  }
  return {};
}

std::array<std::int64_t, 4> PaddingFor(const Window& window, std::int64_t height, std::int64_t width) {
  std::array<std::int64_t, 4> pads = window.pads;
  const std::array<std::int64_t, 2> sizes{height, width};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t size = sizes[i];
    const std::int64_t stride = std::max<std::int64_t>(window.strides[i], 1);
    const std::int64_t reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    if (IsOpen(size)) continue;
    if (window.padding != Window::Padding::kExplicit) {
      const std::int64_t total = std::max<std::int64_t>(0, ((size + stride - 1) / stride - 1) * stride + reach - size);
      const bool upper = window.padding == Window::Padding::kSameUpper;
      pads[i] = upper ? total / 2 : total - total / 2;
      pads[i + 2] = total - pads[i];
    } else if (window.ceil_mode) {
      const std::int64_t room = size + pads[i] + pads[i + 2] - reach;
      if (room < 0) continue;
      std::int64_t last = (room + stride - 1) / stride;
      if (last * stride >= size + pads[i]) --last;
      pads[i + 2] += std::max<std::int64_t>(0, last * stride - room);
    }
  }
  return pads;
}

Result<Shape> BroadcastShape(const Shape& a, const Shape& b) {
  Shape output(std::max(a.size(), b.size()));
  const auto at = [&output](const Shape& shape, std::size_t i) {
    const std::size_t missing = output.size() - shape.size();
    return i < missing ? 1 : shape[i - missing];
  };
  for (std::size_t i = 0; i < output.size(); ++i) {
    const std::int64_t x = at(a, i);
    const std::int64_t y = at(b, i);
    if (x != 1 && y != 1 && !Fits(x, y))
      return Fail(ErrorCode::kCorrupt, "the shapes {} and {} do not go together", ToString(a), ToString(b));
    output[i] = x == 1 || (IsOpen(x) && y > 1) ? y : x;
  }
  return output;
}

Result<Shape> OutputShape(const Node& node, std::span<const Shape> inputs, std::int64_t& next_open) {
  ASSIGN_OR_RETURN(Shape shape, std::visit(ShapeRule(node, inputs, next_open), node.op));
  if (auto status = CheckShape(shape); !status)
    return Fail(status.error().code, "{} of {}: {}", OpName(node.op), node.output, status.error().message);
  return shape;
}

Result<ShapeMap> InferShapes(const Graph& graph, std::span<const Shape> inputs, ShapeMap constants) {
  ShapeMap shapes = std::move(constants);
  for (const auto& [name, tensor] : graph.constants) shapes[name] = tensor.shape;
  for (const auto& [name, tensor] : graph.quantized) shapes[name] = tensor.shape;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    RETURN_IF_ERROR(CheckShape(inputs[i]));
    shapes[graph.inputs[i].name] = inputs[i];
  }
  std::int64_t next_open = -1 - static_cast<std::int64_t>(graph.open_dimensions.size());
  for (const Node& node : graph.nodes) {
    std::vector<Shape> node_inputs;
    node_inputs.reserve(node.inputs.size());
    for (const std::string& input : node.inputs) node_inputs.push_back(input.empty() ? Shape{} : shapes[input]);
    ASSIGN_OR_RETURN(shapes[node.output], OutputShape(node, node_inputs, next_open));
  }
  return shapes;
}

Result<ShapeMap> InferShapes(const Graph& graph) {
  std::vector<Shape> inputs;
  inputs.reserve(graph.inputs.size());
  for (const GraphInput& input : graph.inputs) inputs.push_back(input.shape);
  return InferShapes(graph, inputs);
}

Result<std::vector<Shape>> CheckInputs(const Graph& graph, std::span<const Tensor> inputs) {
  if (inputs.size() != graph.inputs.size())
    return Fail(ErrorCode::kInvalidArgument, "the model takes {} inputs and was given {}", graph.inputs.size(),
                inputs.size());
  std::vector<Shape> shapes;
  std::vector<std::int64_t> sizes(graph.open_dimensions.size());  // what the open dimensions are this time
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const GraphInput& wanted = graph.inputs[i];
    const Shape& given = inputs[i].shape;
    if (!FitsInput(wanted.shape, given, sizes))
      return Fail(ErrorCode::kInvalidArgument, "the model's input {} takes {} and was given {}", wanted.name,
                  InputShapeText(graph, wanted.shape), ToString(given));
    RETURN_IF_ERROR(CheckShape(given));
    if (ElementCount(given) != static_cast<std::int64_t>(inputs[i].values.size()))
      return Fail(ErrorCode::kInvalidArgument, "the model's input {} was given {} values for the shape {}", wanted.name,
                  inputs[i].values.size(), ToString(given));
    shapes.push_back(given);
  }
  return shapes;
}

}  // namespace kinfolder
