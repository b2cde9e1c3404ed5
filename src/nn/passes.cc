#include "nn/passes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "nn/reference_ops.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

// Constants beyond this are left to be computed when the network runs.
constexpr std::int64_t kMaxFoldedElements = std::int64_t{1} << 24;

// Walks over the nodes in order and merges a node with those before it that only it uses.
class Fuser {
 public:
  explicit Fuser(Graph graph) : graph_(std::move(graph)) {
    for (const Node& node : graph_.nodes) {
      for (const std::string& input : node.inputs) ++uses_[input];
    }
    for (const std::string& output : graph_.outputs) ++uses_[output];
    const auto shapes = InferShapes(graph_);
    CHECK(shapes);
    shapes_ = *shapes;
  }

  // merge(*this, node) changes the node and calls Remove for those that it has taken in.
  template <class F>
  Graph Run(F&& merge) {
    std::vector<Node> nodes = std::move(graph_.nodes);
    for (Node& node : nodes) {
      merge(*this, node);
      place_[node.output] = kept_.size();
      kept_.push_back(std::move(node));
    }
    std::erase_if(kept_, [](const Node& node) { return node.output.empty(); });
    graph_.nodes = std::move(kept_);
    return std::move(graph_);
  }

  const Tensor* Constant(const std::string& name) const { return graph_.Constant(name); }
  bool IsConstant(const std::string& name) const { return graph_.IsConstant(name); }
  Tensor ValuesOf(const std::string& constant) const { return graph_.ValuesOf(constant); }
  const Shape& ShapeOf(const std::string& name) const { return shapes_.at(name); }

  // The node that gives `name`, if there is one and nothing else uses it.
  const Node* OnlyUsed(const std::string& name) const {
    const auto place = place_.find(name);
    return place == place_.end() || uses_.at(name) != 1 ? nullptr : &kept_[place->second];
  }
  template <class T>
  const Node* OnlyUsed(const std::string& name) const {
    const Node* node = OnlyUsed(name);
    return node != nullptr && std::holds_alternative<T>(node->op) ? node : nullptr;
  }

  void SetInputOf(const std::string& name, std::string input) {
    kept_[place_.at(name)].inputs.front() = std::move(input);
  }
  void Remove(const std::string& name) {
    const auto place = place_.find(name);
    kept_[place->second].output.clear();
    place_.erase(place);
  }

  // Adds a constant and returns its name, which begins like `near`.
  std::string AddConstant(const std::string& near, Tensor tensor) {
    std::string name = near + "'";
    while (shapes_.contains(name)) name += "'";
    shapes_[name] = tensor.shape;
    graph_.constants[name] = std::move(tensor);
    return name;
  }

 private:
  Graph graph_;
  std::vector<Node> kept_;
  std::unordered_map<std::string, std::size_t> place_;  // of the node that gives a value, in kept_
  std::unordered_map<std::string, int> uses_;
  ShapeMap shapes_;
};

// --- Conv and Gemm alike

Activation* ActivationOf(Op& op) {
  if (auto* conv = std::get_if<Conv>(&op)) return &conv->activation;
  if (auto* gemm = std::get_if<Gemm>(&op)) return &gemm->activation;
  return nullptr;
}

bool IsNormalized(const Gemm& gemm) { return gemm.transpose_weight && gemm.alpha == 1 && gemm.beta == 1; }

// A Conv or Gemm with constant weight [O, ...] and constant bias [O] or none, to which nothing is fused yet; null else.
const Node* PlainLinear(const Fuser& fuser, const std::string& name) {
  const Node* node = fuser.OnlyUsed(name);
  if (node == nullptr) return nullptr;
  const auto* conv = std::get_if<Conv>(&node->op);
  const auto* gemm = std::get_if<Gemm>(&node->op);
  const bool plain = (conv != nullptr && conv->activation == Activation::kNone) ||
                     (gemm != nullptr && gemm->activation == Activation::kNone && IsNormalized(*gemm));
  const bool constant = plain && fuser.IsConstant(node->Input(1)) &&
                        (node->Input(kBias).empty() || fuser.Constant(node->Input(kBias)) != nullptr);
  return constant && node->Input(kAddend).empty() && node->Input(kSlope).empty() ? node : nullptr;
}

