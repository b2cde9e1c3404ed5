#include "nn/passes.h"

#include <gtest/gtest.h>

#include "nn/session.h"
#include "nn/test_networks.h"

namespace kinfolder {
namespace {

// The pass keeps what the graph computes.
void ExpectSame(const Graph& before, const Graph& after, const Shape& shape, Random& random) {
  const Tensor input = RandomTensor(shape, random);
  const auto expected = (*MakeReferenceSession(before))->Run({&input, 1});
  const auto session = MakeReferenceSession(after);
  ASSERT_TRUE(session) << session.error().message;
  const auto actual = (*session)->Run({&input, 1});
  ASSERT_TRUE(expected);
  ASSERT_TRUE(actual) << actual.error().message;
  ASSERT_EQ(actual->size(), expected->size());
  for (std::size_t i = 0; i < expected->size(); ++i) EXPECT_LT(Difference((*actual)[i], (*expected)[i]), 2e-5F);
}

std::vector<std::string> Ops(const Graph& graph) {
  std::vector<std::string> names;
  names.reserve(graph.nodes.size());
  for (const Node& node : graph.nodes) names.emplace_back(OpName(node.op));
  return names;
}

using Names = std::vector<std::string>;

class Passes : public ::testing::Test {
 protected:
  Random random_{7};
  NetworkBuilder builder_{random_};
};

TEST_F(Passes, FoldWhatIsConstant) {
  const std::string x = builder_.Input({-1, 3});
  const std::string sum = builder_.Add(Binary{}, {builder_.Constant({{3}, {1, 2, 3}}), builder_.Constant({{}, {10}})});
  const Graph graph = std::move(builder_).Build({builder_.Add(Binary{}, {x, builder_.Add(Relu{}, {sum})})});
  const Graph folded = DropUnused(FoldConstants(graph));
  EXPECT_EQ(Ops(folded), Names{"Add"});
  EXPECT_EQ(folded.constants.size(), 1U);
  ExpectSame(graph, folded, {2, 3}, random_);
}

TEST_F(Passes, DropViewsThatChangeNothing) {
  const std::string x = builder_.Input({-1, 3});
  const std::string same = builder_.Add(Reshape{{0, 0}}, {x});
  const Graph graph = std::move(builder_).Build({builder_.Add(Relu{}, {same}), builder_.Add(Reshape{{0, 0}}, {x})});
  const Graph dropped = DropIdentities(graph);
  EXPECT_EQ(Ops(dropped), (Names{"Relu", "Reshape"}));  // the second is an output
  ExpectSame(graph, dropped, {2, 3}, random_);
}

TEST_F(Passes, FoldBatchNormAndScalesIntoConvolutions) {
  const std::string x = builder_.Input({-1, 6, -2, -2});
  std::string y = builder_.AddBatchNorm(builder_.AddConv(x, 6, 4, SquareWindow(3), 2), 4);
  y = builder_.Add(Binary{Binary::Kind::kMul}, {builder_.Constant({{}, {0.17F}}), y});
  y = builder_.Add(Binary{Binary::Kind::kSub}, {y, builder_.Constant({{4, 1, 1}, {1, 2, 3, 4}})});
  y = builder_.Add(Binary{Binary::Kind::kDiv}, {y, builder_.Constant({{1, 4, 1, 1}, {1, 2, 3, 4}})});
  const Graph graph = std::move(builder_).Build({y});
  const Graph folded = Optimize(graph);
  EXPECT_EQ(Ops(folded), Names{"Conv"});
  EXPECT_EQ(folded.constants.size(), 2U);
  ExpectSame(graph, folded, {2, 6, 7, 7}, random_);
}

TEST_F(Passes, LeaveAConvolutionThatIsUsedTwice) {
  const std::string x = builder_.Input({-1, 3, -2, -2});
  const std::string conv = builder_.AddConv(x, 3, 4, SquareWindow(1));
  const Graph graph = std::move(builder_).Build({builder_.AddBatchNorm(conv, 4), conv});
  const Graph folded = Optimize(graph);
  EXPECT_EQ(Ops(folded), (Names{"Conv", "BatchNormalization"}));
  ExpectSame(graph, folded, {1, 3, 2, 2}, random_);
}

TEST_F(Passes, FoldBatchNormIntoGemmOfAnyForm) {
  const std::string x = builder_.Input({-1, 5});
  const std::string weight = builder_.Weight({5, 4}, 5);
  const std::string gemm = builder_.Add(Gemm{false, 2, 3}, {x, weight, builder_.Constant({{}, {0.5F}})});
  const Graph graph = std::move(builder_).Build({builder_.AddBatchNorm(gemm, 4)});
  const Graph folded = Optimize(graph);
  EXPECT_EQ(Ops(folded), Names{"Gemm"});
  EXPECT_TRUE(std::get<Gemm>(folded.nodes[0].op).transpose_weight);
  ExpectSame(graph, folded, {3, 5}, random_);
}

TEST_F(Passes, FuseResidualsAndActivations) {
  const std::string x = builder_.Input({-1, 4, -2, -3});
  const std::string a = builder_.AddPRelu(builder_.AddConv(x, 4, 4, SquareWindow(3, 1, 1)), 4);
  const std::string b = builder_.AddConv(a, 4, 4, SquareWindow(1));
  const std::string y = builder_.Add(Relu{}, {builder_.Add(Binary{}, {b, x})});
  const Graph graph = std::move(builder_).Build({y});
  const Graph fused = Optimize(graph);
  EXPECT_EQ(Ops(fused), (Names{"Conv", "Conv"}));
  EXPECT_FALSE(fused.nodes[0].Input(kSlope).empty());
  EXPECT_EQ(fused.nodes[1].Input(kAddend), x);
  EXPECT_EQ(std::get<Conv>(fused.nodes[1].op).activation, Activation::kRelu);
  ExpectSame(graph, fused, {2, 4, 5, 6}, random_);
}

TEST_F(Passes, FuseNoSumThatMayBeBroadcast) {
  const std::string x = builder_.Input({-1, 4, -2, -3});
  const std::string other = builder_.Add(GlobalAveragePool{}, {x});
  const std::string conv = builder_.AddConv(x, 4, 4, SquareWindow(1));
  const Graph graph = std::move(builder_).Build({builder_.Add(Binary{}, {conv, other})});
  EXPECT_EQ(Ops(Optimize(graph)), (Names{"GlobalAveragePool", "Conv", "Add"}));
}

// P-Net's end: the softmax over two classes, seen through transposes, of which one is kept.
TEST_F(Passes, MakeOneClassOfTwoASigmoid) {
  const std::string x = builder_.Input({-1, 4, -2, -3});
  std::string y = builder_.Add(Transpose{{0, 3, 2, 1}}, {builder_.AddConv(x, 4, 2, SquareWindow(1))});
  y = builder_.Add(Transpose{{0, 3, 2, 1}}, {builder_.Add(Softmax{3}, {y})});
  const Graph graph = std::move(builder_).Build({builder_.Add(Slice{1, -1, 1 << 20}, {y})});
  const Graph fused = Optimize(graph);
  EXPECT_EQ(Ops(fused), Names{"Conv"});
  EXPECT_EQ(std::get<Conv>(fused.nodes[0].op).activation, Activation::kSigmoid);
  ExpectSame(graph, fused, {2, 4, 5, 6}, random_);
}

// R-Net's middle: features flattened column by column.
TEST_F(Passes, PermuteWeightsInsteadOfData) {
  const std::string x = builder_.Input({-1, 4, 2, 3});
  const std::string flat = builder_.Add(Flatten{1}, {builder_.Add(Transpose{{0, 3, 1, 2}}, {x})});
  const Graph graph = std::move(builder_).Build({builder_.AddGemm(flat, 24, 5)});
  const Graph folded = Optimize(graph);
  EXPECT_EQ(Ops(folded), (Names{"Flatten", "Gemm"}));
  ExpectSame(graph, folded, {3, 4, 2, 3}, random_);
}

TEST_F(Passes, DropWhatNoOutputNeeds) {
  const std::string x = builder_.Input({-1, 4});
  builder_.AddGemm(x, 4, 5);
  const Graph graph = DropUnused(std::move(builder_).Build({builder_.Add(Relu{}, {x})}));
  EXPECT_EQ(Ops(graph), Names{"Relu"});
  EXPECT_TRUE(graph.constants.empty());
}

TEST_F(Passes, KeepWhatRandomNetworksCompute) {
  for (int i = 0; i < 60; ++i) {
    const Graph graph = RandomNetwork(random_);
    const std::int64_t channels = graph.inputs[0].shape[1];
    ExpectSame(graph, Optimize(graph), {Between(random_, 1, 2), channels, Between(random_, 3, 12), 7}, random_);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace kinfolder
