// Networks done row by row against the reference session, with each kind of kernel that this processor can run.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "nn/face_networks.h"
#include "nn/graph_builder.h"
#include "nn/row_kernels.h"
#include "nn/session.h"
#include "nn/test_networks.h"

namespace kinfolder {
namespace {

constexpr float kRounding = 1e-4F;

// The largest difference to the reference over all outputs and kernels.
float RowDisagreement(const Graph& graph, const Tensor& input) {
  const auto expected = (*MakeReferenceSession(graph))->Run(std::span(&input, 1));
  if (!expected) return INFINITY;
  float difference = 0;
  for (const RowKernels& kernels : RunnableRowKernels()) {
    const auto session = MakeRowSession(graph, kernels);
    if (!session) return INFINITY;
    const auto actual = (*session)->Run(std::span(&input, 1));
    if (!actual || actual->size() != expected->size()) return INFINITY;
    for (std::size_t i = 0; i < expected->size(); ++i)
      difference = std::max(difference, Difference((*actual)[i], (*expected)[i]));
  }
  return difference;
}

TEST(RowSession, DoesMtcnnLikeTheReference) {
  Random random(5);
  EXPECT_LT(RowDisagreement(Pnet(1), RandomTensor({2, 3, 37, 52}, random)), kRounding);
  EXPECT_LT(RowDisagreement(Pnet(2), RandomTensor({1, 3, 12, 12}, random)), kRounding);
  EXPECT_LT(RowDisagreement(Rnet(3), RandomTensor({3, 3, 24, 24}, random)), kRounding);
  EXPECT_LT(RowDisagreement(Onet(4), RandomTensor({2, 3, 48, 48}, random)), kRounding);
}

// Chains of layers of random sizes, into heads.
TEST(RowSession, DoesChainsLikeTheReference) {
  EXPECT_TRUE(rc::check([](std::uint32_t seed) {
    Random random(seed);
    NetworkBuilder builder(random);
    std::int64_t channels = Between(random, 1, 5);
    const Shape shape{Between(random, 1, 2), channels, Between(random, 45, 60), Between(random, 45, 60)};
    std::string x = builder.Input({-1, channels, -2, -3});
    for (std::int64_t layers = Between(random, 2, 4); layers > 0; --layers) {
      const std::int64_t outputs = Between(random, 1, 90);
      x = builder.AddConv(x, channels, outputs, SquareWindow(Between(random, 1, 3)));
      channels = outputs;
      if (Between(random, 0, 2) == 0) {
        x = builder.AddPRelu(x, channels);
      } else if (Between(random, 0, 1) == 0) {
        x = builder.Add(Relu{}, {x});
      }
      if (Between(random, 0, 2) == 0) {
        Pool pool;
        pool.window = SquareWindow(Between(random, 2, 3), 2);
        pool.window.ceil_mode = Between(random, 0, 1) == 0;
        x = builder.Add(pool, {x});
      }
    }
    const std::string score = builder.Add(Sigmoid{}, {builder.AddConv(x, channels, 1, SquareWindow(1))});
    const std::string box = builder.AddConv(x, channels, 4, SquareWindow(1));
    const bool turned = Between(random, 0, 1) == 0;
    const Graph graph = std::move(builder).Build(turned ? std::vector{box, score} : std::vector{score, box});
    RC_ASSERT(RowDisagreement(graph, RandomTensor(shape, random)) < kRounding);
  }));
}

TEST(RowSession, LeavesOtherNetworksToTheFastSession) {
  const auto code = [](const Graph& graph) { return MakeRowSession(graph, RunnableRowKernels().front()).error().code; };
  EXPECT_EQ(code(InceptionResnetV1(128, 1)), ErrorCode::kUnsupported);
  Random random(1);
  NetworkBuilder padded(random);
  const std::string x = padded.Input({-1, 3, -2, -3});
  const std::string y = padded.AddConv(padded.AddConv(x, 3, 8, SquareWindow(3, 1, 1)), 8, 4, SquareWindow(1));
  EXPECT_EQ(code(std::move(padded).Build({y})), ErrorCode::kUnsupported);
}

TEST(RowSession, RefusesWhatIsTooSmall) {
  Random random(1);
  const auto session = MakeRowSession(Pnet(1), RunnableRowKernels().front());
  ASSERT_TRUE(session);
  const Tensor input = RandomTensor({1, 3, 9, 30}, random);
  EXPECT_EQ((*session)->Run(std::span(&input, 1)).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace kinfolder