// Weight rows and bias of a PlainLinear.
struct Linear {
  Linear(const Fuser& fuser, const Node& node)
      : weight(fuser.ValuesOf(node.Input(1))), outputs(static_cast<std::size_t>(weight.shape[0])) {
    const Tensor* given = fuser.Constant(node.Input(kBias));
    bias = given != nullptr ? *given : Tensor{{weight.shape[0]}, std::vector<float>(outputs)};
  }
  std::size_t row() const { return weight.values.size() / outputs; }

  // Makes `node` what `linear` was, with these weights.
  void ReplaceIn(Fuser& fuser, Node& node, const Node& linear) && {
    node.op = linear.op;
    node.inputs = {linear.Input(0), fuser.AddConstant(linear.Input(1), std::move(weight)),
                   fuser.AddConstant(node.output, std::move(bias))};
  }

  Tensor weight;
  std::size_t outputs;
  Tensor bias;
};

// The values for `channels` that a constant has when it is broadcast to [N, C, ...] of that rank, if it is the same
// everywhere in a channel.
std::optional<std::vector<float>> PerChannel(const Tensor* constant, std::size_t rank, std::int64_t channels) {
  if (constant == nullptr || constant->shape.size() > rank) return std::nullopt;
  if (constant->values.size() == 1)
    return std::vector<float>(static_cast<std::size_t>(channels), constant->values.front());
  const std::size_t missing = rank - constant->shape.size();
  for (std::size_t d = 0; d < constant->shape.size(); ++d) {
    if (constant->shape[d] != (missing + d == 1 ? channels : 1)) return std::nullopt;
  }
  return constant->values;
}

// y = gain x + offset for each channel.
struct Affine {
  std::vector<float> gain;
  std::vector<float> offset;
};

std::optional<Affine> AffineOfBatchNorm(const Fuser& fuser, const Node& node) {
  std::array<const std::vector<float>*, 4> parameters{};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Tensor* tensor = fuser.Constant(node.Input(i + 1));
    if (tensor == nullptr) return std::nullopt;
    parameters[i] = &tensor->values;
  }
  const auto& [scale, bias, mean, variance] = parameters;
  Affine affine{*scale, *bias};
  for (std::size_t c = 0; c < affine.gain.size(); ++c) {
    affine.gain[c] /= std::sqrt((*variance)[c] + std::get<BatchNorm>(node.op).epsilon);
    affine.offset[c] -= (*mean)[c] * affine.gain[c];
  }
  return affine;
}

// Of a Binary with one constant operand; the other is input `linear`.
std::optional<Affine> AffineOfBinary(const Fuser& fuser, const Node& node, std::size_t linear, std::int64_t channels) {
  const Binary::Kind kind = std::get<Binary>(node.op).kind;
  const std::size_t rank = fuser.ShapeOf(node.Input(linear)).size();
  if (linear == 1 && (kind == Binary::Kind::kSub || kind == Binary::Kind::kDiv)) return std::nullopt;
  auto values = PerChannel(fuser.Constant(node.Input(1 - linear)), rank, channels);
  if (!values) return std::nullopt;
  if (kind == Binary::Kind::kMul || kind == Binary::Kind::kDiv) {
    if (kind == Binary::Kind::kDiv)
      std::transform(values->begin(), values->end(), values->begin(), [](float v) { return 1 / v; });
    return Affine{std::move(*values), std::vector<float>(static_cast<std::size_t>(channels))};
  }
  if (kind == Binary::Kind::kSub) std::transform(values->begin(), values->end(), values->begin(), std::negate<>());
  return Affine{std::vector<float>(static_cast<std::size_t>(channels), 1), std::move(*values)};
}

