#include "train/architectures.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "nn/face_networks.h"
#include "nn/graph_builder.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

constexpr float kEpsilon = 1e-3F;  // of all BatchNorms, as in InceptionResnetV1

std::string ConvNormRelu(GraphBuilder& b, const std::string& x, std::int64_t outputs, const Window& window) {
  return b.Add(Relu{}, {b.AddBatchNorm(b.AddConv(x, outputs, window, false), kEpsilon)});
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
  return b.AddConcat({ConvNormRelu(b, x, added, SquareKernel(3, 2, 1)),
                      b.Add(Pool{Pool::Kind::kMax, SquareKernel(3, 2, 1), false}, {x})});
}

// `blocks` at 28 x 28, 14 x 14 and 7 x 7.
Graph Nn4OfDepth(int dimension, std::uint64_t seed, const std::array<int, 3>& blocks) {
  GraphBuilder b(seed);
  // At once to 28 x 28: at 56 x 56 a convolution takes several times as long for the same work, above all backwards.
  std::string x = ConvNormRelu(b, b.Input("image", {-1, 3, 112, 112}), 64, SquareKernel(7, 4, 3));
  for (int i = 0; i < blocks[0]; ++i) x = ResidualInception(b, x, 32);
  x = Reduction(b, x, 128);
  for (int i = 0; i < blocks[1]; ++i) x = ResidualInception(b, x, 48);
  x = Reduction(b, x, 192);
  for (int i = 0; i < blocks[2]; ++i) x = ResidualInception(b, x, 96);
  // A face's parts lie where they lie: the place on the map counts, so that the map is narrowed and not averaged.
  x = ConvNormRelu(b, x, 64, SquareKernel(1));
  x = b.AddBatchNorm(b.AddConv(x, dimension, SquareKernel(7), false), kEpsilon);
  const std::string unit = b.Add(L2Normalize{1}, {b.Add(Flatten{1}, {x})});
  return std::move(b).Build({{unit, "embedding"}});
}

// The weights of a node.
std::vector<std::string> ConstantsOf(const Graph& graph, const Node& node) {
  std::vector<std::string> constants;
  std::ranges::copy_if(node.inputs, std::back_inserter(constants),
                       [&graph](const std::string& input) { return graph.constants.contains(input); });
  return constants;
}

}  // namespace

Graph Nn4(int dimension, std::uint64_t seed) { return Nn4OfDepth(dimension, seed, {1, 3, 2}); }

Graph Nn4Deep(int dimension, std::uint64_t seed) { return Nn4OfDepth(dimension, seed, {1, 7, 6}); }

std::optional<Graph> WithLayersOf(const Graph& learned, Graph deeper) {
  auto next = deeper.nodes.begin();
  for (const Node& layer : learned.nodes) {
    const std::vector<std::string> from = ConstantsOf(learned, layer);
    if (from.empty()) continue;
    const auto is_alike = [&](const Node& node) {
      return std::ranges::equal(from, ConstantsOf(deeper, node), [&](const std::string& a, const std::string& b) {
        return learned.constants.at(a).shape == deeper.constants.at(b).shape;
      });
    };
    next = std::find_if(next, deeper.nodes.end(), is_alike);
    if (next == deeper.nodes.end()) return std::nullopt;
    const std::vector<std::string> into = ConstantsOf(deeper, *next++);
    for (std::size_t i = 0; i < from.size(); ++i) deeper.constants[into[i]] = learned.constants.at(from[i]);
  }
  return deeper;
}

Result<Graph> EmbedderArchitecture(std::string_view name, int dimension, std::uint64_t seed) {
  if (dimension < 2 || dimension > 4096) {
    return Fail(ErrorCode::kInvalidArgument, "embeddings can have 2 to 4096 dimensions, not {}", dimension);
  }
  if (name == "nn4") return Nn4(dimension, seed);
  if (name == "nn4-deep") return Nn4Deep(dimension, seed);
  if (name == "inception-resnet-v1") return InceptionResnetV1(dimension, seed);
  return Fail(ErrorCode::kInvalidArgument, "there is no network {}: choose nn4, nn4-deep or inception-resnet-v1", name);
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
