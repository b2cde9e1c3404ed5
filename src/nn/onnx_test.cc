#include "nn/onnx.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <rapidcheck.h>

#include <algorithm>
#include <functional>
#include <random>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "nn/passes.h"
#include "nn/session.h"
#include "nn/shapes.h"
#include "nn/test_networks.h"

namespace kinfolder {
namespace {

std::vector<std::byte> Bytes(const onnx::ModelProto& model) {
  const std::string text = model.SerializeAsString();
  const auto bytes = AsBytes(text);
  return {bytes.begin(), bytes.end()};
}

onnx::ModelProto Parse(std::span<const std::byte> bytes) {
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return model;
}

// One convolution and one Relu.
onnx::ModelProto Small() {
  Random random(1);
  NetworkBuilder builder(random);
  const std::string x = builder.Input({-1, 3, -2, -3});
  const std::string y = builder.Add(Relu{}, {builder.AddConv(x, 3, 4, SquareWindow(3))});
  return Parse(*WriteOnnx(std::move(builder).Build({y})));
}

// What reading says of the model after it was broken.
std::string Problem(const std::function<void(onnx::ModelProto&)>& break_it) {
  onnx::ModelProto model = Small();
  break_it(model);
  const auto graph = ReadOnnx(Bytes(model), "small.onnx");
  return graph ? "fine" : graph.error().message;
}

// A node with these attributes (name, integers) at the end of the model, whose output becomes the model's.
onnx::NodeProto& Append(onnx::ModelProto& model, const std::string& op, const std::vector<std::string>& inputs) {
  onnx::NodeProto& node = *model.mutable_graph()->add_node();
  node.set_op_type(op);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output("end");
  model.mutable_graph()->mutable_output(0)->set_name("end");
  return node;
}

void SetInt(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void SetInts(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

TEST(ReadOnnx, ReadsWhatWasWritten) {
  EXPECT_TRUE(rc::check([](std::uint32_t seed) {
    Random random(seed);
    const Graph graph = RandomNetwork(random);
    const auto bytes = WriteOnnx(graph);
    RC_ASSERT(bytes.has_value());
    const auto read = ReadOnnx(*bytes);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == graph);
  }));
}

TEST(ReadOnnx, ReadsEveryOperatorAsWritten) {
  Random random(1);
  NetworkBuilder builder(random);
  const std::string x = builder.Input({-1, 4, 6, 6});
  Window same = SquareWindow(3, 2);
  same.padding = Window::Padding::kSameLower;
  std::string y = builder.AddConv(x, 4, 4, same, 2);
  y = builder.Add(Clip{-0.5F, 2}, {builder.Add(PRelu{}, {y, builder.Constant(RandomTensor({4, 1, 1}, random))})});
  y = builder.Add(Binary{Binary::Kind::kDiv}, {y, builder.Add(ReduceL2{1}, {y})});
  y = builder.Add(Transpose{{0, 2, 3, 1}}, {y});
  y = builder.Add(Softmax{2}, {builder.Add(Slice{3, -3, 3}, {y})});
  y = builder.Add(Reshape{{0, -1}}, {y});
  y = builder.Add(Gemm{false, 0.5F, 2}, {y, builder.Weight({18, 5}, 18), builder.Constant(RandomTensor({5}, random))});
  const Graph graph = std::move(builder).Build({y});
  const auto read = ReadOnnx(*WriteOnnx(graph));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, graph);
}

TEST(WriteOnnx, HasNoWordsForFusedOperators) {
  Random random(1);
  NetworkBuilder builder(random);
  const std::string x = builder.Input({1, 3, 4, 4});
  const std::string y = builder.Add(Relu{}, {builder.AddConv(x, 3, 4, SquareWindow(3))});
  const Graph graph = Optimize(std::move(builder).Build({y}));
  EXPECT_EQ(WriteOnnx(graph).error(), (Error{ErrorCode::kUnsupported, "the fused operator of n1 has no name in ONNX"}));
}

TEST(ReadOnnx, NamesTheOperatorThatItDoesNotKnow) {
  EXPECT_EQ(Problem([](auto& m) { Append(m, "Foo", {"n1"}); }),
            "cannot use small.onnx: it needs the operator Foo, which Kinfolder does not know");
  EXPECT_EQ(Problem([](auto& m) { Append(m, "Relu", {"n1"}).set_domain("com.acme"); }),
            "cannot use small.onnx: it needs the operator com.acme.Relu, which Kinfolder does not know");
}

TEST(ReadOnnx, SaysWhatIsWrong) {
  EXPECT_EQ(Problem([](auto& m) { m.clear_graph(); }),
            "cannot use small.onnx: it is no ONNX model, or only a part of one");
  EXPECT_EQ(Problem([](auto& m) { m.mutable_opset_import(0)->set_version(6); }),
            "cannot use small.onnx: it uses version 6 of ONNX's operators, Kinfolder knows 10 to 21");
  EXPECT_EQ(Problem([](auto& m) { m.mutable_graph()->mutable_node(0)->set_input(0, "n1"); }),
            "cannot use small.onnx: Conv of n0 needs the value \"n1\", which nothing before it gives");  // a cycle
  EXPECT_EQ(Problem([](auto& m) { m.mutable_graph()->mutable_node(0)->set_input(1, "gone"); }),
            "cannot use small.onnx: nothing gives the value \"gone\"");
  EXPECT_EQ(Problem([](auto& m) { m.mutable_graph()->mutable_node(1)->set_output(0, "n0"); }),
            "cannot use small.onnx: the value n0 is defined twice");
  EXPECT_EQ(Problem([](auto& m) { m.mutable_graph()->mutable_output(0)->set_name("gone"); }),
            "cannot use small.onnx: nothing gives the output gone");
  EXPECT_EQ(Problem([](auto& m) { m.mutable_graph()->mutable_initializer(0)->set_dims(0, 5); }),
            "cannot use small.onnx: the tensor c0 does not hold the 135 numbers that its shape says");
  EXPECT_EQ(Problem([](auto& m) { m.mutable_graph()->mutable_initializer(0)->set_dims(0, -4); }),
            "cannot use small.onnx: the tensor c0 has the shape [-4, 3, 3, 3]");
  EXPECT_EQ(Problem([](auto& m) { m.mutable_graph()->mutable_initializer(0)->set_dims(0, std::int64_t{1} << 60); }),
            "cannot use small.onnx: the shape [1152921504606846976, 3, 3, 3] is too large");
  EXPECT_EQ(Problem([](auto& m) { m.mutable_graph()->mutable_initializer(0)->set_data_type(10); }),
            "cannot use small.onnx: the tensor c0 is of number type 10; save the model as float32");
  EXPECT_EQ(Problem([](auto& m) {
              m.mutable_graph()->mutable_initializer(0)->set_data_location(onnx::TensorProto::EXTERNAL);
            }),
            "cannot use small.onnx: it keeps the tensor c0 in another file; save it as one file");
  EXPECT_EQ(Problem([](auto& m) {
              m.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(7);
            }),
            "cannot use small.onnx: its input x0 is no float32 tensor of known rank");
  EXPECT_EQ(Problem([](auto& m) {
              auto& type = *m.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
              type.mutable_shape()->mutable_dim(1)->set_dim_value(5);
            }),
            "cannot use small.onnx: Conv of n0 does not fit its inputs [-1, 5, -2, -3], [4, 3, 3, 3], [4]");
  EXPECT_EQ(Problem([](auto& m) { SetInts(Append(m, "MaxPool", {"n1"}), "kernel_shape", {2}); }),
            "cannot use small.onnx: its MaxPool  has 1 kernel_shape, only pictures with height and width are known");
  EXPECT_EQ(Problem([](auto& m) {
              Append(m, "Reshape", {"n1", "n0"});
            }),
            "cannot use small.onnx: its Reshape  takes its parameter n0 from a computation");
}

TEST(ReadOnnx, RefusesFilesOfOtherKinds) {
  const TemporaryFolder folder;
  const auto path = folder / "notes.onnx";
  ASSERT_TRUE(WriteFileAtomically(path, "just some text"));
  EXPECT_EQ(
      ReadOnnxFile(path).error(),
      (Error{ErrorCode::kCorrupt, "cannot use " + path.string() + ": it is no ONNX model, or only a part of one"}));
  EXPECT_EQ(LoadSession(folder / "none.onnx").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadOnnx({}).error().message, "cannot use the model: it is no ONNX model, or only a part of one");
}

// What exporters write in other words than ours.

Shape OutputShapeOf(const onnx::ModelProto& model, const Shape& input) {
  const auto session = MakeReferenceSession(ReadOnnx(Bytes(model)).value());
  Random random(1);
  const Tensor tensor = RandomTensor(input, random);
  return (*session)->Run({&tensor, 1}).value()[0].shape;
}

TEST(ReadOnnx, UnderstandsIdentityAndDropout) {
  onnx::ModelProto model = Small();
  Append(model, "Dropout", {"n1"});
  EXPECT_EQ(OutputShapeOf(model, {2, 3, 5, 6}), (Shape{2, 4, 3, 4}));
}

TEST(ReadOnnx, UnderstandsSqueezeOldAndNew) {
  onnx::ModelProto model = Small();
  model.mutable_graph()->mutable_node(1)->set_op_type("GlobalAveragePool");
  SetInts(Append(model, "Squeeze", {"n1"}), "axes", {-1, 2});
  EXPECT_EQ(OutputShapeOf(model, {2, 3, 5, 6}), (Shape{2, 4}));
  model.mutable_graph()->mutable_node(2)->clear_attribute();
  model.mutable_graph()->mutable_node(2)->add_input("axes");
  onnx::TensorProto& axes = *model.mutable_graph()->add_initializer();
  axes.set_name("axes");
  axes.set_data_type(onnx::TensorProto::INT64);
  axes.add_dims(1);
  axes.add_int64_data(3);
  EXPECT_EQ(OutputShapeOf(model, {2, 3, 5, 6}), (Shape{2, 4, 1}));
  model.mutable_graph()->mutable_node(2)->set_op_type("Unsqueeze");
  EXPECT_EQ(OutputShapeOf(model, {2, 3, 5, 6}), (Shape{2, 4, 1, 1, 1}));
}

TEST(ReadOnnx, UnderstandsANormWithoutItsDimension) {
  onnx::ModelProto model = Small();
  model.mutable_graph()->mutable_node(1)->set_op_type("GlobalAveragePool");
  onnx::NodeProto& norm = Append(model, "ReduceL2", {"n1"});
  SetInts(norm, "axes", {1});
  SetInt(norm, "keepdims", 0);
  EXPECT_EQ(OutputShapeOf(model, {2, 3, 5, 6}), (Shape{2, 1, 1}));
}

TEST(ReadOnnx, SoftmaxMeantSomethingElseBeforeVersion13) {
  EXPECT_EQ(Problem([](auto& m) {
              SetInt(Append(m, "Softmax", {"n1"}), "axis", 1);
              m.mutable_opset_import(0)->set_version(11);
            }),
            "cannot use small.onnx: its Softmax  goes over several dimensions");
}

// --- Hostile files

constexpr std::int64_t kMostWork = 1 << 16;  // elements of a value; mutated networks larger than that are not run

// Reads the bytes and, where they still make a network, makes sessions of it and runs it.
void Exercise(std::span<const std::byte> bytes) {
  const auto graph = ReadOnnx(bytes);
  if (!graph) {
    ASSERT_FALSE(graph.error().message.empty());
    return;
  }
  std::vector<Tensor> inputs;
  std::vector<Shape> shapes;
  for (const GraphInput& input : graph->inputs) {
    Shape shape = input.shape;
    for (std::int64_t& dimension : shape) dimension = dimension < 0 ? 5 : dimension;
    if (ElementCount(shape) > kMostWork) return;
    inputs.push_back({shape, std::vector<float>(static_cast<std::size_t>(ElementCount(shape)), 0.5F)});
    shapes.push_back(shape);
  }
  const auto inferred = InferShapes(*graph, shapes);
  if (inferred) {
    for (const auto& [name, shape] : *inferred) {
      if (ElementCount(shape) > kMostWork) return;
    }
  }
  for (const bool fast : {false, true}) {
    const auto session = fast ? MakeDnnlSession(*graph, {}) : MakeReferenceSession(*graph);
    if (session) static_cast<void>((*session)->Run(inputs).has_value());
  }
}

std::vector<std::byte> SmallModelBytes(std::uint32_t seed) {
  Random random(seed);
  return WriteOnnx(RandomNetwork(random)).value();
}

TEST(HostileOnnx, CutAnywhere) {
  const auto bytes = SmallModelBytes(4);
  const std::size_t step = std::max<std::size_t>(1, bytes.size() / 2000);
  for (std::size_t size = 0; size < bytes.size(); size += step) Exercise({bytes.data(), size});
}

TEST(HostileOnnx, BytesChangedAnywhere) {
  Random random(11);
  for (std::uint32_t model = 0; model < 20; ++model) {
    const auto original = SmallModelBytes(model);
    for (int i = 0; i < 200; ++i) {
      auto bytes = original;
      for (std::int64_t changes = Between(random, 1, 4); changes > 0; --changes) {
        const auto at = static_cast<std::size_t>(Between(random, 0, static_cast<std::int64_t>(bytes.size()) - 1));
        bytes[at] = static_cast<std::byte>(Between(random, 0, 255));
      }
      Exercise(bytes);
    }
  }
}

// The weights are most of the bytes; here what is around them is changed: numbers, names and operators.
TEST(HostileOnnx, FieldsChanged) {
  Random random(12);
  constexpr std::array<std::int64_t, 9> kNumbers{-1, 0, 1, 2, 7, 1 << 20, std::int64_t{1} << 31, INT64_MAX, INT64_MIN};
  const auto number = [&] { return kNumbers[static_cast<std::size_t>(Between(random, 0, kNumbers.size() - 1))]; };
  for (int i = 0; i < 3000; ++i) {
    onnx::ModelProto model = Parse(SmallModelBytes(static_cast<std::uint32_t>(i % 30)));
    onnx::GraphProto& graph = *model.mutable_graph();
    auto& node = *graph.mutable_node(static_cast<int>(Between(random, 0, graph.node_size() - 1)));
    auto& other = *graph.mutable_node(static_cast<int>(Between(random, 0, graph.node_size() - 1)));
    auto& weight = *graph.mutable_initializer(static_cast<int>(Between(random, 0, graph.initializer_size() - 1)));
    switch (Between(random, 0, 6)) {
      case 0:
        for (auto& attribute : *node.mutable_attribute()) attribute.set_i(number());
        break;
      case 1:
        for (auto& attribute : *node.mutable_attribute()) {
          for (auto& value : *attribute.mutable_ints()) value = number();
        }
        break;
      case 2:
        node.set_op_type(other.op_type());
        break;
      case 3:
        node.set_input(0, other.output(0));
        break;
      case 4:
        for (auto& value : *weight.mutable_int64_data()) value = number();
        if (weight.dims_size() > 0) weight.set_dims(0, number());
        break;
      case 5:
        node.mutable_input()->RemoveLast();
        break;
      default: {
        auto& shape = *graph.mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
        shape.mutable_dim(static_cast<int>(Between(random, 0, 3)))->set_dim_value(number());
      }
    }
    Exercise(Bytes(model));
  }
}

}  // namespace
}  // namespace kinfolder
