// Networks in 8-bit numbers: what they may lose, how they are stored, and that the fast session rounds as the
// reference.
#include "nn/quantize.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "nn/face_networks.h"
#include "nn/onnx.h"
#include "nn/passes.h"
#include "nn/row_kernels.h"
#include "nn/session.h"
#include "nn/test_networks.h"

namespace kinfolder {
namespace {

constexpr std::int64_t kSide = 24;

// The kinds of blocks that face networks have: a stem, a maximum, branches side by side, a residual. [N, 3, H, W] to
// unit vectors [N, 16].
Graph FaceLikeNetwork(Random& random) {
  NetworkBuilder builder(random);
  const auto conv = [&](const std::string& x, std::int64_t channels, std::int64_t outputs, const Window& window) {
    return builder.Add(Relu{}, {builder.AddConv(x, channels, outputs, window)});
  };
  std::string x = conv(builder.Input({-1, 3, kSide, kSide}), 3, 16, SquareWindow(3, 2, 1));
  Pool pool;
  pool.window = SquareWindow(3, 1, 1);
  x = builder.Add(pool, {conv(x, 16, 32, SquareWindow(3, 1, 1))});
  x = builder.Add(Concat{1}, {conv(x, 32, 24, SquareWindow(1)),
                              conv(conv(x, 32, 16, SquareWindow(1)), 16, 40, SquareWindow(3, 1, 1))});
  std::string y = builder.AddConv(conv(x, 64, 32, SquareWindow(1)), 32, 64, SquareWindow(1));
  y = builder.Add(Binary{Binary::Kind::kMul}, {y, builder.Constant(Tensor{{}, {0.2F}})});
  x = builder.Add(Relu{}, {builder.Add(Binary{Binary::Kind::kAdd}, {y, x})});
  x = conv(x, 64, 48, SquareWindow(3, 2, 1));
  const std::string flat = builder.Add(Flatten{1}, {builder.Add(GlobalAveragePool{}, {x})});
  const std::string embedding = builder.Add(L2Normalize{1}, {builder.AddGemm(flat, 48, 16)});
  return std::move(builder).Build({embedding});
}

// Each of a colour and a contrast of its own.
std::vector<Tensor> Pictures(Random& random, std::size_t batches) {
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<Tensor> pictures;
  for (std::size_t i = 0; i < batches; ++i) {
    pictures.push_back(RandomTensor({4, 3, kSide, kSide}, random));
    const std::span<float> values(pictures.back().values);
    constexpr std::size_t kPlane = kSide * kSide;
    for (std::size_t first = 0; first < values.size(); first += kPlane) {
      const float colour = uniform(random);
      const float contrast = uniform(random);
      for (float& value : values.subspan(first, kPlane)) value = colour + contrast * value;
    }
  }
  return pictures;
}

class QuantizeTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!RunsEightBits()) GTEST_SKIP() << "this processor has no instructions for 8-bit numbers (VNNI)";
  }

  // The first convolution of two whose results are put side by side.
  static std::size_t FirstBranch(const Graph& network) {
    const auto concat =
        std::ranges::find_if(network.nodes, [](const Node& node) { return std::holds_alternative<Concat>(node.op); });
    const auto relu = std::ranges::find(network.nodes, concat->Input(0), &Node::output);
    const auto conv = std::ranges::find(network.nodes, relu->Input(0), &Node::output);
    return static_cast<std::size_t>(conv - network.nodes.begin());
  }

  // Makes four of its channels 1000 times as large, and the weights of all later convolutions of 64 channels small for
  // them.
  static void EnlargeFourChannels(Graph& network, std::size_t place) {
    const Node& conv = network.nodes[place];
    Tensor& weight = network.constants.at(conv.Input(1));
    const std::size_t row = weight.values.size() / static_cast<std::size_t>(weight.shape[0]);
    for (float& value : std::span(weight.values).first(4 * row)) value *= 1000;
    for (float& value : std::span(network.constants.at(conv.Input(kBias)).values).first(4)) value *= 1000;
    for (std::size_t i = place; i < network.nodes.size(); ++i) {
      if (!std::holds_alternative<Conv>(network.nodes[i].op)) continue;
      Tensor& next = network.constants.at(network.nodes[i].Input(1));
      if (next.shape[1] != 64) continue;
      const auto kernel = static_cast<std::size_t>(next.shape[2] * next.shape[3]);
      for (std::size_t first = 0; first < next.values.size(); first += 64 * kernel) {
        for (float& value : std::span(next.values).subspan(first, 4 * kernel)) value /= 1000;
      }
    }
  }

  Random random_{7};
  Graph network_ = FaceLikeNetwork(random_);
  std::vector<Tensor> pictures_ = Pictures(random_, 8);
  StopFlag stop_;
};

