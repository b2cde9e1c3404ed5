#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "nn/dnnl_plan.h"

namespace kinfolder {
namespace {

using dnnl::algorithm;
using dnnl::memory;
using Buffer = DnnlPlan::Buffer;
using Placed = DnnlPlan::Placed;
using Argument = DnnlPlan::Argument;
using Step = DnnlPlan::Step;

constexpr auto kFloat = memory::data_type::f32;
constexpr auto kInference = dnnl::prop_kind::forward_inference;

memory::desc AnyLayout(const memory::dims& dims, memory::data_type type = kFloat) {
  return {dims, type, memory::format_tag::any};
}

memory::data_type TypeOn(const FakeQuantize& grid) {
  return grid.zero == 0 ? memory::data_type::u8 : memory::data_type::s8;
}

memory::desc PlainLayout(memory::dims dims) {
  if (dims.empty()) dims = {1};
  memory::dims strides(dims.size(), 1);
  for (std::size_t d = dims.size() - 1; d-- > 0;) strides[d] = strides[d + 1] * dims[d + 1];
  return {dims, kFloat, strides};
}

// Plans one node after the other in the order of the graph.
class Planner {
 public:
  Planner(const Graph& graph, const ShapeMap& shapes, DnnlWeights& weights, const dnnl::engine& engine)
      : graph_(graph), shapes_(shapes), weights_(weights), engine_(engine) {}

  DnnlPlan Plan() {
    for (const Node& node : graph_.nodes) {
      for (const std::string& input : node.inputs) ++uses_[input];
    }
    for (const std::string& output : graph_.outputs) ++uses_[output];
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      Buffer buffer;
      buffer.kind = Buffer::Kind::kInput;
      buffer.input = i;
      const std::string& name = graph_.inputs[i].name;
      Define(name, {PlainLayout(ShapeOf(name)), Add(std::move(buffer))});
    }
    for (const Node& node : graph_.nodes) {
      PlanNode(node);
      for (const std::string& input : node.inputs) CountUse(input);
    }
    for (const std::string& output : graph_.outputs) {
      plan_.outputs.push_back(Plain(output));
      plan_.output_shapes.push_back(ShapeOf(output));
    }
    for (const Placed& output : plan_.outputs) Touch(output);
    LayOutArena();
    return std::move(plan_);
  }

 private:
  // --- Operators

  void PlanNode(const Node& node) {
    if (!std::visit([&](const auto& op) { return PlanOp(node, op); }, node.op)) PlanFallback(node);
  }

  // False when oneDNN is not used for this node.
  template <class T>
  bool PlanOp(const Node& /*node*/, const T& /*op*/) {
    return false;
  }

  bool PlanOp(const Node& node, const Conv& conv) {
    if (!HasConstantParameters(node)) return false;
    const Shape& x = ShapeOf(node.Input(0));
    const auto pads = PaddingFor(conv.window, x[2], x[3]);
    memory::dims weight = ShapeOf(node.Input(1));
    if (conv.groups > 1) {
      weight[0] /= conv.groups;
      weight.insert(weight.begin(), conv.groups);
    }
    const auto bias = node.Input(kBias).empty() ? memory::desc() : PlainLayout(ShapeOf(node.Input(kBias)));
    const Arithmetic arithmetic = ArithmeticOf(node, conv);
    const dnnl::convolution_forward::desc desc(
        kInference, algorithm::convolution_direct, AnyLayout(x, arithmetic.source),
        AnyLayout(weight, arithmetic.weight), bias, AnyLayout(ShapeOf(node.output), arithmetic.result),
        {conv.window.strides[0], conv.window.strides[1]}, {conv.window.dilations[0] - 1, conv.window.dilations[1] - 1},
        {pads[0], pads[1]}, {pads[2], pads[3]});
    dnnl::primitive_attr epilogue = EpilogueOf(node, conv.activation, arithmetic.addend_factor);
    if (!arithmetic.result_factors.empty()) epilogue.set_output_scales(1 << 1, arithmetic.result_factors);
    const dnnl::convolution_forward::primitive_desc primitive(desc, epilogue, engine_, true);
    if (!primitive) return false;
    const Placed result =
        AddLinear<dnnl::convolution_forward>(node, primitive, PlainLayout(weight), arithmetic.bias_factors);
    if (!conv.grid) {
      Define(node.output, result);
    } else if (arithmetic.result == kFloat) {
      DefineRounded(node.output, result, *conv.grid);
    } else {
      DefineOnGrid(node.output, result, *conv.grid);
    }
    return true;
  }

