#include "train/architectures.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "nn/shapes.h"
#include "train/graph_builder.h"

namespace kinfolder {
namespace {

constexpr float kEpsilon = 1e-3F;  // of all BatchNorms of embedders (davidsandberg/facenet)

Pool MaxPool(const Window& window) { return {Pool::Kind::kMax, window, false}; }

std::string ConvNormRelu(GraphBuilder& builder, const std::string& x, std::int64_t outputs, const Window& window) {
  return builder.Add(Relu{}, {builder.AddBatchNorm(builder.AddConv(x, outputs, window, false), kEpsilon)});
}

// x + scale * up(branches), the end of an Inception-ResNet block.
std::string ScaledResidual(GraphBuilder& builder, const std::string& x, std::vector<std::string> branches,
                           float scale) {
  const std::string mixed = builder.AddConcat(std::move(branches));
  const std::string up = builder.AddConv(mixed, builder.shape(x)[1], SquareKernel(1), true);
  return builder.AddSum(x, scale == 1 ? up : builder.AddConstantProduct(up, scale));
}

std::string Block35(GraphBuilder& b, const std::string& x) {
  const std::string one = ConvNormRelu(b, x, 32, SquareKernel(1));
  const std::string three = ConvNormRelu(b, ConvNormRelu(b, x, 32, SquareKernel(1)), 32, SameKernel(3, 3));
  std::string five = ConvNormRelu(b, ConvNormRelu(b, x, 32, SquareKernel(1)), 32, SameKernel(3, 3));
  five = ConvNormRelu(b, five, 32, SameKernel(3, 3));
  return b.Add(Relu{}, {ScaledResidual(b, x, {one, three, five}, 0.17F)});
}

std::string Block17(GraphBuilder& b, const std::string& x) {
  const std::string one = ConvNormRelu(b, x, 128, SquareKernel(1));
  std::string seven = ConvNormRelu(b, x, 128, SquareKernel(1));
  seven = ConvNormRelu(b, ConvNormRelu(b, seven, 128, SameKernel(1, 7)), 128, SameKernel(7, 1));
  return b.Add(Relu{}, {ScaledResidual(b, x, {one, seven}, 0.10F)});
}

// Without activation.
std::string Block8(GraphBuilder& b, const std::string& x, float scale) {
  const std::string one = ConvNormRelu(b, x, 192, SquareKernel(1));
  std::string three = ConvNormRelu(b, x, 192, SquareKernel(1));
  three = ConvNormRelu(b, ConvNormRelu(b, three, 192, SameKernel(1, 3)), 192, SameKernel(3, 1));
  return ScaledResidual(b, x, {one, three}, scale);
}

// [N, 3, 160, 160] -> [N, 256, 17, 17].
std::string InceptionStem(GraphBuilder& b, std::string x) {
  x = ConvNormRelu(b, x, 32, SquareKernel(3, 2));
  x = ConvNormRelu(b, x, 32, SquareKernel(3));
  x = ConvNormRelu(b, x, 64, SquareKernel(3, 1, 1));
  x = b.Add(MaxPool(SquareKernel(3, 2)), {x});
  x = ConvNormRelu(b, x, 80, SquareKernel(1));
  x = ConvNormRelu(b, x, 192, SquareKernel(3));
  return ConvNormRelu(b, x, 256, SquareKernel(3, 2));
}

// [N, 256, 17, 17] -> [N, 896, 8, 8].
std::string ReductionA(GraphBuilder& b, const std::string& x) {
  const std::string three = ConvNormRelu(b, x, 384, SquareKernel(3, 2));
  std::string five = ConvNormRelu(b, ConvNormRelu(b, x, 192, SquareKernel(1)), 192, SameKernel(3, 3));
  five = ConvNormRelu(b, five, 256, SquareKernel(3, 2));
  return b.AddConcat({three, five, b.Add(MaxPool(SquareKernel(3, 2)), {x})});
}

// [N, 896, 8, 8] -> [N, 1792, 3, 3].
std::string ReductionB(GraphBuilder& b, const std::string& x) {
  const std::string wide = ConvNormRelu(b, ConvNormRelu(b, x, 256, SquareKernel(1)), 384, SquareKernel(3, 2));
  const std::string three = ConvNormRelu(b, ConvNormRelu(b, x, 256, SquareKernel(1)), 256, SquareKernel(3, 2));
  std::string five = ConvNormRelu(b, ConvNormRelu(b, x, 256, SquareKernel(1)), 256, SameKernel(3, 3));
  five = ConvNormRelu(b, five, 256, SquareKernel(3, 2));
  return b.AddConcat({wide, three, five, b.Add(MaxPool(SquareKernel(3, 2)), {x})});
}

// Branches of 3 x 3 and 5 x 5 (as two 3 x 3), the second on top of the first, so that one narrow 1 x 1 serves both.
std::string ResidualInception(GraphBuilder& b, const std::string& x, std::int64_t width) {
  const std::string narrow = ConvNormRelu(b, x, width, SquareKernel(1));
  const std::string three = ConvNormRelu(b, narrow, width, SameKernel(3, 3));
  const std::string five = ConvNormRelu(b, three, width, SameKernel(3, 3));
  const std::string up = b.AddConv(b.AddConcat({three, five}), b.shape(x)[1], SquareKernel(1), false);
  return b.Add(Relu{}, {b.AddSum(x, b.AddBatchNorm(up, kEpsilon, 0))});
}

// Half the sides; `added` channels of a convolution beside those of a pooling.
std::string Reduction(GraphBuilder& b, const std::string& x, std::int64_t added) {
  return b.AddConcat({ConvNormRelu(b, x, added, SquareKernel(3, 2, 1)), b.Add(MaxPool(SquareKernel(3, 2, 1)), {x})});
}

std::string ConvPRelu(GraphBuilder& b, const std::string& x, std::int64_t outputs, std::int64_t kernel) {
  return b.AddPRelu(b.AddConv(x, outputs, SquareKernel(kernel), true));
}

std::string CeilPool(GraphBuilder& b, const std::string& x, std::int64_t kernel) {
  Window window = SquareKernel(kernel, 2);
  window.ceil_mode = true;
  return b.Add(MaxPool(window), {x});
}

// The second of two scores' softmax, along axis 1.
std::string SecondProbability(GraphBuilder& b, const std::string& scores) {
  return b.Add(Slice{1, 1, 2}, {b.Add(Softmax{1}, {scores})});
}

}  // namespace

Graph InceptionResnetV1(int dimension, std::uint64_t seed) {
  GraphBuilder b(seed);
  std::string x = InceptionStem(b, b.Input("image", {-1, 3, 160, 160}));
  for (int i = 0; i < 5; ++i) x = Block35(b, x);
  x = ReductionA(b, x);
  for (int i = 0; i < 10; ++i) x = Block17(b, x);
  x = ReductionB(b, x);
  for (int i = 0; i < 5; ++i) x = b.Add(Relu{}, {Block8(b, x, 0.20F)});
  x = Block8(b, x, 1);
  x = b.Add(Flatten{1}, {b.Add(GlobalAveragePool{}, {x})});
  x = b.AddBatchNorm(b.AddGemm(x, dimension, false), kEpsilon);
  const std::string unit = b.Add(L2Normalize{1}, {x});
  return std::move(b).Build({{unit, "embedding"}});
}

Graph Nn4(int dimension, std::uint64_t seed) {
  GraphBuilder b(seed);
  // At once to 28 x 28: at 56 x 56 a convolution takes several times as long for the same work, above all backwards.
  std::string x = ConvNormRelu(b, b.Input("image", {-1, 3, 112, 112}), 64, SquareKernel(7, 4, 3));
  x = ResidualInception(b, x, 32);
  x = Reduction(b, x, 128);
  for (int i = 0; i < 3; ++i) x = ResidualInception(b, x, 48);
  x = Reduction(b, x, 192);
  for (int i = 0; i < 2; ++i) x = ResidualInception(b, x, 96);
  // A face's parts lie where they lie: the place on the map counts, so that the map is narrowed and not averaged.
  x = ConvNormRelu(b, x, 64, SquareKernel(1));
  x = b.AddBatchNorm(b.AddConv(x, dimension, SquareKernel(7), false), kEpsilon);
  const std::string unit = b.Add(L2Normalize{1}, {b.Add(Flatten{1}, {x})});
  return std::move(b).Build({{unit, "embedding"}});
}

Result<Graph> EmbedderArchitecture(std::string_view name, int dimension, std::uint64_t seed) {
  if (dimension < 2 || dimension > 4096) {
    return Fail(ErrorCode::kInvalidArgument, "embeddings can have 2 to 4096 dimensions, not {}", dimension);
  }
  if (name == "nn4") return Nn4(dimension, seed);
  if (name == "inception-resnet-v1") return InceptionResnetV1(dimension, seed);
  return Fail(ErrorCode::kInvalidArgument, "there is no network {}: choose nn4 or inception-resnet-v1", name);
}

Graph Pnet(std::uint64_t seed) {
  GraphBuilder b(seed);
  std::string x = CeilPool(b, ConvPRelu(b, b.Input("image", {-1, 3, -2, -3}), 10, 3), 2);
  x = ConvPRelu(b, ConvPRelu(b, x, 16, 3), 32, 3);
  const std::string face = SecondProbability(b, b.AddConv(x, 2, SquareKernel(1), true));
  const std::string box = b.AddConv(x, 4, SquareKernel(1), true);
  return std::move(b).Build({{face, "face"}, {box, "box"}});
}

Graph Rnet(std::uint64_t seed) {
  GraphBuilder b(seed);
  std::string x = CeilPool(b, ConvPRelu(b, b.Input("image", {-1, 3, 24, 24}), 28, 3), 3);
  x = ConvPRelu(b, CeilPool(b, ConvPRelu(b, x, 48, 3), 3), 64, 2);
  x = b.AddPRelu(b.AddGemm(b.Add(Flatten{1}, {x}), 128, true));
  const std::string face = SecondProbability(b, b.AddGemm(x, 2, true));
  const std::string box = b.AddGemm(x, 4, true);
  return std::move(b).Build({{face, "face"}, {box, "box"}});
}

Graph Onet(std::uint64_t seed) {
  GraphBuilder b(seed);
  std::string x = CeilPool(b, ConvPRelu(b, b.Input("image", {-1, 3, 48, 48}), 32, 3), 3);
  x = CeilPool(b, ConvPRelu(b, x, 64, 3), 3);
  x = ConvPRelu(b, CeilPool(b, ConvPRelu(b, x, 64, 3), 2), 128, 2);
  x = b.AddPRelu(b.AddGemm(b.Add(Flatten{1}, {x}), 256, true));
  const std::string face = SecondProbability(b, b.AddGemm(x, 2, true));
  const std::string box = b.AddGemm(x, 4, true);
  const std::string landmarks = b.AddGemm(x, 10, true);
  return std::move(b).Build({{face, "face"}, {box, "box"}, {landmarks, "landmarks"}});
}

Work CountWork(const Graph& graph, const Shape& input) {
  const Result<ShapeMap> shapes = InferShapes(graph, std::array{input});
  CHECK(shapes.has_value());
  Work work;
  for (const auto& [name, tensor] : graph.constants) work.parameters += ElementCount(tensor.shape);
  for (const Node& node : graph.nodes) {
    if (!std::holds_alternative<Conv>(node.op) && !std::holds_alternative<Gemm>(node.op)) continue;
    // Every weight is used once for each place of the output.
    const Shape& output = shapes->at(node.output);
    const Shape& weight = shapes->at(node.inputs[1]);
    const std::int64_t places = output.size() == 4 ? output[0] * output[2] * output[3] : output[0];
    work.multiply_adds += ElementCount(weight) * places;
  }
  return work;
}

}  // namespace kinfolder
