#include <fcntl.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/file.h"
#include "nn/onnx.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

// The versions of ONNX's operator set whose meaning the reader knows.
constexpr std::int64_t kOldestOpset = 10;
constexpr std::int64_t kNewestOpset = 21;

constexpr int kBlockBytes = 1 << 20;  // that are read at once

using Integers = std::vector<std::int64_t>;

// The attributes of a node, with ONNX's defaults.
class Attributes {
 public:
  explicit Attributes(const onnx::NodeProto& node) : node_(node) {}

  const onnx::AttributeProto* Find(std::string_view name) const {
    for (const onnx::AttributeProto& attribute : node_.attribute()) {
      if (attribute.name() == name) return &attribute;
    }
    return nullptr;
  }
  std::int64_t Int(std::string_view name, std::int64_t otherwise) const {
    const auto* attribute = Find(name);
    return attribute == nullptr ? otherwise : attribute->i();
  }
  float Float(std::string_view name, float otherwise) const {
    const auto* attribute = Find(name);
    return attribute == nullptr ? otherwise : attribute->f();
  }
  std::string String(std::string_view name, std::string_view otherwise) const {
    const auto* attribute = Find(name);
    return attribute == nullptr ? std::string(otherwise) : attribute->s();
  }
  Integers Ints(std::string_view name) const {
    const auto* attribute = Find(name);
    return attribute == nullptr ? Integers{} : Integers(attribute->ints().begin(), attribute->ints().end());
  }
  // Fills `values`, or leaves them when the attribute is absent.
  template <std::size_t n>
  Status Fill(std::string_view name, std::array<std::int64_t, n>& values) const {
    const Integers given = Ints(name);
    if (given.empty()) return {};
    if (given.size() != n)
      return Fail(ErrorCode::kUnsupported, "its {} {} has {} {}, only pictures with height and width are known",
                  node_.op_type(), node_.name(), given.size(), name);
    std::copy(given.begin(), given.end(), values.begin());
    return {};
  }

 private:
  const onnx::NodeProto& node_;
};

template <class T>
Result<std::vector<T>> TensorValues(const onnx::TensorProto& tensor, std::size_t count,
                                    const google::protobuf::RepeatedField<T>& typed) {
  std::vector<T> values(typed.begin(), typed.end());
  if (tensor.has_raw_data()) {
    values.resize(tensor.raw_data().size() / sizeof(T));
    if (tensor.raw_data().size() != count * sizeof(T)) values.clear();
    std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(T));
  }
  if (values.size() != count)
    return Fail(ErrorCode::kCorrupt, "the tensor {} does not hold the {} numbers that its shape says", tensor.name(),
                count);
  return values;
}

// Eight-bit numbers as they are stored; those of a UINT8 tensor are zero points.
struct ByteTensor {
  Shape shape;
  std::string values;
  bool is_signed = false;
};

// Takes the values of an INT8 or UINT8 tensor out of it.
Result<std::string> TakeByteValues(onnx::TensorProto& tensor, std::size_t count) {
  std::string values = std::move(*tensor.mutable_raw_data());
  if (values.empty()) {
    for (const std::int32_t value : tensor.int32_data()) values.push_back(static_cast<char>(value));
  }
  if (values.size() != count)
    return Fail(ErrorCode::kCorrupt, "the tensor {} does not hold the {} numbers that its shape says", tensor.name(),
                count);
  return values;
}

// A value that QuantizeLinear gave, before DequantizeLinear makes numbers of it again.
struct QuantizedValue {
  std::string source;
  FakeQuantize grid;
};

class Reader {
 public:
  Result<Graph> Read(onnx::ModelProto& model) {
    RETURN_IF_ERROR(ReadVersion(model));
    onnx::GraphProto& graph = *model.mutable_graph();
    if (graph.sparse_initializer_size() > 0) return Fail(ErrorCode::kUnsupported, "it has sparse weights");
    for (onnx::TensorProto& tensor : *graph.mutable_initializer()) {
      RETURN_IF_ERROR(AddTensor(tensor.name(), tensor));
      tensor.Clear();  // keeps one copy of large weights, not two
    }
    for (const onnx::ValueInfoProto& input : graph.input()) RETURN_IF_ERROR(ReadInput(input));
    next_open_ = -1 - static_cast<std::int64_t>(graph_.open_dimensions.size());
    for (const onnx::NodeProto& node : graph.node()) RETURN_IF_ERROR(ReadNode(node));
    for (const onnx::ValueInfoProto& output : graph.output()) graph_.outputs.push_back(output.name());
    RETURN_IF_ERROR(Validate(graph_));
    DropUnusedConstants();
    DequantizeParameters();
    return std::move(graph_);
  }

