#include "nn/graph.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "nn/shapes.h"

namespace kinfolder {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

struct Arity {
  std::size_t least = 1;
  std::size_t most = 1;
};

Arity ArityOf(const Op& op) {
  constexpr std::size_t kAnyNumber = 1024;  // inputs of a Concat
  return std::visit(Overloaded{
                        [](const Conv&) {
                          return Arity{2, kSlope + 1};
                        },
                        [](const Gemm&) {
                          return Arity{2, kSlope + 1};
                        },
                        [](const BatchNorm&) {
                          return Arity{5, 5};
                        },
                        [](const PRelu&) {
                          return Arity{2, 2};
                        },
                        [](const Binary&) {
                          return Arity{2, 2};
                        },
                        [](const Concat&) {
                          return Arity{1, kAnyNumber};
                        },
                        [](const auto&) {
                          return Arity{1, 1};
                        },
                    },
                    op);
}

Status CheckConstant(const std::string& name, const Shape& shape, std::size_t values) {
  if (auto status = CheckShape(shape); !status)
    return Fail(status.error().code, "the constant {}: {}", name, status.error().message);
  if (std::any_of(shape.begin(), shape.end(), [](std::int64_t d) { return d < 0; }) ||
      ElementCount(shape) != static_cast<std::int64_t>(values))
    return Fail(ErrorCode::kCorrupt, "the constant {} has {} values for the shape {}", name, values, ToString(shape));
  return {};
}

Status CheckConstants(const Graph& graph) {
  for (const auto& [name, tensor] : graph.constants)
    RETURN_IF_ERROR(CheckConstant(name, tensor.shape, tensor.values.size()));
  for (const auto& [name, tensor] : graph.quantized) {
    RETURN_IF_ERROR(CheckConstant(name, tensor.shape, tensor.multiples.size()));
    const std::vector<float>& steps = tensor.steps;
    const bool fits =
        !tensor.shape.empty() && tensor.shape[0] == static_cast<std::int64_t>(steps.size()) &&
        std::all_of(steps.begin(), steps.end(), [](float step) { return step > 0 && std::isfinite(step); });
    if (!fits) return Fail(ErrorCode::kCorrupt, "the steps of the constant {} do not fit it", name);
  }
  return {};
}

Status CheckNode(const Node& node, const std::set<std::string>& defined) {
  RETURN_IF_ERROR(CheckArity(node));
  for (const std::string& input : node.inputs) {
    if (!input.empty() && !defined.contains(input))
      return Fail(ErrorCode::kCorrupt, "{} of {} needs the value \"{}\", which nothing before it gives",
                  OpName(node.op), node.output, input);
  }
  return {};
}

}  // namespace

std::string_view OpName(const Op& op) {
  return std::visit(Overloaded{
                        [](const Conv&) { return "Conv"; },
                        [](const Gemm&) { return "Gemm"; },
                        [](const BatchNorm&) { return "BatchNormalization"; },
                        [](const Relu&) { return "Relu"; },
                        [](const Sigmoid&) { return "Sigmoid"; },
                        [](const PRelu&) { return "PRelu"; },
                        [](const Clip&) { return "Clip"; },
                        [](const Binary& binary) {
                          constexpr std::array kNames{"Add", "Sub", "Mul", "Div"};
                          return kNames.at(static_cast<std::size_t>(binary.kind));
                        },
                        [](const Pool& pool) { return pool.kind == Pool::Kind::kMax ? "MaxPool" : "AveragePool"; },
                        [](const GlobalAveragePool&) { return "GlobalAveragePool"; },
                        [](const Softmax&) { return "Softmax"; },
                        [](const L2Normalize&) { return "LpNormalization"; },
                        [](const ReduceL2&) { return "ReduceL2"; },
                        [](const Concat&) { return "Concat"; },
                        [](const Transpose&) { return "Transpose"; },
                        [](const Slice&) { return "Slice"; },
                        [](const Reshape&) { return "Reshape"; },
                        [](const Flatten&) { return "Flatten"; },
                        [](const FakeQuantize&) { return "QuantizeLinear"; },
                    },
                    op);
}

bool IsView(const Op& op) { return std::holds_alternative<Reshape>(op) || std::holds_alternative<Flatten>(op); }

const std::string& Node::Input(std::size_t index) const {
  static const std::string absent;
  return index < inputs.size() ? inputs[index] : absent;
}

void Node::SetInput(std::size_t index, std::string name) {
  if (inputs.size() <= index) inputs.resize(index + 1);
  inputs[index] = std::move(name);
}

bool IsFused(const Node& node) {
  const auto fused = [&node](Activation activation) {
    return activation != Activation::kNone || !node.Input(kAddend).empty() || !node.Input(kSlope).empty();
  };
  if (const auto* conv = std::get_if<Conv>(&node.op)) return fused(conv->activation) || conv->grid;
  if (const auto* gemm = std::get_if<Gemm>(&node.op)) return fused(gemm->activation);
  return false;
}

const Tensor* Graph::Constant(const std::string& name) const {
  const auto found = constants.find(name);
  return found == constants.end() ? nullptr : &found->second;
}

bool Graph::IsConstant(const std::string& name) const { return constants.contains(name) || quantized.contains(name); }

Tensor Graph::ValuesOf(const std::string& constant) const {
  const Tensor* const found = Constant(constant);
  return found != nullptr ? *found : Dequantized(quantized.at(constant));
}

Status CheckArity(const Node& node) {
  const Arity arity = ArityOf(node.op);
  bool fits = node.inputs.size() >= arity.least && node.inputs.size() <= arity.most;
  const std::size_t needed = std::holds_alternative<Concat>(node.op) ? node.inputs.size() : arity.least;
  for (std::size_t i = 0; fits && i < needed; ++i) fits = !node.inputs[i].empty();
  if (fits) return {};
  return Fail(ErrorCode::kCorrupt, "{} of {} has {} inputs", OpName(node.op), node.output, node.inputs.size());
}

Status Validate(const Graph& graph) {
  RETURN_IF_ERROR(CheckConstants(graph));
  std::set<std::string> defined;
  const auto define = [&](const std::string& name) -> Status {
    if (name.empty()) return Fail(ErrorCode::kCorrupt, "a value has no name");
    if (!defined.insert(name).second) return Fail(ErrorCode::kCorrupt, "the value {} is defined twice", name);
    return {};
  };
  for (const auto& [name, tensor] : graph.constants) RETURN_IF_ERROR(define(name));
  for (const auto& [name, tensor] : graph.quantized) RETURN_IF_ERROR(define(name));
  for (const GraphInput& input : graph.inputs) {
    RETURN_IF_ERROR(define(input.name));
    for (const std::int64_t dimension : input.shape) {
      if (-dimension > static_cast<std::int64_t>(graph.open_dimensions.size()))
        return Fail(ErrorCode::kCorrupt, "the input {} has a dimension without a name", input.name);
    }
  }
  for (const Node& node : graph.nodes) {
    RETURN_IF_ERROR(CheckNode(node, defined));
    RETURN_IF_ERROR(define(node.output));
  }
  if (graph.outputs.empty()) return Fail(ErrorCode::kCorrupt, "it has no outputs");
  for (const std::string& output : graph.outputs) {
    if (!defined.contains(output)) return Fail(ErrorCode::kCorrupt, "nothing gives the output {}", output);
  }
  RETURN_IF_ERROR(InferShapes(graph));
  return {};
}

}  // namespace kinfolder
