#include <onnx/onnx_pb.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "base/file.h"
#include "nn/onnx.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

constexpr std::int64_t kIrVersion = 7;  // what came with operator set 13 (ONNX 1.8)
constexpr std::int64_t kOpset = 13;

// Writes the attributes and the parameter inputs of one node.
class NodeWriter {
 public:
  NodeWriter(onnx::GraphProto& graph, onnx::NodeProto& node) : graph_(graph), node_(node) {}

  void operator()(const Conv& conv) {
    WriteWindow(conv.window);
    Ints("dilations", conv.window.dilations);
    Int("group", conv.groups);
  }
  void operator()(const Gemm& gemm) {
    Int("transB", gemm.transpose_weight ? 1 : 0);
    Float("alpha", gemm.alpha);
    Float("beta", gemm.beta);
  }
  void operator()(const BatchNorm& norm) { Float("epsilon", norm.epsilon); }
  void operator()(const Clip& clip) {
    FloatInput("low", clip.low);
    FloatInput("high", clip.high);
  }
  void operator()(const Pool& pool) {
    WriteWindow(pool.window);
    Int("ceil_mode", pool.window.ceil_mode ? 1 : 0);
    if (pool.kind == Pool::Kind::kAverage) Int("count_include_pad", pool.count_padding ? 1 : 0);
  }
  void operator()(const Softmax& op) { Int("axis", static_cast<std::int64_t>(op.axis)); }
  void operator()(const L2Normalize& op) {
    Int("axis", static_cast<std::int64_t>(op.axis));
    Int("p", 2);
  }
  void operator()(const ReduceL2& op) { Ints("axes", std::array{static_cast<std::int64_t>(op.axis)}); }
  void operator()(const Concat& op) { Int("axis", static_cast<std::int64_t>(op.axis)); }
  void operator()(const Transpose& op) { Ints("perm", op.permutation); }
  void operator()(const Slice& op) {
    IntegerInput("start", {op.start});
    IntegerInput("end", {op.end});
    IntegerInput("axis", {static_cast<std::int64_t>(op.axis)});
  }
  void operator()(const Reshape& op) { IntegerInput("shape", op.shape); }
  void operator()(const Flatten& op) { Int("axis", static_cast<std::int64_t>(op.axis)); }
  template <class T>
  void operator()(const T& /*op*/) {}  // no attributes

 private:
  onnx::AttributeProto& Attribute(const char* name, onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto& attribute = *node_.add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
  }
  void Int(const char* name, std::int64_t value) { Attribute(name, onnx::AttributeProto::INT).set_i(value); }
  void Float(const char* name, float value) { Attribute(name, onnx::AttributeProto::FLOAT).set_f(value); }
  template <class Values>
  void Ints(const char* name, const Values& values) {
    onnx::AttributeProto& attribute = Attribute(name, onnx::AttributeProto::INTS);
    for (const auto value : values) attribute.add_ints(static_cast<std::int64_t>(value));
  }

  void WriteWindow(const Window& window) {
    Ints("kernel_shape", window.kernel);
    Ints("strides", window.strides);
    if (window.padding == Window::Padding::kExplicit) return Ints("pads", window.pads);
    Attribute("auto_pad", onnx::AttributeProto::STRING)
        .set_s(window.padding == Window::Padding::kSameUpper ? "SAME_UPPER" : "SAME_LOWER");
  }

  // A parameter that ONNX takes as an input: a tensor of its own beside the weights.
  onnx::TensorProto& TensorInput(const char* what) {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(node_.output(0) + "/" + what);
    node_.add_input(tensor.name());
    return tensor;
  }
  void IntegerInput(const char* what, const Shape& values) {
    onnx::TensorProto& tensor = TensorInput(what);
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    for (const std::int64_t value : values) tensor.add_int64_data(value);
  }
  void FloatInput(const char* what, float value) {
    onnx::TensorProto& tensor = TensorInput(what);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    tensor.add_float_data(value);
  }

  onnx::GraphProto& graph_;
  onnx::NodeProto& node_;
};

void WriteType(const Graph& graph, const std::string& name, const Shape& shape, onnx::ValueInfoProto& info) {
  info.set_name(name);
  onnx::TypeProto::Tensor& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape();
  for (const std::int64_t dimension : shape) {
    auto& written = *type.mutable_shape()->add_dim();
    const auto open = static_cast<std::size_t>(-1 - dimension);
    if (dimension >= 0) {
      written.set_dim_value(dimension);
    } else if (open < graph.open_dimensions.size()) {
      written.set_dim_param(graph.open_dimensions[open]);
    }
  }
}