void MergeAffine(Fuser& fuser, Node& node) {
  const bool norm = std::holds_alternative<BatchNorm>(node.op);
  if (!norm && !std::holds_alternative<Binary>(node.op)) return;
  for (std::size_t input = 0; input < (norm ? 1 : 2); ++input) {
    const Node* linear = PlainLinear(fuser, node.Input(input));
    if (linear == nullptr) continue;
    const std::int64_t channels = fuser.ShapeOf(linear->Input(1))[0];
    const auto affine = norm ? AffineOfBatchNorm(fuser, node) : AffineOfBinary(fuser, node, input, channels);
    if (!affine) continue;
    Linear folded(fuser, *linear);
    for (std::size_t o = 0; o < folded.outputs; ++o) {
      for (std::size_t k = 0; k < folded.row(); ++k) folded.weight.values[o * folded.row() + k] *= affine->gain[o];
      folded.bias.values[o] = folded.bias.values[o] * affine->gain[o] + affine->offset[o];
    }
    const std::string removed = linear->output;
    std::move(folded).ReplaceIn(fuser, node, *linear);
    return fuser.Remove(removed);
  }
}

void MergeTwoClassSoftmax(Fuser& fuser, Node& node) {
  const auto* slice = std::get_if<Slice>(&node.op);
  if (slice == nullptr || slice->axis != 1 || fuser.ShapeOf(node.output)[1] != 1) return;
  const Node* softmax = fuser.OnlyUsed<Softmax>(node.Input(0));
  if (softmax == nullptr || std::get<Softmax>(softmax->op).axis != 1) return;
  const Node* linear = PlainLinear(fuser, softmax->Input(0));
  if (linear == nullptr) return;
  const auto* conv = std::get_if<Conv>(&linear->op);
  Linear scores(fuser, *linear);
  if (scores.outputs != 2 || (conv != nullptr && conv->groups != 1)) return;

  const std::size_t wanted = slice->start == 1 || slice->start == -1 ? 1 : 0;
  const auto difference = [wanted](Tensor& tensor) {
    const std::size_t row = tensor.values.size() / 2;
    for (std::size_t k = 0; k < row; ++k)
      tensor.values[k] = tensor.values[wanted * row + k] - tensor.values[(1 - wanted) * row + k];
    tensor.values.resize(row);
    tensor.shape[0] = 1;
  };
  difference(scores.weight);
  difference(scores.bias);
  const std::array removed{linear->output, softmax->output};
  std::move(scores).ReplaceIn(fuser, node, *linear);
  *ActivationOf(node.op) = Activation::kSigmoid;
  for (const std::string& name : removed) fuser.Remove(name);
}

void MergeAdd(Fuser& fuser, Node& node) {
  const auto* binary = std::get_if<Binary>(&node.op);
  if (binary == nullptr || binary->kind != Binary::Kind::kAdd) return;
  if (fuser.ShapeOf(node.Input(0)) != fuser.ShapeOf(node.Input(1))) return;
  for (const std::size_t input : {1, 0}) {
    const Node* linear = PlainLinear(fuser, node.Input(input));
    if (linear == nullptr) continue;
    Node fused = *linear;
    fused.SetInput(kAddend, node.Input(1 - input));
    fused.output = node.output;
    fuser.Remove(linear->output);
    node = std::move(fused);
    return;
  }
}

void MergeActivation(Fuser& fuser, Node& node) {
  const Node* linear = fuser.OnlyUsed(node.Input(0));
  if (linear == nullptr) return;
  Node fused = *linear;
  Activation* activation = ActivationOf(fused.op);
  if (activation == nullptr || *activation != Activation::kNone || !fused.Input(kSlope).empty()) return;
  if (std::holds_alternative<Relu>(node.op)) {
    *activation = Activation::kRelu;
  } else if (std::holds_alternative<Sigmoid>(node.op)) {
    *activation = Activation::kSigmoid;
  } else if (std::holds_alternative<PRelu>(node.op)) {
    const Shape& shape = fuser.ShapeOf(node.output);
    auto slope = shape[1] > 0 ? PerChannel(fuser.Constant(node.Input(1)), shape.size(), shape[1]) : std::nullopt;
    if (!slope) return;
    fused.SetInput(kSlope, fuser.AddConstant(node.Input(1), Tensor{{shape[1]}, std::move(*slope)}));
  } else {
    return;
  }
  fused.output = node.output;
  fuser.Remove(linear->output);
  node = std::move(fused);
}