 private:
  using NodeReader = Status (Reader::*)(const onnx::NodeProto&);

  Status ReadVersion(const onnx::ModelProto& model) {
    if (!model.has_graph()) return Fail(ErrorCode::kCorrupt, "it is no ONNX model, or only a part of one");
    for (const onnx::OperatorSetIdProto& opset : model.opset_import()) {
      if (opset.domain().empty() || opset.domain() == "ai.onnx") opset_ = opset.version();
    }
    if (opset_ < kOldestOpset || opset_ > kNewestOpset)
      return Fail(ErrorCode::kUnsupported, "it uses version {} of ONNX's operators, Kinfolder knows {} to {}", opset_,
                  kOldestOpset, kNewestOpset);
    return {};
  }

  // Its values may be taken out of the tensor.
  Status AddTensor(const std::string& name, onnx::TensorProto& tensor) {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0)
      return Fail(ErrorCode::kUnsupported, "it keeps the tensor {} in another file; save it as one file", name);
    if (graph_.constants.contains(name) || integers_.contains(name) || bytes_.contains(name))
      return Fail(ErrorCode::kCorrupt, "the value {} is defined twice", name);
    const Shape shape(tensor.dims().begin(), tensor.dims().end());
    for (const std::int64_t dimension : shape) {
      if (dimension < 0) return Fail(ErrorCode::kCorrupt, "the tensor {} has the shape {}", name, ToString(shape));
    }
    const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
    if (!empty) RETURN_IF_ERROR(CheckShape(shape));
    const auto count = empty ? 0 : static_cast<std::size_t>(ElementCount(shape));
    switch (tensor.data_type()) {
      case onnx::TensorProto::FLOAT: {
        ASSIGN_OR_RETURN(graph_.constants[name].values, TensorValues(tensor, count, tensor.float_data()));
        graph_.constants[name].shape = shapes_[name] = shape;
        return {};
      }
      case onnx::TensorProto::INT64: {
        ASSIGN_OR_RETURN(integers_[name], TensorValues<google::protobuf::int64>(tensor, count, tensor.int64_data()));
        return {};
      }
      case onnx::TensorProto::INT32: {
        ASSIGN_OR_RETURN(const auto values, TensorValues(tensor, count, tensor.int32_data()));
        integers_[name].assign(values.begin(), values.end());
        return {};
      }
      case onnx::TensorProto::INT8:
      case onnx::TensorProto::UINT8: {
        ByteTensor& bytes = bytes_[name];
        bytes.shape = shape;
        bytes.is_signed = tensor.data_type() == onnx::TensorProto::INT8;
        ASSIGN_OR_RETURN(bytes.values, TakeByteValues(tensor, count));
        return {};
      }
      default:
        return Fail(ErrorCode::kUnsupported, "the tensor {} is of number type {}; save the model as float32", name,
                    tensor.data_type());
    }
  }

  Status ReadInput(const onnx::ValueInfoProto& input) {
    if (graph_.constants.contains(input.name()) || integers_.contains(input.name())) return {};  // a weight's default
    const onnx::TypeProto::Tensor& type = input.type().tensor_type();
    if (type.elem_type() != onnx::TensorProto::FLOAT || !type.has_shape())
      return Fail(ErrorCode::kUnsupported, "its input {} is no float32 tensor of known rank", input.name());
    GraphInput read{input.name(), {}};
    for (const auto& dimension : type.shape().dim()) {
      read.shape.push_back(dimension.has_dim_value() && dimension.dim_value() >= 0
                               ? dimension.dim_value()
                               : OpenDimension(dimension.dim_param()));
    }
    if (auto status = CheckShape(read.shape); !status)
      return Fail(status.error().code, "its input {}: {}", input.name(), status.error().message);
    shapes_[input.name()] = read.shape;
    graph_.inputs.push_back(std::move(read));
    return {};
  }

  std::int64_t OpenDimension(const std::string& name) {
    auto& names = graph_.open_dimensions;
    const auto found = name.empty() ? names.end() : std::find(names.begin(), names.end(), name);
    const std::int64_t place = found - names.begin();
    if (found == names.end()) names.push_back(name.empty() ? "open" + std::to_string(names.size()) : name);
    return -1 - place;
  }

  Status ReadNode(const onnx::NodeProto& node) {
    static const std::unordered_map<std::string_view, NodeReader> readers{
        {"Add", &Reader::ReadBinary<Binary::Kind::kAdd>},
        {"AveragePool", &Reader::ReadPool<Pool::Kind::kAverage>},
        {"BatchNormalization", &Reader::ReadBatchNorm},
        {"Clip", &Reader::ReadClip},
        {"Concat", &Reader::ReadConcat},
        {"Constant", &Reader::ReadConstant},
        {"Conv", &Reader::ReadConv},
        {"DequantizeLinear", &Reader::ReadDequantize},
        {"Div", &Reader::ReadBinary<Binary::Kind::kDiv>},
        {"Dropout", &Reader::ReadIdentity},
        {"Flatten", &Reader::ReadFlatten},
        {"Gemm", &Reader::ReadGemm},
        {"GlobalAveragePool", &Reader::ReadSimple<GlobalAveragePool>},
        {"Identity", &Reader::ReadIdentity},
        {"LpNormalization", &Reader::ReadLpNormalization},
        {"MatMul", &Reader::ReadSimple<Gemm>},
        {"MaxPool", &Reader::ReadPool<Pool::Kind::kMax>},
        {"Mul", &Reader::ReadBinary<Binary::Kind::kMul>},
        {"PRelu", &Reader::ReadSimple<PRelu>},
        {"QuantizeLinear", &Reader::ReadQuantize},
        {"ReduceL2", &Reader::ReadReduceL2},
        {"Relu", &Reader::ReadSimple<Relu>},
        {"Reshape", &Reader::ReadReshape},
        {"Sigmoid", &Reader::ReadSimple<Sigmoid>},
        {"Slice", &Reader::ReadSlice},
        {"Softmax", &Reader::ReadSoftmax},
        {"Squeeze", &Reader::ReadSqueeze},
        {"Sub", &Reader::ReadBinary<Binary::Kind::kSub>},
        {"Transpose", &Reader::ReadTranspose},
        {"Unsqueeze", &Reader::ReadUnsqueeze},
    };
    const auto reader = readers.find(node.op_type());
    const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
    if (reader == readers.end() || !standard)
      return Fail(ErrorCode::kUnsupported, "it needs the operator {}{}, which Kinfolder does not know",
                  standard ? "" : node.domain() + ".", node.op_type());
    if (node.output_size() < 1 || node.output(0).empty())
      return Fail(ErrorCode::kCorrupt, "a node {} has no output", node.op_type());
    if (integers_.contains(node.output(0)))
      return Fail(ErrorCode::kCorrupt, "the value {} is defined twice", node.output(0));
    return (this->*reader->second)(node);
  }

  // --- Helpers of the readers below.

  // Adds the node and finds its shape.
  Status Emit(Op op, std::vector<std::string> inputs, std::string output) {
    Node node{std::move(op), std::move(inputs), std::move(output)};
    while (!node.inputs.empty() && node.inputs.back().empty()) node.inputs.pop_back();
    if (node.inputs.empty()) return Fail(ErrorCode::kCorrupt, "{} of {} has no input", OpName(node.op), node.output);
    std::vector<Shape> shapes;
    for (const std::string& input : node.inputs) {
      const auto found = shapes_.find(input);
      if (found == shapes_.end() && !input.empty())
        return Fail(integers_.contains(input) ? ErrorCode::kUnsupported : ErrorCode::kCorrupt,
                    "{} of {} needs the {}value \"{}\"{}", OpName(node.op), node.output,
                    integers_.contains(input) ? "float32 " : "", input,
                    integers_.contains(input) ? "" : ", which nothing before it gives");
      shapes.push_back(input.empty() ? Shape{} : found->second);
    }
    // Arity is checked here already, because shape rules look at their inputs.
    RETURN_IF_ERROR(CheckArity(node));
    ASSIGN_OR_RETURN(Shape shape, OutputShape(node, shapes, next_open_));
    if (!shapes_.emplace(node.output, std::move(shape)).second)
      return Fail(ErrorCode::kCorrupt, "the value {} is defined twice", node.output);
    graph_.nodes.push_back(std::move(node));
    return {};
  }

  static std::vector<std::string> Inputs(const onnx::NodeProto& node) {
    return {node.input().begin(), node.input().end()};
  }
  static std::string Input(const onnx::NodeProto& node, int index) {
    return index < node.input_size() ? node.input(index) : std::string();
  }

  Result<Shape> ShapeOf(const std::string& name) const {
    const auto found = shapes_.find(name);
    if (found == shapes_.end()) return Fail(ErrorCode::kCorrupt, "nothing gives the value \"{}\"", name);
    return found->second;
  }

  // A whole-number parameter, which must be stored in the file; nullopt when it is absent.
  Result<std::optional<Integers>> IntegerInput(const onnx::NodeProto& node, int index) const {
    const std::string name = Input(node, index);
    if (name.empty()) return std::nullopt;
    const auto found = integers_.find(name);
    if (found == integers_.end())
      return Fail(ErrorCode::kUnsupported, "its {} {} takes its parameter {} from a computation", node.op_type(),
                  node.name(), name);
    return found->second;
  }

  // A parameter that older operator sets keep in an attribute and newer ones in an input.
  Result<std::optional<Integers>> Axes(const onnx::NodeProto& node, int input) const {
    const Attributes attributes(node);
    if (attributes.Find("axes") != nullptr) return attributes.Ints("axes");
    return IntegerInput(node, input);
  }

  Result<std::size_t> Axis(const onnx::NodeProto& node, std::int64_t axis, std::size_t rank) const {
    const auto signed_rank = static_cast<std::int64_t>(rank);
    if (axis < -signed_rank || axis > signed_rank)
      return Fail(ErrorCode::kCorrupt, "its {} {} has the axis {} of {}", node.op_type(), node.name(), axis, rank);
    return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
  }

  // The attribute "axis" as a place in the first input's shape.
  Result<std::size_t> AxisAttribute(const onnx::NodeProto& node, std::int64_t otherwise) const {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(Input(node, 0)));
    return Axis(node, Attributes(node).Int("axis", otherwise), shape.size());
  }

  Result<Window> ReadWindow(const onnx::NodeProto& node) const {
    const Attributes attributes(node);
    Window window;
    RETURN_IF_ERROR(attributes.Fill("kernel_shape", window.kernel));
    RETURN_IF_ERROR(attributes.Fill("strides", window.strides));
    RETURN_IF_ERROR(attributes.Fill("dilations", window.dilations));
    const std::string padding = attributes.String("auto_pad", "NOTSET");
    if (padding == "NOTSET") {
      RETURN_IF_ERROR(attributes.Fill("pads", window.pads));
    } else if (padding == "SAME_UPPER") {
      window.padding = Window::Padding::kSameUpper;
    } else if (padding == "SAME_LOWER") {
      window.padding = Window::Padding::kSameLower;
    } else if (padding != "VALID") {
      return Fail(ErrorCode::kCorrupt, "its {} {} is padded in the unknown way \"{}\"", node.op_type(), node.name(),
                  padding);
    }
    window.ceil_mode = attributes.Int("ceil_mode", 0) != 0;
    return window;
  }

  // --- One reader per operator, or per family.

  template <class T>
  Status ReadSimple(const onnx::NodeProto& node) {
    return Emit(T{}, Inputs(node), node.output(0));
  }

  template <Binary::Kind kind>
  Status ReadBinary(const onnx::NodeProto& node) {
    return Emit(Binary{kind}, Inputs(node), node.output(0));
  }

  template <Pool::Kind kind>
  Status ReadPool(const onnx::NodeProto& node) {
    if (node.output_size() > 1) return Fail(ErrorCode::kUnsupported, "its MaxPool {} gives indices", node.name());
    ASSIGN_OR_RETURN(const Window window, ReadWindow(node));
    return Emit(Pool{kind, window, Attributes(node).Int("count_include_pad", 0) != 0}, Inputs(node), node.output(0));
  }

  Status ReadConv(const onnx::NodeProto& node) {
    Conv conv;
    ASSIGN_OR_RETURN(conv.window, ReadWindow(node));
    conv.groups = Attributes(node).Int("group", 1);
    ASSIGN_OR_RETURN(const Shape weight, ShapeOf(Input(node, 1)));
    if (Attributes(node).Find("kernel_shape") == nullptr && weight.size() == 4)
      conv.window.kernel = {weight[2], weight[3]};
    return Emit(conv, Inputs(node), node.output(0));
  }

  Status ReadGemm(const onnx::NodeProto& node) {
    const Attributes attributes(node);
    if (attributes.Int("transA", 0) != 0)
      return Fail(ErrorCode::kUnsupported, "its Gemm {} transposes its first input", node.name());
    const Gemm gemm{attributes.Int("transB", 0) != 0, attributes.Float("alpha", 1), attributes.Float("beta", 1)};
    return Emit(gemm, Inputs(node), node.output(0));
  }

  Status ReadBatchNorm(const onnx::NodeProto& node) {
    return Emit(BatchNorm{Attributes(node).Float("epsilon", 1e-5F)}, Inputs(node), node.output(0));
  }

  Status ReadClip(const onnx::NodeProto& node) {
    const Attributes attributes(node);
    Clip clip{attributes.Float("min", std::numeric_limits<float>::lowest()),
              attributes.Float("max", std::numeric_limits<float>::max())};
    for (int i = 1; i <= 2; ++i) {
      const std::string name = Input(node, i);
      if (name.empty()) continue;
      const Tensor* bound = graph_.Constant(name);
      if (bound == nullptr || bound->values.size() != 1)
        return Fail(ErrorCode::kUnsupported, "its Clip {} takes the bound {} from a computation", node.name(), name);
      (i == 1 ? clip.low : clip.high) = bound->values[0];
    }
    return Emit(clip, {Input(node, 0)}, node.output(0));
  }

  Status ReadConstant(const onnx::NodeProto& node) {
    const onnx::AttributeProto* value = Attributes(node).Find("value");
    if (value == nullptr) return Fail(ErrorCode::kUnsupported, "its Constant {} is no tensor", node.output(0));
    if (shapes_.contains(node.output(0)))
      return Fail(ErrorCode::kCorrupt, "the value {} is defined twice", node.output(0));
    onnx::TensorProto tensor = value->t();
    return AddTensor(node.output(0), tensor);
  }

  // QuantizeLinear and DequantizeLinear, one after the other, are one FakeQuantize; values in between have no other
  // use.
  Status ReadQuantize(const onnx::NodeProto& node) {
    RETURN_IF_ERROR(ShapeOf(Input(node, 0)));
    ASSIGN_OR_RETURN(const std::vector<float> steps, StepsOf(node));
    if (steps.size() != 1)
      return Fail(ErrorCode::kUnsupported, "its QuantizeLinear {} has several scales", node.name());
    ASSIGN_OR_RETURN(const std::optional<std::int32_t> zero, ZeroOf(node));
    quantized_[node.output(0)] = {Input(node, 0), {steps.front(), zero.value_or(0)}};
    return {};
  }

  Status ReadDequantize(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(std::vector<float> steps, StepsOf(node));
    ASSIGN_OR_RETURN(const std::optional<std::int32_t> zero, ZeroOf(node));
    if (const auto found = quantized_.find(Input(node, 0)); found != quantized_.end()) {
      const FakeQuantize& grid = found->second.grid;
      if (steps.size() != 1 || steps.front() != grid.step || zero.value_or(grid.zero) != grid.zero)
        return Fail(ErrorCode::kUnsupported,
                    "its DequantizeLinear {} has another scale or zero point than what it undoes", node.name());
      return Emit(found->second.grid, {found->second.source}, node.output(0));
    }
    const auto found = bytes_.find(Input(node, 0));
    if (found == bytes_.end() || !found->second.is_signed ||
        zero.value_or(FakeQuantize::kSigned) != FakeQuantize::kSigned)
      return Fail(ErrorCode::kUnsupported,
                  "its DequantizeLinear {} takes neither int8 weights nor what QuantizeLinear gave", node.name());
    return AddQuantizedWeight(node, found->second, std::move(steps));
  }

  // One step for the whole constant, or one for each place of its first dimension.
  Status AddQuantizedWeight(const onnx::NodeProto& node, const ByteTensor& bytes, std::vector<float> steps) {
    const std::string& name = node.output(0);
    if (shapes_.contains(name)) return Fail(ErrorCode::kCorrupt, "the value {} is defined twice", name);
    const std::size_t rows = bytes.shape.empty() ? 0 : static_cast<std::size_t>(bytes.shape[0]);
    if (rows == 0 || (steps.size() != 1 && (steps.size() != rows || Attributes(node).Int("axis", 1) != 0)))
      return Fail(ErrorCode::kUnsupported, "its DequantizeLinear {} has scales for another axis than the first",
                  node.name());
    steps.resize(rows, steps.front());
    shapes_[name] = bytes.shape;
    graph_.quantized[name] = {bytes.shape, {bytes.values.begin(), bytes.values.end()}, std::move(steps)};
    return {};
  }

  // The scales of a QuantizeLinear or DequantizeLinear.
  Result<std::vector<float>> StepsOf(const onnx::NodeProto& node) const {
    const Tensor* scale = graph_.Constant(Input(node, 1));
    if (scale == nullptr || scale->values.empty() || scale->shape.size() > 1)
      return Fail(ErrorCode::kUnsupported, "its {} {} takes its scale from a computation", node.op_type(), node.name());
    return scale->values;
  }

  // Its zero point, the same for all scales, as FakeQuantize counts it; nullopt where none is given.
  Result<std::optional<std::int32_t>> ZeroOf(const onnx::NodeProto& node) const {
    const std::string name = Input(node, 2);
    if (name.empty()) return std::nullopt;
    const auto found = bytes_.find(name);
    const bool is_known = found != bytes_.end() && !found->second.values.empty();
    if (!is_known || std::ranges::any_of(found->second.values, [&](auto v) { return v != found->second.values[0]; }))
      return Fail(ErrorCode::kUnsupported, "its {} {} has zero points that are computed or differ", node.op_type(),
                  node.name());
    const char zero = found->second.values.front();
    return found->second.is_signed ? FakeQuantize::kSigned + static_cast<std::int8_t>(zero)
                                   : static_cast<std::uint8_t>(zero);
  }

  // Also Dropout, which does nothing when it does not train. A view of the same shape; passes drop it.
  Status ReadIdentity(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(Input(node, 0)));
    return Emit(Reshape{Shape(shape.size(), 0)}, {Input(node, 0)}, node.output(0));
  }

  Status ReadConcat(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const std::size_t axis, AxisAttribute(node, 1));
    return Emit(Concat{axis}, Inputs(node), node.output(0));
  }

  Status ReadFlatten(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const std::size_t axis, AxisAttribute(node, 1));
    return Emit(Flatten{axis}, Inputs(node), node.output(0));
  }

  Status ReadSoftmax(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const std::size_t axis, AxisAttribute(node, opset_ < 13 ? 1 : -1));
    // Before version 13 it went over all dimensions from the axis on.
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(Input(node, 0)));
    if (opset_ < 13 && axis + 1 != shape.size())
      return Fail(ErrorCode::kUnsupported, "its Softmax {} goes over several dimensions", node.name());
    return Emit(Softmax{axis}, Inputs(node), node.output(0));
  }

  Status ReadLpNormalization(const onnx::NodeProto& node) {
    if (Attributes(node).Int("p", 2) != 2)
      return Fail(ErrorCode::kUnsupported, "its LpNormalization {} is not by the L2 norm", node.name());
    ASSIGN_OR_RETURN(const std::size_t axis, AxisAttribute(node, -1));
    return Emit(L2Normalize{axis}, Inputs(node), node.output(0));
  }

  Status ReadReduceL2(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(Input(node, 0)));
    ASSIGN_OR_RETURN(const auto axes, Axes(node, 1));
    if (!axes || axes->size() != 1)
      return Fail(ErrorCode::kUnsupported, "its ReduceL2 {} is not over one dimension", node.name());
    ASSIGN_OR_RETURN(const std::size_t axis, Axis(node, axes->front(), shape.size()));
    if (Attributes(node).Int("keepdims", 1) != 0) return Emit(ReduceL2{axis}, {Input(node, 0)}, node.output(0));
    const std::string kept = FreshName(node.output(0));
    RETURN_IF_ERROR(Emit(ReduceL2{axis}, {Input(node, 0)}, kept));
    return EmitSqueeze(node, kept, {static_cast<std::int64_t>(axis)});
  }

  Status ReadTranspose(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(Input(node, 0)));
    Transpose transpose;
    for (const std::int64_t from : Attributes(node).Ints("perm"))
      transpose.permutation.push_back(static_cast<std::size_t>(from));
    if (Attributes(node).Find("perm") == nullptr) {
      for (std::size_t i = shape.size(); i-- > 0;) transpose.permutation.push_back(i);
    }
    return Emit(std::move(transpose), Inputs(node), node.output(0));
  }

  // Slices along several axes become one Slice each.
  Status ReadSlice(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(Input(node, 0)));
    ASSIGN_OR_RETURN(const auto starts, IntegerInput(node, 1));
    ASSIGN_OR_RETURN(const auto ends, IntegerInput(node, 2));
    ASSIGN_OR_RETURN(auto axes, IntegerInput(node, 3));
    ASSIGN_OR_RETURN(const auto steps, IntegerInput(node, 4));
    if (!starts || !ends || starts->empty() || starts->size() != ends->size() || starts->size() > kMaxRank ||
        (axes && axes->size() != starts->size()))
      return Fail(ErrorCode::kCorrupt, "its Slice {} does not say where it starts and ends", node.name());
    if (steps && std::any_of(steps->begin(), steps->end(), [](std::int64_t step) { return step != 1; }))
      return Fail(ErrorCode::kUnsupported, "its Slice {} takes steps other than 1", node.name());
    std::string input = Input(node, 0);
    for (std::size_t i = 0; i < starts->size(); ++i) {
      ASSIGN_OR_RETURN(const std::size_t axis,
                       Axis(node, axes ? (*axes)[i] : static_cast<std::int64_t>(i), shape.size()));
      const std::string output = i + 1 < starts->size() ? FreshName(node.output(0)) : node.output(0);
      RETURN_IF_ERROR(Emit(Slice{axis, (*starts)[i], (*ends)[i]}, {input}, output));
      input = output;
    }
    return {};
  }

  Status ReadReshape(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const auto shape, IntegerInput(node, 1));
    if (!shape || shape->size() > kMaxRank || Attributes(node).Int("allowzero", 0) != 0)
      return Fail(ErrorCode::kUnsupported, "its Reshape {} has no usable shape", node.name());
    return Emit(Reshape{*shape}, {Input(node, 0)}, node.output(0));
  }

  Status ReadSqueeze(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const auto axes, Axes(node, 1));
    if (!axes) return Fail(ErrorCode::kUnsupported, "its Squeeze {} does not name its axes", node.name());
    return EmitSqueeze(node, Input(node, 0), *axes);
  }

  Status EmitSqueeze(const onnx::NodeProto& node, const std::string& input, const Integers& axes) {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(input));
    std::vector<bool> drop(shape.size());
    for (const std::int64_t axis : axes) {
      ASSIGN_OR_RETURN(const std::size_t place, Axis(node, axis, shape.size()));
      if (place >= shape.size() || shape[place] != 1)
        return Fail(ErrorCode::kCorrupt, "its {} {} drops a dimension of {}", node.op_type(), node.name(),
                    ToString(shape));
      drop[place] = true;
    }
    Shape output;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (!drop[i]) output.push_back(shape[i]);
    }
    return EmitReshape(node, input, shape, std::move(output));
  }

  Status ReadUnsqueeze(const onnx::NodeProto& node) {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(Input(node, 0)));
    ASSIGN_OR_RETURN(const auto axes, Axes(node, 1));
    if (!axes || axes->size() > kMaxRank)
      return Fail(ErrorCode::kUnsupported, "its Unsqueeze {} does not name its axes", node.name());
    const std::size_t rank = shape.size() + axes->size();
    std::vector<bool> added(rank);
    for (const std::int64_t axis : *axes) {
      ASSIGN_OR_RETURN(const std::size_t place, Axis(node, axis, rank));
      if (place >= rank || added[place])
        return Fail(ErrorCode::kCorrupt, "its Unsqueeze {} adds the axis {} of {}", node.name(), axis, rank);
      added[place] = true;
    }
    Shape output;
    auto next = shape.begin();
    for (std::size_t i = 0; i < rank; ++i) output.push_back(added[i] ? 1 : *next++);
    return EmitReshape(node, Input(node, 0), shape, std::move(output));
  }

  // A reshape to dimensions of which some may be open: those that keep their place are copied, one may be computed.
  Status EmitReshape(const onnx::NodeProto& node, const std::string& input, const Shape& from, Shape to) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      if (to[i] < 0) to[i] = i < from.size() && from[i] == to[i] ? 0 : -1;
    }
    if (std::count(to.begin(), to.end(), -1) > 1)
      return Fail(ErrorCode::kUnsupported, "its {} {} moves several open dimensions", node.op_type(), node.name());
    return Emit(Reshape{std::move(to)}, {input}, node.output(0));
  }

  // Such as bounds of Clip, which have become attributes.
  void DropUnusedConstants() {
    std::set<std::string> used(graph_.outputs.begin(), graph_.outputs.end());
    for (const Node& node : graph_.nodes) used.insert(node.inputs.begin(), node.inputs.end());
    std::erase_if(graph_.constants, [&used](const auto& constant) { return !used.contains(constant.first); });
    std::erase_if(graph_.quantized, [&used](const auto& constant) { return !used.contains(constant.first); });
  }

  // Weights of convolutions stay in 8 bits; nothing else is computed so.
  void DequantizeParameters() {
    for (const Node& node : graph_.nodes) {
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const auto found = graph_.quantized.find(node.inputs[i]);
        if (found == graph_.quantized.end() || (i == 1 && std::holds_alternative<Conv>(node.op))) continue;
        graph_.constants[node.inputs[i]] = Dequantized(found->second);
        graph_.quantized.erase(found);
      }
    }
  }

  std::string FreshName(const std::string& near) const {
    std::string name = near;
    do name += "_";
    while (shapes_.contains(name) || integers_.contains(name));
    return name;
  }

  std::int64_t opset_ = 0;
  std::int64_t next_open_ = -1;
  Graph graph_;
  ShapeMap shapes_;
  std::map<std::string, Integers> integers_;  // whole-number constants: parameters of operators, never data
  std::map<std::string, ByteTensor> bytes_;   // constants of 8-bit numbers: weights, before their steps are known
  std::map<std::string, QuantizedValue> quantized_;
};