TEST_F(QuantizeTest, LosesLittle) {
  const auto quantized = QuantizeNetwork(network_, pictures_, {}, stop_);
  ASSERT_TRUE(quantized) << quantized.error().message;
  EXPECT_EQ(quantized->convolutions, 8U);
  EXPECT_EQ(quantized->in_8_bits, 7U);  // all but that of the pictures
  EXPECT_GT(quantized->error, 0);
  EXPECT_LT(quantized->error, 0.002);
  EXPECT_EQ(quantized->graph.quantized.size(), 7U);
}

TEST_F(QuantizeTest, IsStoredInEightBitsAndReadBack) {
  const auto quantized = QuantizeNetwork(network_, pictures_, {}, stop_);
  ASSERT_TRUE(quantized) << quantized.error().message;
  const auto stored = WriteOnnx(quantized->graph);
  ASSERT_TRUE(stored) << stored.error().message;
  const auto read = ReadOnnx(*stored);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(*read == quantized->graph);
  EXPECT_LT(2 * stored->size(), WriteOnnx(network_)->size());
}

// The reference computes with the rounded values in float32; sums that lie half-way between two steps may go either
// way.
TEST_F(QuantizeTest, TheFastSessionRoundsAsTheReference) {
  const auto quantized = QuantizeNetwork(network_, pictures_, {}, stop_);
  ASSERT_TRUE(quantized) << quantized.error().message;
  const auto fast = MakeDnnlSession(quantized->graph, {});
  const auto floats = MakeDnnlSession(quantized->graph, {Precision::kFloat32});
  const auto reference = MakeReferenceSession(quantized->graph);
  ASSERT_TRUE(fast && floats && reference);
  const auto expected = (*reference)->Run(std::span(pictures_).first(1));
  const auto actual = (*fast)->Run(std::span(pictures_).first(1));
  const auto unrounded = (*floats)->Run(std::span(pictures_).first(1));
  ASSERT_TRUE(expected && actual && unrounded);
  EXPECT_LT(Difference(actual->front(), expected->front()), 2e-3F);
  EXPECT_GT(Difference(actual->front(), unrounded->front()), 1e-5F);  // it does round
}

TEST_F(QuantizeTest, KeepsWhatLosesTooMuchInFloat) {
  // Some channels are so large that the others, which matter as much, are all rounded to zero beside them: of a sum,
  // whose channels can't be made equally large.
  Graph network = network_;
  EnlargeFourChannels(network, FirstBranch(network));
  const auto quantized = QuantizeNetwork(network, pictures_, {}, stop_);
  ASSERT_TRUE(quantized) << quantized.error().message;
  EXPECT_LT(quantized->in_8_bits, 7U);
  EXPECT_GT(quantized->in_8_bits, 0U);
  EXPECT_LE(quantized->error, 0.002);
}