void MergeQuantize(Fuser& fuser, Node& node) {
  const auto* grid = std::get_if<FakeQuantize>(&node.op);
  if (grid == nullptr) return;
  const Node* linear = fuser.OnlyUsed<Conv>(node.Input(0));
  if (linear == nullptr || std::get<Conv>(linear->op).grid) return;
  Node fused = *linear;
  std::get<Conv>(fused.op).grid = *grid;
  fused.output = node.output;
  fuser.Remove(linear->output);
  node = std::move(fused);
}

// The nodes that do one after the other what `node` does at once.
std::vector<Node> StepsOf(Node node) {
  Activation* const activation = ActivationOf(node.op);
  if (activation == nullptr || !IsFused(node)) return {std::move(node)};
  std::vector<Node> after;
  const auto add = [&after](Op op, std::vector<std::string> inputs) {
    after.push_back({std::move(op), std::move(inputs), {}});
  };
  if (!node.Input(kAddend).empty()) add(Binary{Binary::Kind::kAdd}, {"", node.Input(kAddend)});
  if (!node.Input(kSlope).empty()) add(PRelu{}, {"", node.Input(kSlope)});
  if (*activation == Activation::kRelu) add(Relu{}, {""});
  if (*activation == Activation::kSigmoid) add(Sigmoid{}, {""});
  *activation = Activation::kNone;
  if (auto* conv = std::get_if<Conv>(&node.op); conv != nullptr && conv->grid) {
    add(*conv->grid, {""});
    conv->grid.reset();
  }
  node.inputs.resize(std::min(node.inputs.size(), kAddend));

  const std::string output = node.output;
  std::vector<Node> steps{std::move(node)};
  for (Node& next : after) {
    // The last keeps the name; those before it are named after it.
    steps.back().output = output + "/" + std::to_string(steps.size());
    next.inputs.front() = steps.back().output;
    steps.push_back(std::move(next));
  }
  steps.back().output = output;
  return steps;
}

void NormalizeOneGemm(Fuser& fuser, Node& node) {
  const auto* gemm = std::get_if<Gemm>(&node.op);
  if (gemm == nullptr) return;
  const Tensor* weight = fuser.Constant(node.Input(1));
  const Tensor* bias = fuser.Constant(node.Input(kBias));
  if (weight == nullptr || (bias == nullptr && !node.Input(kBias).empty())) return;
  const std::int64_t inputs = weight->shape[gemm->transpose_weight ? 1 : 0];
  const std::int64_t outputs = weight->shape[gemm->transpose_weight ? 0 : 1];
  const auto offset = bias != nullptr ? PerChannel(bias, 2, outputs) : std::nullopt;
  if ((bias != nullptr && !offset) || (IsNormalized(*gemm) && (bias == nullptr || bias->shape == Shape{outputs})))
    return;

  Tensor rows{{outputs, inputs}, std::vector<float>(weight->values.size())};
  for (std::int64_t o = 0; o < outputs; ++o) {
    for (std::int64_t k = 0; k < inputs; ++k) {
      const std::int64_t from = gemm->transpose_weight ? o * inputs + k : k * outputs + o;
      rows.values[static_cast<std::size_t>(o * inputs + k)] =
          gemm->alpha * weight->values[static_cast<std::size_t>(from)];
    }
  }
  if (offset) {
    Tensor scaled{{outputs}, *offset};
    for (float& value : scaled.values) value *= gemm->beta;
    node.SetInput(kBias, fuser.AddConstant(node.Input(kBias), std::move(scaled)));
  }
  node.SetInput(1, fuser.AddConstant(node.Input(1), std::move(rows)));
  node.op = Gemm{true, 1, 1, gemm->activation};
}

