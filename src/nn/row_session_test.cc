// Networks done row by row against the reference session, with each kind of kernel that this processor can run.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "nn/face_networks.h"
#include "nn/graph_builder.h"
#include "nn/passes.h"
#include "nn/row_kernels.h"
#include "nn/session.h"
#include "nn/test_networks.h"

namespace kinfolder {
namespace {

constexpr float kRounding = 1e-4F;

// The largest difference to the reference over all outputs and kernels.
float RowDisagreement(const Graph& graph, const Tensor& input,
                      const std::vector<RowKernels>& all_kernels = RunnableRowKernels()) {
  const auto expected = (*MakeReferenceSession(graph))->Run(std::span(&input, 1));
  if (!expected) return INFINITY;
  float difference = 0;
  for (const RowKernels& kernels : all_kernels) {
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

// Chains whose rows are bytes: all numbers are multiples of powers of two, so that each sum is exact and must be
// rounded as the reference rounds it.
TEST(RowSession, RoundsToGridsLikeTheReference) {
  std::vector<RowKernels> kernels = RunnableRowKernels();
  std::erase_if(kernels, [](const RowKernels& one) { return !one.take_bytes; });
  if (kernels.empty()) GTEST_SKIP() << "this processor has no instructions for 8-bit numbers (AVX-512 VNNI)";
  EXPECT_TRUE(rc::check([&](std::uint32_t seed) {
    Random random(seed);
    const auto multiples = [&](const Shape& shape, float step, std::int64_t most) {
      Tensor tensor{shape, std::vector<float>(static_cast<std::size_t>(ElementCount(shape)))};
      for (float& value : tensor.values) value = step * static_cast<float>(Between(random, -most, most));
      return tensor;
    };
    constexpr float kStep = 1.0F / 64;
    NetworkBuilder builder(random);
    std::map<std::string, std::vector<float>> steps;  // of weights
    std::int64_t channels = Between(random, 1, 5);
    const auto convolve = [&](const std::string& x, std::int64_t outputs, std::int64_t side) {
      const std::string weight = builder.Constant(multiples({outputs, channels, side, side}, kStep, 127));
      steps[weight].assign(static_cast<std::size_t>(outputs), kStep);
      return builder.Add(Conv{SquareWindow(side)}, {x, weight, builder.Constant(multiples({outputs}, kStep, 99))});
    };
    const Shape shape{Between(random, 1, 2), channels, Between(random, 30, 40), Between(random, 30, 40)};
    std::string x = builder.Input({-1, channels, -2, -3});
    if (Between(random, 0, 1) == 0) x = builder.Add(FakeQuantize{1.0F / 128, FakeQuantize::kSigned}, {x});
    for (std::int64_t layers = Between(random, 2, 3); layers > 0; --layers) {
      const std::int64_t outputs = Between(random, 1, 90);
      x = convolve(x, outputs, Between(random, 1, 3));
      channels = outputs;
      const std::int64_t zero = Between(random, 0, 2) * Between(random, 0, 1) * 64;
      if (zero > 0) {
        x = builder.Add(PRelu{}, {x, builder.Constant(multiples({channels, 1, 1}, 0.25F, 3))});
      } else {
        x = builder.Add(Relu{}, {x});
      }
      x = builder.Add(FakeQuantize{Between(random, 0, 1) == 0 ? 0.0625F : 0.25F, static_cast<std::int32_t>(zero)}, {x});
      if (Between(random, 0, 2) == 0) {
        Pool pool;
        pool.window = SquareWindow(2, 2);
        x = builder.Add(pool, {x});
      }
    }
    const std::string score = builder.Add(Sigmoid{}, {convolve(x, 1, 1)});
    const std::string box = convolve(x, 4, 1);
    Graph graph = std::move(builder).Build({score, box});
    for (const auto& [weight, of_weight] : steps) graph = WithEightBits(std::move(graph), weight, of_weight);
    RC_ASSERT(RowDisagreement(graph, multiples(shape, 1.0F / 128, 128), kernels) < kRounding);
    const auto floats = MakeRowSession(graph, kernels.front(), {Precision::kFloat32});
    const auto reference = MakeReferenceSession(DropQuantization(graph));
    RC_ASSERT(floats && reference);
    const Tensor input = multiples(shape, 1.0F / 128, 128);
    const auto actual = (*floats)->Run(std::span(&input, 1));
    const auto expected = (*reference)->Run(std::span(&input, 1));
    RC_ASSERT(actual && expected);
    RC_ASSERT(Difference(actual->back(), expected->back()) < kRounding);
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