// A channel a thousand times as large as its neighbours costs nothing where the convolutions after it can make up.
TEST_F(QuantizeTest, MakesChannelsEquallyLarge) {
  Graph network = network_;
  const Node& stem = network.nodes.front();
  Tensor& weight = network.constants.at(stem.Input(1));
  Tensor& next = network.constants.at(network.nodes[2].Input(1));
  for (float& value : std::span(weight.values).first(weight.values.size() / 16)) value *= 1000;
  network.constants.at(stem.Input(kBias)).values[0] *= 1000;
  for (std::size_t o = 0; o < 32; ++o) {
    for (std::size_t k = 0; k < 9; ++k) next.values[o * 16 * 9 + k] /= 1000;
  }
  const auto quantized = QuantizeNetwork(network, pictures_, {}, stop_);
  ASSERT_TRUE(quantized) << quantized.error().message;
  EXPECT_EQ(quantized->in_8_bits, 7U);
  EXPECT_LT(quantized->error, 1e-4);
}

// MTCNN's networks, whose slopes and pictures are in 8-bit numbers, too; the session that rounds is the row session.
TEST_F(QuantizeTest, DoesNetworksThatRunByRows) {
  if (!RunnableRowKernels().front().take_bytes) GTEST_SKIP() << "this processor has no AVX-512 VNNI";
  std::vector<Tensor> windows;
  windows.reserve(8);
  for (int i = 0; i < 8; ++i) windows.push_back(RandomTensor({4, 3, 24, 24}, random_));
  const auto quantized = QuantizeNetwork(Rnet(3), windows, {}, stop_);
  ASSERT_TRUE(quantized) << quantized.error().message;
  EXPECT_EQ(quantized->in_8_bits, 3U);
  EXPECT_GT(quantized->error, 0);
  const auto read = ReadOnnx(*WriteOnnx(quantized->graph));
  ASSERT_TRUE(read) << read.error().message;
  const auto rounded = (*MakeSession(*read))->Run(std::span(windows).first(1));
  const auto expected = (*MakeReferenceSession(*read))->Run(std::span(windows).first(1));
  const auto floats = (*MakeSession(*read, {Precision::kFloat32}))->Run(std::span(windows).first(1));
  const auto reference = (*MakeReferenceSession(DropQuantization(*read)))->Run(std::span(windows).first(1));
  ASSERT_TRUE(rounded && expected && floats && reference);
  for (std::size_t i = 0; i < rounded->size(); ++i) {
    EXPECT_LT(Difference((*rounded)[i], (*expected)[i]), 2e-3F);
    EXPECT_LT(Difference((*floats)[i], (*reference)[i]), 1e-4F);
  }
}

TEST_F(QuantizeTest, TakesAValueThatIsConcatenatedWithItself) {
  NetworkBuilder builder(random_);
  const std::string x = builder.AddConv(builder.Input({-1, 3, kSide, kSide}), 3, 8, SquareWindow(3));
  const std::string y = builder.Add(Concat{1}, {x, x});
  const std::string z = builder.AddConv(y, 16, 4, SquareWindow(1));
  const Graph twice = std::move(builder).Build({z});
  const auto quantized = QuantizeNetwork(twice, pictures_, {}, stop_);
  ASSERT_TRUE(quantized) << quantized.error().message;
  EXPECT_EQ(quantized->in_8_bits, 1U);
}

TEST_F(QuantizeTest, AsksForWhatItNeeds) {
  EXPECT_EQ(QuantizeNetwork(network_, {}, {}, stop_).error().code, ErrorCode::kInvalidArgument);
  NetworkBuilder builder(random_);
  const std::string x = builder.Input({-1, 3, kSide, kSide});
  const std::string y = builder.AddConv(x, 3, 8, SquareWindow(3));
  const Graph single = std::move(builder).Build({y});
  EXPECT_EQ(QuantizeNetwork(single, pictures_, {}, stop_).error().code, ErrorCode::kUnsupported);
  stop_.Stop();
  EXPECT_EQ(QuantizeNetwork(network_, pictures_, {}, stop_).error().code, ErrorCode::kInterrupted);
}

