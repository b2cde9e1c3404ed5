// The fast session against the reference session: operator by operator, on random networks and on the real models.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <future>

#include "base/test_data.h"
#include "nn/dnnl_plan.h"
#include "nn/graph.h"
#include "nn/onnx.h"
#include "nn/passes.h"
#include "nn/session.h"
#include "nn/test_networks.h"

namespace kinfolder {
namespace {

// Sums in another order differ by this much, relative to the largest value.
constexpr float kTolerance = 1e-4F;

// The largest difference between the sessions over all outputs of `graph`, for random inputs of these shapes.
float Disagreement(const Graph& graph, const std::vector<Shape>& shapes, Random& random) {
  std::vector<Tensor> inputs;
  inputs.reserve(shapes.size());
  for (const Shape& shape : shapes) inputs.push_back(RandomTensor(shape, random));
  const auto reference = MakeReferenceSession(graph);
  const auto fast = MakeDnnlSession(graph, {});
  if (!reference || !fast) return INFINITY;
  const auto expected = (*reference)->Run(inputs);
  const auto actual = (*fast)->Run(inputs);
  if (!expected || !actual || expected->size() != actual->size()) return INFINITY;
  float difference = 0;
  for (std::size_t i = 0; i < expected->size(); ++i)
    difference = std::max(difference, Difference((*actual)[i], (*expected)[i]));
  return difference;
}

// Checks `build`, which adds nodes to a network over the input [N, C, H, W], on random sizes.
template <class F>
void CheckOnRandomShapes(F&& build) {
  EXPECT_TRUE(rc::check([&build](std::uint32_t seed) {
    Random random(seed);
    const Shape shape{Between(random, 1, 3), Between(random, 1, 35), Between(random, 3, 20), Between(random, 3, 20)};
    NetworkBuilder builder(random);
    const std::string x = builder.Input(shape);
    const std::string y = build(builder, x, shape, random);
    RC_ASSERT(Disagreement(std::move(builder).Build({y}), {shape}, random) < kTolerance);
  }));
}

Window RandomWindow(Random& random) {
  Window window;
  for (std::size_t i = 0; i < 2; ++i) {
    window.kernel[i] = Between(random, 1, 3);
    window.strides[i] = Between(random, 1, 3);
    window.pads[i] = Between(random, 0, window.kernel[i] - 1);
    window.pads[i + 2] = Between(random, 0, window.kernel[i] - 1);
  }
  window.padding = static_cast<Window::Padding>(Between(random, 0, 2));
  return window;
}

TEST(DnnlSession, ConvolvesLikeTheReference) {
  CheckOnRandomShapes([](NetworkBuilder& builder, const std::string& x, const Shape& shape, Random& random) {
    Window window = RandomWindow(random);
    window.dilations = {window.kernel[0] == 2 ? 2 : 1, 1};
    const std::int64_t groups = Between(random, 0, 1) == 0 ? 1 : shape[1];
    return builder.AddConv(x, shape[1], groups * Between(random, 1, 40), window, groups);
  });
}

TEST(DnnlSession, FusesLikeTheReference) {
  CheckOnRandomShapes([](NetworkBuilder& builder, const std::string& x, const Shape& shape, Random& random) {
    const std::int64_t channels = Between(random, 1, 40);
    const std::string a = builder.AddConv(x, shape[1], channels, SquareWindow(3, 1, 1));
    const std::string b = builder.AddConv(x, shape[1], channels, SquareWindow(1));
    const std::string sum = builder.Add(Binary{}, {a, b});
    switch (Between(random, 0, 2)) {
      case 0:
        return builder.Add(Relu{}, {sum});
      case 1:
        return builder.AddPRelu(sum, channels);
      default:
        return builder.Add(Sigmoid{}, {sum});
    }
  });
}

// What is added is still needed afterwards, or is an input, or is the convolution's own source.
TEST(DnnlSession, AddsWithoutSpoilingTheAddend) {
  CheckOnRandomShapes([](NetworkBuilder& builder, const std::string& x, const Shape& shape, Random& random) {
    const std::string a = Between(random, 0, 1) == 0 ? x : builder.Add(Relu{}, {x});
    const std::string b = builder.Add(Binary{}, {a, builder.AddConv(a, shape[1], shape[1], SquareWindow(3, 1, 1))});
    const std::string c = builder.Add(Binary{}, {builder.AddConv(b, shape[1], shape[1], SquareWindow(1)), a});
    return builder.Add(Concat{1}, {a, b, c});
  });
}

TEST(DnnlSession, PoolsLikeTheReference) {
  CheckOnRandomShapes([](NetworkBuilder& builder, const std::string& x, const Shape& shape, Random& random) {
    Pool pool;
    pool.kind = Between(random, 0, 1) == 0 ? Pool::Kind::kMax : Pool::Kind::kAverage;
    pool.window = RandomWindow(random);
    pool.window.ceil_mode = Between(random, 0, 1) == 1;
    pool.count_padding = Between(random, 0, 1) == 1;
    const std::string conv = builder.AddConv(x, shape[1], 24, SquareWindow(1));
    return builder.Add(pool, {Between(random, 0, 1) == 0 ? x : conv});
  });
}

TEST(DnnlSession, ComputesElementsLikeTheReference) {
  CheckOnRandomShapes([](NetworkBuilder& builder, const std::string& x, const Shape& shape, Random& random) {
    const std::string conv = builder.AddConv(x, shape[1], shape[1], SquareWindow(1));
    switch (Between(random, 0, 7)) {
      case 0:
        return builder.Add(Relu{}, {x});
      case 1:
        return builder.Add(Sigmoid{}, {x});
      case 2:
        return builder.AddPRelu(x, shape[1]);
      case 3:
        return builder.Add(Clip{-0.5F, 0.25F}, {conv});
      case 4:
        return builder.Add(Binary{Binary::Kind::kMul}, {conv, x});
      case 5:
        return builder.Add(Binary{Binary::Kind::kSub}, {x, conv});
      case 6:
        return builder.Add(Binary{}, {conv, builder.Add(GlobalAveragePool{}, {x})});
      default:
        return builder.AddBatchNorm(x, shape[1]);
    }
  });
}

TEST(DnnlSession, MovesDataLikeTheReference) {
  CheckOnRandomShapes([](NetworkBuilder& builder, const std::string& x, const Shape& shape, Random& random) {
    const std::string conv = builder.AddConv(x, shape[1], 16, SquareWindow(1));
    switch (Between(random, 0, 7)) {
      case 0:
        return builder.Add(Concat{1}, {x, conv, x});
      case 1:
        return builder.Add(Concat{2}, {conv, conv});
      case 2:
        return builder.Add(Transpose{{0, 2, 3, 1}}, {conv});
      case 3:
        return builder.Add(Slice{1, 3, -2}, {conv});
      case 4:
        return builder.Add(Softmax{static_cast<std::size_t>(Between(random, 0, 3))}, {conv});
      case 5:
        return builder.Add(L2Normalize{1}, {conv});
      case 6:
        return builder.Add(Reshape{{0, -1}}, {conv});
      default:
        return builder.AddGemm(builder.Add(Flatten{1}, {conv}), 16 * shape[2] * shape[3], 5);
    }
  });
}

TEST(DnnlSession, MultipliesLikeTheReference) {
  EXPECT_TRUE(rc::check([](std::uint32_t seed) {
    Random random(seed);
    const Shape shape{Between(random, 1, 9), Between(random, 1, 70)};
    const std::int64_t outputs = Between(random, 1, 70);
    NetworkBuilder builder(random);
    const std::string x = builder.Input(shape);
    const bool transposed = Between(random, 0, 1) == 1;
    const std::string weight =
        builder.Weight(transposed ? Shape{outputs, shape[1]} : Shape{shape[1], outputs}, shape[1]);
    std::vector<std::string> inputs{x, weight};
    if (Between(random, 0, 1) == 1) inputs.push_back(builder.Constant(RandomTensor({1, outputs}, random)));
    std::string y = builder.Add(Gemm{transposed, 0.5F, 2}, inputs);
    if (Between(random, 0, 1) == 1)
      y = builder.Add(PRelu{}, {y, builder.Constant(RandomTensor({outputs}, random, -0.5F, 1))});
    RC_ASSERT(Disagreement(std::move(builder).Build({y}), {shape}, random) < kTolerance);
  }));
}

TEST(DnnlSession, RunsRandomNetworksLikeTheReference) {
  EXPECT_TRUE(rc::check([](std::uint32_t seed) {
    Random random(seed);
    const Graph graph = RandomNetwork(random);
    const Shape shape{Between(random, 1, 4), graph.inputs[0].shape[1], Between(random, 3, 24), Between(random, 3, 24)};
    RC_ASSERT(Disagreement(graph, {shape}, random) < kTolerance);
  }));
}

TEST(DnnlSession, TakesWeightsThatAreComputed) {
  Random random(1);
  NetworkBuilder builder(random);
  const std::string x = builder.Input({1, 3, 5, 5});
  const std::string weight = builder.Input({4, 3, 1, 1});
  const std::string y = builder.Add(Conv{SquareWindow(1)}, {x, weight});
  const Graph graph = std::move(builder).Build({y});
  EXPECT_LT(Disagreement(graph, {{1, 3, 5, 5}, {4, 3, 1, 1}}, random), kTolerance);
}

TEST(DnnlSession, GivesInputsAndConstantsAsOutputs) {
  Random random(1);
  NetworkBuilder builder(random);
  const std::string x = builder.Input({2, 3});
  const std::string constant = builder.Constant(RandomTensor({2}, random));
  const Graph graph = std::move(builder).Build({x, constant, x});
  EXPECT_EQ(Disagreement(graph, {{2, 3}}, random), 0);
}

// More sizes than plans are kept, from several threads, each answer as from a session of its own.
TEST(DnnlSession, TakesManySizesFromManyThreads) {
  Random random(3);
  Graph graph = RandomNetwork(random);
  const std::int64_t channels = graph.inputs[0].shape[1];
  const auto shared = MakeDnnlSession(graph, {});
  const auto reference = MakeReferenceSession(graph);
  ASSERT_TRUE(shared);
  const auto work = [&](std::uint32_t seed) {
    Random sizes(seed);
    for (int i = 0; i < 60; ++i) {
      const Tensor input = RandomTensor({1, channels, Between(sizes, 3, 12), Between(sizes, 3, 12)}, sizes);
      const auto actual = (*shared)->Run({&input, 1});
      const auto expected = (*reference)->Run({&input, 1});
      if (!actual || Difference((*actual)[0], (*expected)[0]) > kTolerance ||
          Difference((*actual)[2], (*expected)[2]) > kTolerance)
        return false;
    }
    return true;
  };
  std::vector<std::future<bool>> threads;
  for (const std::uint32_t seed : {1, 2, 1, 3}) threads.push_back(std::async(std::launch::async, work, seed));
  for (auto& thread : threads) EXPECT_TRUE(thread.get());
}

TEST(DnnlSession, RefusesInputsThatDoNotFit) {
  Random random(1);
  NetworkBuilder builder(random);
  const std::string x = builder.Input({-1, 3, 24, 24});
  const std::string y = builder.AddConv(x, 3, 4, SquareWindow(3));
  const auto session = MakeDnnlSession(std::move(builder).Build({y}), SessionOptions{});
  ASSERT_TRUE(session);
  const Tensor wrong = RandomTensor({1, 3, 24, 25}, random);
  EXPECT_EQ((*session)->Run({&wrong, 1}).error(),
            (Error{ErrorCode::kInvalidArgument,
                   "the model's input x0 takes [open0, 3, 24, 24] and was given [1, 3, 24, 25]"}));
}

TEST(DnnlSession, RefusesInputsTooSmallForTheNetwork) {
  Random random(1);
  NetworkBuilder builder(random);
  const std::string x = builder.Input({1, 3, -1, -2});
  const std::string y = builder.AddConv(x, 3, 4, SquareWindow(3));
  const Graph graph = std::move(builder).Build({y});
  const Tensor small = RandomTensor({1, 3, 2, 5}, random);
  const auto fast = MakeDnnlSession(graph, {});
  const auto reference = MakeReferenceSession(graph);
  for (const auto* session : {&fast, &reference})
    EXPECT_EQ((**session)->Run({&small, 1}).error().message,
              "Conv of n0 has a window larger than its input [1, 3, 2, 5]");
}

struct RealModel {
  const char* file;
  Shape shape;
};

class RealModels : public ::testing::TestWithParam<RealModel> {};

TEST_P(RealModels, RunLikeTheReference) {
  SKIP_WITHOUT_TEST_DATA(path, GetParam().file);
  const auto graph = ReadOnnxFile(path);
  ASSERT_TRUE(graph) << graph.error().message;
  Random random(5);
  EXPECT_LT(Disagreement(*graph, {GetParam().shape}, random), kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Files, RealModels,
                         ::testing::Values(RealModel{"models/mtcnn-pnet.onnx", {1, 3, 37, 50}},
                                           RealModel{"models/mtcnn-pnet.onnx", {2, 3, 12, 12}},
                                           RealModel{"models/mtcnn-rnet.onnx", {3, 3, 24, 24}},
                                           RealModel{"models/mtcnn-onet.onnx", {2, 3, 48, 48}},
                                           RealModel{"models/facenet-vggface2.onnx", {1, 3, 160, 160}}));

TEST(RealPlans, HaveNoReorderBetweenConvolutions) {
  SKIP_WITHOUT_TEST_DATA(path, "models/facenet-vggface2.onnx");
  const Graph optimized = Optimize(ReadOnnxFile(path).value());
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  for (const std::int64_t batch : {1, 8}) {
    Graph graph = optimized;
    const std::vector<Shape> shapes{{batch, 3, 160, 160}};
    const auto inferred = InferShapes(graph, shapes);
    DnnlWeights weights(graph, engine);
    const DnnlPlan plan = MakeDnnlPlan(graph, *inferred, weights, engine);
    EXPECT_LE(plan.reorders, 2U);              // at the input, and before the embedding is one row of numbers
    EXPECT_EQ(plan.fallbacks, 1U);             // the L2 norm at the end
    EXPECT_LT(plan.steps.size(), 132U + 40U);  // 132 convolutions; pooling, concatenation and the end
    EXPECT_LT(plan.arena_bytes, static_cast<std::size_t>(batch) << 24);  // 16 MiB a face
  }
}

}  // namespace
}  // namespace kinfolder