void WriteFloats(const std::string& name, const Tensor& tensor, onnx::GraphProto& graph) {
  onnx::TensorProto& initializer = *graph.add_initializer();
  initializer.set_name(name);
  initializer.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t dimension : tensor.shape) initializer.add_dims(dimension);
  initializer.set_raw_data(tensor.values.data(), tensor.values.size() * sizeof(float));
}

// Adds a DequantizeLinear, whose scales and zero points lie beside it: of the numbers -128 to 127 when the byte that
// stands for 0 is in their middle, else of 0 to 255.
onnx::NodeProto& AddDequantize(const std::string& name, const Tensor& steps, std::int32_t zero_byte,
                               onnx::GraphProto& graph) {
  const bool is_signed = zero_byte == FakeQuantize::kSigned;
  WriteFloats(name + "/step", steps, graph);
  onnx::TensorProto& zero = *graph.add_initializer();
  zero.set_name(name + "/zero");
  zero.set_data_type(is_signed ? onnx::TensorProto::INT8 : onnx::TensorProto::UINT8);
  for (const std::int64_t dimension : steps.shape) zero.add_dims(dimension);
  zero.set_raw_data(std::string(steps.values.size(), is_signed ? '\0' : static_cast<char>(zero_byte)));
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type("DequantizeLinear");
  node.set_name(name);
  for (const char* const input : {"/8bit", "/step", "/zero"}) node.add_input(name + input);
  node.add_output(name);
  return node;
}

void WriteQuantizedWeight(const std::string& name, const QuantizedTensor& tensor, onnx::GraphProto& graph) {
  onnx::TensorProto& initializer = *graph.add_initializer();
  initializer.set_name(name + "/8bit");
  initializer.set_data_type(onnx::TensorProto::INT8);
  for (const std::int64_t dimension : tensor.shape) initializer.add_dims(dimension);
  initializer.set_raw_data(tensor.multiples.data(), tensor.multiples.size());
  onnx::NodeProto& node = AddDequantize(name, Tensor{{tensor.shape[0]}, tensor.steps}, FakeQuantize::kSigned, graph);
  onnx::AttributeProto& axis = *node.add_attribute();
  axis.set_name("axis");
  axis.set_type(onnx::AttributeProto::INT);
  axis.set_i(0);
}

void WriteQuantize(const Node& node, const FakeQuantize& grid, onnx::GraphProto& graph) {
  onnx::NodeProto& quantize = *graph.add_node();
  quantize.set_op_type("QuantizeLinear");
  quantize.set_name(node.output + "/8bit");
  for (const std::string& input : {node.Input(0), node.output + "/step", node.output + "/zero"})
    quantize.add_input(input);
  quantize.add_output(node.output + "/8bit");
  AddDequantize(node.output, Tensor{{}, {grid.step}}, grid.zero, graph);
}

}  // namespace

Result<std::vector<std::byte>> WriteOnnx(const Graph& graph) {
  RETURN_IF_ERROR(Validate(graph));
  ASSIGN_OR_RETURN(const ShapeMap shapes, InferShapes(graph));
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("kinfolder");
  model.add_opset_import()->set_version(kOpset);
  onnx::GraphProto& written = *model.mutable_graph();
  written.set_name("kinfolder");
  for (const auto& [name, tensor] : graph.constants) WriteFloats(name, tensor, written);
  for (const auto& [name, tensor] : graph.quantized) WriteQuantizedWeight(name, tensor, written);
  for (const GraphInput& input : graph.inputs) WriteType(graph, input.name, input.shape, *written.add_input());
  for (const Node& node : graph.nodes) {
    if (IsFused(node))
      return Fail(ErrorCode::kUnsupported, "the fused operator of {} has no name in ONNX", node.output);
    if (const auto* grid = std::get_if<FakeQuantize>(&node.op)) {
      WriteQuantize(node, *grid, written);
      continue;
    }
    onnx::NodeProto& proto = *written.add_node();
    proto.set_op_type(std::string(OpName(node.op)));
    proto.set_name(node.output);
    for (const std::string& input : node.inputs) proto.add_input(input);
    proto.add_output(node.output);
    std::visit(NodeWriter(written, proto), node.op);
  }
  for (const std::string& output : graph.outputs) WriteType(graph, output, shapes.at(output), *written.add_output());

  std::vector<std::byte> bytes(model.ByteSizeLong());
  if (bytes.size() > kMaxModelBytes || !model.SerializeToArray(bytes.data(), static_cast<int>(bytes.size())))
    return Fail(ErrorCode::kTooLarge, "the network is too large for an ONNX file");
  return bytes;
}

}  // namespace kinfolder