// Convolutions of values on grids in all the ways that the planner knows, against the reference.
TEST_F(QuantizeTest, ConvolvesOnGridsLikeTheReference) {
  EXPECT_TRUE(rc::check([](std::uint32_t seed) {
    Random random(seed);
    const Shape shape{Between(random, 1, 3), Between(random, 1, 35), Between(random, 3, 20), Between(random, 3, 20)};
    NetworkBuilder builder(random);
    const auto zero = [&random] { return Between(random, 0, 1) == 1 ? FakeQuantize::kSigned : 0; };
    FakeQuantize grid{1.0F / 255, zero()};
    if (grid.zero > 0) grid.step = 1.0F / 127;
    const std::string x = builder.Add(grid, {builder.Input(shape)});
    const std::int64_t outputs = Between(random, 1, 40);
    // Weights that are small multiples of a power of two: all sums are exact, so both must round alike.
    Tensor weight{{outputs, shape[1], 3, 3}, {}};
    std::vector<float> steps;
    for (std::int64_t o = 0; o < outputs; ++o) {
      steps.push_back(o % 2 == 0 ? 1.0F / 64 : 1.0F / 128);
      for (std::int64_t i = 0; i < shape[1] * 9; ++i)
        weight.values.push_back(steps.back() * static_cast<float>(Between(random, -9, 9)));
    }
    const std::string constant = builder.Constant(std::move(weight));
    std::string y =
        builder.Add(Conv{SquareWindow(3, 1, 1)}, {x, constant, builder.Constant(RandomTensor({outputs}, random))});
    if (Between(random, 0, 1) == 1 && outputs == shape[1]) y = builder.Add(Binary{}, {y, x});
    const std::int64_t activation = Between(random, 0, 2);
    if (activation == 1) y = builder.Add(Relu{}, {y});
    if (activation == 2) y = builder.AddPRelu(y, outputs);
    const float step = 0.05F;
    if (Between(random, 0, 1) == 1) y = builder.Add(FakeQuantize{step, zero()}, {y});
    if (Between(random, 0, 1) == 1) y = builder.Add(Concat{1}, {y, y});
    Graph graph = std::move(builder).Build({y});
    graph = WithEightBits(std::move(graph), constant, steps);
    const Tensor input = RandomTensor(shape, random);
    const auto fast = MakeDnnlSession(graph, {});
    const auto reference = MakeReferenceSession(graph);
    RC_ASSERT(fast && reference);
    const auto actual = (*fast)->Run(std::span(&input, 1));
    const auto expected = (*reference)->Run(std::span(&input, 1));
    RC_ASSERT(actual && expected);
    // Within one step, and but for a few in a hundred exactly.
    std::size_t others = 0;
    for (std::size_t i = 0; i < expected->front().values.size(); ++i) {
      const float difference = std::abs(actual->front().values[i] - expected->front().values[i]);
      RC_ASSERT(difference < step * 1.01F);
      others += difference > 1e-4F ? 1 : 0;
    }
    RC_ASSERT(50 * others <= expected->front().values.size() + 50);
  }));
}

TEST(Unfuse, UndoesWhatFusingDid) {
  EXPECT_TRUE(rc::check([](std::uint32_t seed) {
    Random random(seed);
    const Graph fused = Optimize(RandomNetwork(random));
    const Graph unfused = Unfuse(fused);
    RC_ASSERT(std::none_of(unfused.nodes.begin(), unfused.nodes.end(), IsFused));
    const auto stored = WriteOnnx(unfused);
    if (!stored) RC_FAIL(stored.error().message);
    const Graph again = Optimize(unfused);
    RC_ASSERT(again.nodes.size() == fused.nodes.size());
    Shape shape = fused.inputs.front().shape;
    for (std::int64_t& dimension : shape) dimension = dimension < 0 ? Between(random, 2, 9) : dimension;
    const Tensor input = RandomTensor(shape, random);
    const auto before = (*MakeReferenceSession(fused))->Run(std::span(&input, 1));
    const auto after = (*MakeReferenceSession(unfused))->Run(std::span(&input, 1));
    RC_ASSERT(before && after);
    for (std::size_t i = 0; i < before->size(); ++i) RC_ASSERT(Difference((*after)[i], (*before)[i]) < 1e-5F);
  }));
}

}  // namespace
}  // namespace kinfolder