// Of `size` bytes that `parse(model)` reads.
template <class Parse>
Result<Graph> ReadModel(std::uint64_t size, std::string_view name, const Parse& parse) {
  if (size > kMaxModelBytes)
    return Fail(ErrorCode::kTooLarge, "cannot use {}: it is larger than {} MiB", name, kMaxModelBytes >> 20);
  onnx::ModelProto model;
  ASSIGN_OR_RETURN(const bool parsed, parse(model));
  if (!parsed) return Fail(ErrorCode::kCorrupt, "cannot use {}: it is no ONNX model, or only a part of one", name);
  auto graph = Reader().Read(model);
  if (!graph) return Fail(graph.error().code, "cannot use {}: {}", name, graph.error().message);
  return graph;
}

}  // namespace

Result<Graph> ReadOnnx(std::span<const std::byte> bytes, std::string_view name) {
  return ReadModel(bytes.size(), name, [bytes](onnx::ModelProto& model) -> Result<bool> {
    return model.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
  });
}

// Block by block: weights are large, and a start of the program is short.
Result<Graph> ReadOnnxFile(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(path));
  return ReadModel(stamp.bytes, path.string(), [&path](onnx::ModelProto& model) -> Result<bool> {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return Fail(FileError(errno, "open", path));
    google::protobuf::io::FileInputStream stream(file, kBlockBytes);
    stream.SetCloseOnDelete(true);
    const bool parsed = model.ParsePartialFromZeroCopyStream(&stream);
    if (stream.GetErrno() != 0) return Fail(FileError(stream.GetErrno(), "read", path));
    return parsed;
  });
}

}  // namespace kinfolder