void MergeSoftmaxTransposes(Fuser& fuser, Node& node) {
  const auto* back = std::get_if<Transpose>(&node.op);
  if (back == nullptr) return;
  const Node* softmax = fuser.OnlyUsed<Softmax>(node.Input(0));
  if (softmax == nullptr) return;
  const Node* forth = fuser.OnlyUsed<Transpose>(softmax->Input(0));
  if (forth == nullptr) return;
  const auto& permutation = std::get<Transpose>(forth->op).permutation;
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    if (permutation[back->permutation[i]] != i) return;
  }
  const std::array removed{softmax->output, forth->output};
  node.op = Softmax{permutation[std::get<Softmax>(softmax->op).axis]};
  node.inputs = {forth->Input(0)};
  for (const std::string& name : removed) fuser.Remove(name);
}

void MergeGemmTranspose(Fuser& fuser, Node& node) {
  const auto* gemm = std::get_if<Gemm>(&node.op);
  const Tensor* weight = fuser.Constant(node.Input(1));
  if (gemm == nullptr || !IsNormalized(*gemm) || weight == nullptr) return;
  const Node* flatten = fuser.OnlyUsed<Flatten>(node.Input(0));
  if (flatten == nullptr || std::get<Flatten>(flatten->op).axis != 1) return;
  const Node* transpose = fuser.OnlyUsed<Transpose>(flatten->Input(0));
  if (transpose == nullptr) return;
  const auto& permutation = std::get<Transpose>(transpose->op).permutation;
  // The weight's columns are counted as the transposed data; seen so, it is transposed back.
  Shape columns = fuser.ShapeOf(transpose->output);
  columns[0] = weight->shape[0];
  if (permutation[0] != 0 || std::any_of(columns.begin(), columns.end(), [](auto d) { return d < 0; })) return;
  Node back{Transpose{std::vector<std::size_t>(permutation.size())}, {""}, ""};
  for (std::size_t i = 0; i < permutation.size(); ++i) std::get<Transpose>(back.op).permutation[permutation[i]] = i;
  Shape turned(columns.size());
  for (std::size_t i = 0; i < turned.size(); ++i) turned[permutation[i]] = columns[i];
  Tensor permuted{weight->shape, std::vector<float>(weight->values.size())};
  Evaluate(back, std::array{TensorView{columns, weight->values.data()}}, turned, permuted.values.data());
  node.SetInput(1, fuser.AddConstant(node.Input(1), std::move(permuted)));

  const std::string removed = transpose->output;
  fuser.SetInputOf(flatten->output, transpose->Input(0));
  fuser.Remove(removed);
}

}  // namespace

Graph FoldConstants(Graph graph) {
  const auto shapes = InferShapes(graph);
  CHECK(shapes);
  std::vector<Node> kept;
  for (Node& node : graph.nodes) {
    const Shape& shape = shapes->at(node.output);
    std::vector<TensorView> views;
    for (const std::string& input : node.inputs) {
      const Tensor* constant = graph.Constant(input);
      if (constant == nullptr && !input.empty()) break;
      views.push_back(constant == nullptr ? TensorView{} : TensorView{constant->shape, constant->values.data()});
    }
    if (views.size() < node.inputs.size() || ElementCount(shape) > kMaxFoldedElements) {
      kept.push_back(std::move(node));
      continue;
    }
    Tensor result{shape, std::vector<float>(static_cast<std::size_t>(ElementCount(shape)))};
    Evaluate(node, views, shape, result.values.data());
    graph.constants[node.output] = std::move(result);
  }
  graph.nodes = std::move(kept);
  return graph;
}