  bool PlanOp(const Node& node, const FakeQuantize& grid) {
    DefineRounded(node.output, AsFloats(node.Input(0)), grid);
    return true;
  }

  bool PlanOp(const Node& node, const Gemm& gemm) {
    const bool plain = gemm.transpose_weight && gemm.alpha == 1 && gemm.beta == 1;
    if (!plain || !HasConstantParameters(node)) return false;
    const Shape& weight = ShapeOf(node.Input(1));
    const bool biased = !node.Input(kBias).empty();
    if (biased && ShapeOf(node.Input(kBias)) != Shape{weight[0]}) return false;
    const dnnl::inner_product_forward::desc desc(kInference, AnyLayout(ShapeOf(node.Input(0))), AnyLayout(weight),
                                                 biased ? PlainLayout({weight[0]}) : memory::desc(),
                                                 AnyLayout(ShapeOf(node.output)));
    const dnnl::inner_product_forward::primitive_desc primitive(desc, EpilogueOf(node, gemm.activation), engine_, true);
    if (!primitive) return false;
    Define(node.output, AddLinear<dnnl::inner_product_forward>(node, primitive, PlainLayout(weight)));
    return true;
  }

  bool PlanOp(const Node& node, const Pool& pool) {
    const Shape& x = ShapeOf(node.Input(0));
    const auto pads = PaddingFor(pool.window, x[2], x[3]);
    if (pool.count_padding && pool.window.ceil_mode) return false;  // oneDNN would count what lies beyond the padding
    const algorithm kind = pool.kind == Pool::Kind::kMax ? algorithm::pooling_max
                           : pool.count_padding          ? algorithm::pooling_avg_include_padding
                                                         : algorithm::pooling_avg_exclude_padding;
    const FakeQuantize* const grid = pool.kind == Pool::Kind::kMax ? GridOf(node.Input(0)) : nullptr;
    const Placed source = grid != nullptr ? AsMade(node.Input(0)) : AsFloats(node.Input(0));
    const dnnl::pooling_forward::desc desc(
        kInference, kind, source.desc, AnyLayout(ShapeOf(node.output), source.desc.data_type()),
        {pool.window.strides[0], pool.window.strides[1]}, {pool.window.kernel[0], pool.window.kernel[1]},
        {pads[0], pads[1]}, {pads[2], pads[3]});
    const dnnl::pooling_forward::primitive_desc primitive(desc, UserScratchpad(), engine_, true);
    if (!primitive) return false;
    const Placed output = NewBuffer(primitive.dst_desc());
    AddPrimitive(dnnl::pooling_forward(primitive), primitive, {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, output}});
    grid != nullptr ? DefineOnGrid(node.output, output, *grid) : Define(node.output, output);
    return true;
  }

  bool PlanOp(const Node& node, const GlobalAveragePool& /*op*/) {
    const Shape& x = ShapeOf(node.Input(0));
    Pool pool;
    pool.kind = Pool::Kind::kAverage;
    pool.window.kernel = {x[2], x[3]};
    return PlanOp(node, pool);
  }