Graph DropIdentities(Graph graph) {
  const auto shapes = InferShapes(graph);
  CHECK(shapes);
  const std::set<std::string> outputs(graph.outputs.begin(), graph.outputs.end());
  std::unordered_map<std::string, std::string> same_as;
  std::vector<Node> kept;
  for (Node& node : graph.nodes) {
    for (std::string& input : node.inputs) {
      if (const auto found = same_as.find(input); found != same_as.end()) input = found->second;
    }
    if (IsView(node.op) && !outputs.contains(node.output) && shapes->at(node.output) == shapes->at(node.Input(0))) {
      same_as[node.output] = node.Input(0);
    } else {
      kept.push_back(std::move(node));
    }
  }
  graph.nodes = std::move(kept);
  return graph;
}

Graph NormalizeGemm(Graph graph) { return Fuser(std::move(graph)).Run(NormalizeOneGemm); }
Graph DropTransposesAroundSoftmax(Graph graph) { return Fuser(std::move(graph)).Run(MergeSoftmaxTransposes); }
Graph FoldTransposeIntoGemm(Graph graph) { return Fuser(std::move(graph)).Run(MergeGemmTranspose); }
Graph FoldAffine(Graph graph) { return Fuser(std::move(graph)).Run(MergeAffine); }
Graph FoldTwoClassSoftmax(Graph graph) { return Fuser(std::move(graph)).Run(MergeTwoClassSoftmax); }
Graph FuseAdd(Graph graph) { return Fuser(std::move(graph)).Run(MergeAdd); }
Graph FuseActivation(Graph graph) { return Fuser(std::move(graph)).Run(MergeActivation); }

Graph FuseQuantize(Graph graph) { return Fuser(std::move(graph)).Run(MergeQuantize); }

Graph Unfuse(Graph graph) {
  // A slope [O] is broadcast along the channels of [N, O, H, W] when it is [O, 1, 1].
  std::vector<Node> nodes;
  for (Node& node : graph.nodes) {
    if (std::holds_alternative<Conv>(node.op) && !node.Input(kSlope).empty()) {
      Tensor& slope = graph.constants.at(node.Input(kSlope));
      slope.shape = {slope.shape[0], 1, 1};
    }
    for (Node& step : StepsOf(std::move(node))) nodes.push_back(std::move(step));
  }
  graph.nodes = std::move(nodes);
  return graph;
}

Graph DequantizeConstants(Graph graph) {
  for (const auto& [name, tensor] : std::exchange(graph.quantized, {})) graph.constants[name] = Dequantized(tensor);
  return graph;
}

Graph DropQuantization(Graph graph) {
  const auto shapes = InferShapes(graph);
  CHECK(shapes);
  for (Node& node : graph.nodes) {
    if (auto* conv = std::get_if<Conv>(&node.op)) conv->grid.reset();
    if (std::holds_alternative<FakeQuantize>(node.op)) node.op = Reshape{Shape(shapes->at(node.output).size(), 0)};
  }
  return DropIdentities(DequantizeConstants(std::move(graph)));
}

Graph DropUnused(Graph graph) {
  std::set<std::string> needed(graph.outputs.begin(), graph.outputs.end());
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (!needed.contains(node->output)) continue;
    needed.insert(node->inputs.begin(), node->inputs.end());
    kept.push_back(std::move(*node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
  std::erase_if(graph.constants, [&needed](const auto& constant) { return !needed.contains(constant.first); });
  std::erase_if(graph.quantized, [&needed](const auto& constant) { return !needed.contains(constant.first); });
  return graph;
}

Graph Optimize(Graph graph) {
  for (Graph (*const pass)(Graph) :
       {DropIdentities, FoldConstants, NormalizeGemm, DropTransposesAroundSoftmax, FoldTransposeIntoGemm, FoldAffine,
        FoldTwoClassSoftmax, FuseAdd, FuseActivation, FuseQuantize, DropUnused})
    graph = pass(std::move(graph));
  CHECK(Validate(graph));
  return graph;
}

}  // namespace kinfolder