  bool PlanOp(const Node& node, const Concat& concat) {
    const FakeQuantize* const grid = CommonGrid(node.inputs);
    std::vector<memory::desc> descs;
    std::vector<Argument> arguments;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Placed source = grid != nullptr ? AsMade(node.Input(i)) : AsFloats(node.Input(i));
      descs.push_back(source.desc);
      arguments.push_back({DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), source});
    }
    const dnnl::concat::primitive_desc primitive(static_cast<int>(concat.axis), descs, engine_, UserScratchpad());
    const Placed output = NewBuffer(primitive.dst_desc());
    arguments.push_back({DNNL_ARG_DST, output});
    AddPrimitive(dnnl::concat(primitive), primitive, std::move(arguments));
    grid != nullptr ? DefineOnGrid(node.output, output, *grid) : Define(node.output, output);
    return true;
  }

  bool PlanOp(const Node& node, const Relu& /*op*/) { return PlanEltwise(node, algorithm::eltwise_relu); }
  bool PlanOp(const Node& node, const Sigmoid& /*op*/) { return PlanEltwise(node, algorithm::eltwise_logistic); }

  bool PlanEltwise(const Node& node, algorithm kind) {
    const Placed source = AsFloats(node.Input(0));
    const dnnl::eltwise_forward::desc desc(kInference, kind, source.desc, 0, 0);
    const dnnl::eltwise_forward::primitive_desc primitive(desc, UserScratchpad(), engine_, true);
    if (!primitive) return false;
    const Placed output = NewBuffer(source.desc);
    AddPrimitive(dnnl::eltwise_forward(primitive), primitive, {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, output}});
    Define(node.output, output);
    return true;
  }

  bool PlanOp(const Node& node, const Binary& binary) {
    if (ShapeOf(node.Input(0)) != ShapeOf(node.Input(1))) return false;
    constexpr std::array kKinds{algorithm::binary_add, algorithm::binary_sub, algorithm::binary_mul,
                                algorithm::binary_div};
    const Placed a = AsFloats(node.Input(0));
    const Placed b = In(node.Input(1), a.desc);
    const dnnl::binary::desc desc(kKinds.at(static_cast<std::size_t>(binary.kind)), a.desc, b.desc, a.desc);
    const dnnl::binary::primitive_desc primitive(desc, UserScratchpad(), engine_, true);
    if (!primitive) return false;
    const Placed output = NewBuffer(a.desc);
    AddPrimitive(dnnl::binary(primitive), primitive,
                 {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, output}});
    Define(node.output, output);
    return true;
  }

  bool PlanOp(const Node& node, const Flatten& /*op*/) { return PlanView(node); }
  bool PlanOp(const Node& node, const Reshape& /*op*/) { return PlanView(node); }

  bool PlanView(const Node& node) {
    Define(node.output, {PlainLayout(ShapeOf(node.output)), Plain(node.Input(0)).buffer});
    return true;
  }

  void PlanFallback(const Node& node) {
    Step step;
    step.node = &node;
    for (const std::string& input : node.inputs) {
      step.arguments.push_back(input.empty() ? Argument{} : Argument{DNNL_ARG_SRC, Plain(input)});
      step.shapes.push_back(input.empty() ? Shape{} : ShapeOf(input));
    }
    const Placed output = NewBuffer(PlainLayout(ShapeOf(node.output)));
    step.arguments.push_back({DNNL_ARG_DST, output});
    step.shapes.push_back(ShapeOf(node.output));
    AddStep(std::move(step));
    ++plan_.fallbacks;
    Define(node.output, output);
  }

  // --- Conv and Gemm alike

  // Addend and activation of a Conv or Gemm, done to the result while it is in registers. Slopes are not: with its
  // post-operation for them, oneDNN 2.6 convolves in plain loops.
  static dnnl::primitive_attr EpilogueOf(const Node& node, Activation activation, float addend_factor = 1) {
    dnnl::post_ops operations;
    if (!node.Input(kAddend).empty()) operations.append_sum(addend_factor);
    if (activation == Activation::kRelu) operations.append_eltwise(1, algorithm::eltwise_relu, 0, 0);
    if (activation == Activation::kSigmoid) operations.append_eltwise(1, algorithm::eltwise_logistic, 0, 0);
    dnnl::primitive_attr attributes = UserScratchpad();
    attributes.set_post_ops(operations);
    return attributes;
  }

  bool HasConstantParameters(const Node& node) const {
    const auto constant = [&](std::size_t input) {
      return node.Input(input).empty() || weights_.Has(node.Input(input));
    };
    return constant(1) && constant(kBias) && constant(kSlope);
  }

  // Where the result is.
  template <class Primitive>
  Placed AddLinear(const Node& node, const typename Primitive::primitive_desc& desc, const memory::desc& plain_weight,
                   const std::vector<float>& bias_factors = {}) {
    const auto parameter = [&](std::size_t input, const memory::desc& plain, const memory::desc& wanted,
                               const std::vector<float>& factors = {}) {
      return Constant(weights_.In(node.Input(input), plain, wanted, factors));
    };
    std::vector<Argument> arguments{{DNNL_ARG_SRC, In(node.Input(0), desc.src_desc())},
                                    {DNNL_ARG_WEIGHTS, parameter(1, plain_weight, desc.weights_desc())}};
    if (!node.Input(kBias).empty())
      arguments.push_back({DNNL_ARG_BIAS, parameter(kBias, desc.bias_desc(), desc.bias_desc(), bias_factors)});
    const Placed output =
        node.Input(kAddend).empty() ? NewBuffer(desc.dst_desc()) : Overwritable(node.Input(kAddend), desc.dst_desc());
    arguments.push_back({DNNL_ARG_DST, output});
    AddPrimitive(Primitive(desc), desc, std::move(arguments));
    if (!node.Input(kSlope).empty()) AddSlope(node, output);
    return output;
  }

  // The numbers that a convolution is done in. In 8-bit numbers, its sum of products and bias counts in units of
  // source step x weight step; `result_factors` bring it, and `addend_factor` the addend, to the unit of the result.
  struct Arithmetic {
    memory::data_type source = kFloat;
    memory::data_type weight = kFloat;
    memory::data_type result = kFloat;
    std::vector<float> bias_factors;
    std::vector<float> result_factors;
    float addend_factor = 1;
  };

  Arithmetic ArithmeticOf(const Node& node, const Conv& conv) const {
    Arithmetic arithmetic;
    const FakeQuantize* const source = GridOf(node.Input(0));
    const std::vector<float>& steps = weights_.Steps(node.Input(1));
    if (source == nullptr || steps.empty()) return arithmetic;
    arithmetic.source = TypeOn(*source);
    arithmetic.weight = memory::data_type::s8;
    // The addend is added where the result is to be, so both must be of one type.
    const FakeQuantize* const addend = GridOf(node.Input(kAddend));
    const bool rounded = conv.grid && conv.activation != Activation::kSigmoid && node.Input(kSlope).empty() &&
                         (node.Input(kAddend).empty() || (addend != nullptr && TypeOn(*addend) == TypeOn(*conv.grid)));
    const float unit = rounded ? conv.grid->step : 1;
    if (rounded) arithmetic.result = TypeOn(*conv.grid);
    if (rounded && addend != nullptr) arithmetic.addend_factor = addend->step / unit;
    for (const float step : steps) {
      arithmetic.bias_factors.push_back(1 / (source->step * step));
      arithmetic.result_factors.push_back(source->step * step / unit);
    }
    return arithmetic;
  }

  // PRelu in place.
  void AddSlope(const Node& node, const Placed& value) {
    memory::dims dims(ShapeOf(node.output).size(), 1);
    dims[1] = ShapeOf(node.output)[1];
    const dnnl::prelu_forward::desc desc(kInference, value.desc, AnyLayout(dims));
    const dnnl::prelu_forward::primitive_desc primitive(desc, UserScratchpad(), engine_);
    const Placed slope = Constant(weights_.In(node.Input(kSlope), PlainLayout(dims), primitive.weights_desc()));
    AddPrimitive(dnnl::prelu_forward(primitive), primitive,
                 {{DNNL_ARG_SRC, value}, {DNNL_ARG_WEIGHTS, slope}, {DNNL_ARG_DST, value}});
  }

  // A buffer with the value that may be written over: its own when nothing needs it any more, else a copy.
  Placed Overwritable(const std::string& value, const memory::desc& desc) {
    const Placed placed = In(value, desc);
    const Buffer& buffer = plan_.buffers[placed.buffer];
    if (buffer.kind == Buffer::Kind::kArena && pending_uses_[placed.buffer] == 1) return placed;
    const Placed copy = NewBuffer(desc);
    AddReorder(placed, copy);
    return copy;
  }

  // --- Values and their layouts

  const Shape& ShapeOf(const std::string& value) const { return shapes_.at(value); }

  // The grid that a value lies on, as 8-bit multiples of its step; null for floats.
  const FakeQuantize* GridOf(const std::string& value) const {
    const auto found = grids_.find(value);
    return found == grids_.end() ? nullptr : &found->second;
  }

  // The grid that all these values lie on; null when there is none.
  const FakeQuantize* CommonGrid(const std::vector<std::string>& values) const {
    const FakeQuantize* const first = GridOf(values.front());
    const bool all = first != nullptr && std::all_of(values.begin(), values.end(), [&](const std::string& value) {
                       const FakeQuantize* const grid = GridOf(value);
                       return grid != nullptr && *grid == *first;
                     });
    return all ? first : nullptr;
  }

  void DefineOnGrid(const std::string& value, const Placed& placed, FakeQuantize grid) {
    grids_[value] = grid;
    Define(value, placed);
  }

  // Rounds the floats in `placed` to the grid: that is `value`.
  void DefineRounded(const std::string& value, const Placed& placed, FakeQuantize grid) {
    const Placed rounded = NewBuffer(OfType(placed.desc, TypeOn(grid)));
    AddReorder(placed, rounded, 1 / grid.step);
    DefineOnGrid(value, rounded, grid);
  }

  // The value as floats, in the order in which it was made.
  Placed AsFloats(const std::string& value) { return In(value, OfType(AsMade(value).desc, kFloat)); }

  // The value in the layout and type in which it was made.
  Placed AsMade(const std::string& value) {
    if (weights_.Has(value) && !values_.contains(value)) {
      const auto plain = PlainLayout(ShapeOf(value));
      values_[value] = {Constant(weights_.In(value, plain, plain))};
    }
    return values_.at(value).front();
  }

  Placed In(const std::string& value, const memory::desc& desc) {
    const Placed made = AsMade(value);
    for (const Placed& placed : values_[value]) {
      if (placed.desc == desc) return placed;
    }
    const Placed reordered = NewBuffer(desc);
    AddReorder(made, reordered, desc.data_type() == made.desc.data_type() ? 1 : GridOf(value)->step);
    Define(value, reordered);
    return reordered;
  }

  Placed Plain(const std::string& value) { return In(value, PlainLayout(ShapeOf(value))); }

  // `pending_uses_` of a buffer: how often nodes not planned yet take a value that is in it.
  void Define(const std::string& value, const Placed& placed) {
    values_[value].push_back(placed);
    pending_uses_[placed.buffer] += uses_[value];
  }

  void CountUse(const std::string& value) {
    if (value.empty()) return;
    --uses_[value];
    if (const auto found = values_.find(value); found != values_.end()) {
      for (const Placed& placed : found->second) --pending_uses_[placed.buffer];
    }
  }

  // --- Buffers and steps

  std::size_t Add(Buffer buffer) {
    buffer.first_step = buffer.last_step = plan_.steps.size();
    plan_.buffers.push_back(std::move(buffer));
    pending_uses_.push_back(0);
    return plan_.buffers.size() - 1;
  }

  Placed NewBuffer(const memory::desc& desc) {
    Buffer buffer;
    buffer.bytes = RoundUpToCacheLine(desc.get_size());
    return {desc, Add(std::move(buffer))};
  }

  Placed Constant(const memory& constant) {
    Buffer buffer;
    buffer.kind = Buffer::Kind::kConstant;
    buffer.constant = constant;
    return {constant.get_desc(), Add(std::move(buffer))};
  }

  void Touch(const Placed& value) {
    Buffer& buffer = plan_.buffers[value.buffer];
    buffer.last_step = std::max(buffer.last_step, plan_.steps.size());
  }

  void AddStep(Step step) {
    for (const Argument& argument : step.arguments) {
      if (argument.role != 0) Touch(argument.value);
    }
    plan_.steps.push_back(std::move(step));
  }

  void AddPrimitive(dnnl::primitive primitive, const dnnl::primitive_desc_base& desc, std::vector<Argument> arguments) {
    const auto scratchpad = desc.scratchpad_desc();
    if (scratchpad.get_size() > 0) arguments.push_back({DNNL_ARG_SCRATCHPAD, NewBuffer(scratchpad)});
    AddStep({std::move(primitive), std::move(arguments), nullptr, {}});
  }

  void AddReorder(const Placed& from, const Placed& to, float factor = 1) {
    dnnl::primitive_attr attributes = UserScratchpad();
    if (factor != 1) attributes.set_output_scales(0, {factor});
    const dnnl::reorder::primitive_desc desc(engine_, from.desc, engine_, to.desc, attributes);
    AddPrimitive(dnnl::reorder(desc), desc, {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
    ++plan_.reorders;
  }

  static dnnl::primitive_attr UserScratchpad() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
  }

  // Places large buffers first, each as low as those allow that live at the same time.
  void LayOutArena() {
    std::vector<Buffer*> order;
    for (Buffer& buffer : plan_.buffers) {
      if (buffer.kind == Buffer::Kind::kArena) order.push_back(&buffer);
    }
    std::stable_sort(order.begin(), order.end(), [](const Buffer* a, const Buffer* b) { return a->bytes > b->bytes; });
    std::vector<const Buffer*> placed;  // by offset
    for (Buffer* buffer : order) {
      std::size_t offset = 0;
      for (const Buffer* other : placed) {
        if (other->first_step > buffer->last_step || buffer->first_step > other->last_step) continue;
        if (offset + buffer->bytes <= other->offset) break;
        offset = std::max(offset, other->offset + other->bytes);
      }
      buffer->offset = offset;
      plan_.arena_bytes = std::max(plan_.arena_bytes, offset + buffer->bytes);
      placed.insert(std::upper_bound(placed.begin(), placed.end(), buffer,
                                     [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; }),
                    buffer);
    }
  }

  const Graph& graph_;
  const ShapeMap& shapes_;
  DnnlWeights& weights_;
  const dnnl::engine& engine_;
  DnnlPlan plan_;
  std::unordered_map<std::string, std::vector<Placed>> values_;  // in all layouts made so far
  std::unordered_map<std::string, FakeQuantize> grids_;          // of the values that lie on one
  std::unordered_map<std::string, int> uses_;                    // by nodes not planned yet
  std::vector<int> pending_uses_;                                // by buffer
};

}  // namespace

DnnlPlan MakeDnnlPlan(const Graph& graph, const ShapeMap& shapes, DnnlWeights& weights, const dnnl::engine& engine) {
  return Planner(graph, shapes, weights, engine).Plan();
}

}  // namespace kinfolder
