#include "train/torch_network.h"

#include <gtest/gtest.h>

#include "base/test_data.h"
#include "nn/face_networks.h"
#include "nn/onnx.h"
#include "nn/passes.h"
#include "nn/session.h"
#include "nn/test_networks.h"
#include "train/architectures.h"

namespace kinfolder {
namespace {

torch::Tensor FromTensor(const Tensor& tensor) {
  return torch::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape, torch::kFloat32).clone();
}

Tensor ToTensor(const torch::Tensor& tensor) {
  const torch::Tensor values = tensor.detach().contiguous();
  return {values.sizes().vec(),
          std::vector<float>(values.data_ptr<float>(), values.data_ptr<float>() + values.numel())};
}

// Values as after some training: no BatchNorm that does nothing.
void Disturb(Graph& graph, Random& random) {
  for (auto& [name, tensor] : graph.constants) {
    const bool positive = name.ends_with(".variance") || name.ends_with(".scale");
    if (tensor.shape.size() != 1) continue;
    tensor =
        positive ? RandomTensor(tensor.shape, random, 0.5F, 1.5F) : RandomTensor(tensor.shape, random, -0.2F, 0.2F);
  }
}

enum class Oracle { kReference, kFast };

// The largest difference between libtorch's outputs and nn/'s; of the graph that libtorch gives back, through ONNX.
float LargestDifference(const Graph& graph, const Tensor& input, Oracle oracle) {
  TorchNetwork network = TorchNetwork::Make(graph).value();
  const auto outputs = network.Forward(FromTensor(input), {});
  const Graph back = network.ToGraph();
  EXPECT_EQ(back, graph);
  const std::vector<std::byte> onnx = WriteOnnx(back).value();
  Graph read = ReadOnnx(onnx).value();
  const std::vector<std::string> names = read.outputs;
  const auto session = oracle == Oracle::kReference ? MakeReferenceSession(std::move(read)).value()
                                                    : MakeDnnlSession(std::move(read), {}).value();
  const std::vector<Tensor> expected = session->Run(std::array{input}).value();
  float largest = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    largest = std::max(largest, Difference(ToTensor(outputs.at(names[i])), expected[i]));
  }
  return largest;
}

void ExpectAgreement(Graph graph, const Shape& input, Oracle oracle) {
  Random random(3);
  Disturb(graph, random);
  EXPECT_LT(LargestDifference(graph, RandomTensor(input, random), oracle), 1e-4F);
}

TEST(TorchNetwork, AgreesWithBothSessionsOnRandomNetworks) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const Graph graph = RandomNetwork(random);
    const std::int64_t height = Between(random, 16, 24);
    const Tensor input = RandomTensor({Between(random, 1, 3), graph.inputs[0].shape[1], height, height + 3}, random);
    EXPECT_LT(LargestDifference(graph, input, Oracle::kReference), 1e-4F) << "seed " << seed;
    EXPECT_LT(LargestDifference(graph, input, Oracle::kFast), 1e-4F) << "seed " << seed;
  }
}

TEST(TorchNetwork, AgreesWithBothSessionsOnMtcnn) {
  for (const Oracle oracle : {Oracle::kReference, Oracle::kFast}) {
    ExpectAgreement(Pnet(1), {2, 3, 31, 42}, oracle);
    ExpectAgreement(Rnet(2), {3, 3, 24, 24}, oracle);
    ExpectAgreement(Onet(3), {2, 3, 48, 48}, oracle);
  }
}

TEST(TorchNetwork, AgreesWithBothSessionsOnEmbedders) {
  ExpectAgreement(Nn4(256, 1), {1, 3, 112, 112}, Oracle::kReference);
  ExpectAgreement(Nn4(256, 1), {2, 3, 112, 112}, Oracle::kFast);
  ExpectAgreement(InceptionResnetV1(512, 1), {1, 3, 160, 160}, Oracle::kFast);
}

TEST(TorchNetwork, RunsThePublicNetworks) {
  SKIP_WITHOUT_TEST_DATA(models, "models");
  Random random(5);
  for (const auto& [name, side] :
       {std::pair{"mtcnn-pnet.onnx", 40}, {"mtcnn-onet.onnx", 48}, {"facenet-vggface2.onnx", 160}}) {
    const Graph graph = ReadOnnxFile(models / name).value();
    EXPECT_LT(LargestDifference(graph, RandomTensor({2, 3, side, side}, random), Oracle::kFast), 1e-4F) << name;
  }
}

TEST(TorchNetwork, UnevenPaddingAsTheOracle) {
  Random random(6);
  for (const bool count : {false, true}) {
    for (const auto padding : {Window::Padding::kExplicit, Window::Padding::kSameUpper, Window::Padding::kSameLower}) {
      NetworkBuilder builder(random);
      Window window = SquareWindow(4, 3);
      window.padding = padding;
      if (padding == Window::Padding::kExplicit) window.pads = {1, 0, 2, 3};
      const std::string x = builder.AddConv(builder.Input({-1, 3, -2, -3}), 3, 5, window);
      const std::string most = builder.Add(Pool{Pool::Kind::kMax, window, false}, {x});
      const std::string mean = builder.Add(Pool{Pool::Kind::kAverage, window, count}, {x});
      const Graph graph = std::move(builder).Build({most, mean});
      EXPECT_LT(LargestDifference(graph, RandomTensor({2, 3, 17, 22}, random), Oracle::kReference), 1e-4F);
    }
  }
}

// x -> BatchNorm -> Relu -> mean over the picture -> Gemm.
Graph SmallNetwork(Random& random) {
  NetworkBuilder builder(random);
  std::string x = builder.Add(Relu{}, {builder.AddBatchNorm(builder.Input({-1, 3, -2, -3}), 3)});
  x = builder.AddGemm(builder.Add(Flatten{1}, {builder.Add(GlobalAveragePool{}, {x})}), 3, 2);
  return std::move(builder).Build({x});
}

TEST(TorchNetwork, TrainingNormalizesByTheBatchAndRemembersIt) {
  Random random(7);
  TorchNetwork network = TorchNetwork::Make(SmallNetwork(random)).value();
  const torch::Tensor input = FromTensor(RandomTensor({4, 3, 5, 6}, random, 2, 5));
  const torch::Tensor before = network.statistics().clone();
  const torch::Tensor evaluated = network.Forward(input, {}).begin()->second;
  EXPECT_TRUE(network.statistics().equal(before));
  ForwardOptions training;
  training.training = true;
  training.momentum = 1;
  const torch::Tensor trained = network.Forward(input, training).begin()->second;
  EXPECT_GT((trained - evaluated).abs().max().item<float>(), 1e-2F);
  const torch::Tensor means = input.mean({0, 2, 3});
  const torch::Tensor variances = input.transpose(0, 1).reshape({3, -1}).var(1);
  const Graph graph = network.ToGraph();
  const Node& norm = graph.nodes.front();
  EXPECT_TRUE(FromTensor(*graph.Constant(norm.inputs[3])).allclose(means, 1e-4, 1e-5));
  EXPECT_TRUE(FromTensor(*graph.Constant(norm.inputs[4])).allclose(variances, 1e-4, 1e-5));
}

TEST(TorchNetwork, GradientsAreThoseOfDifferences) {
  Random random(8);
  TorchNetwork network = TorchNetwork::Make(SmallNetwork(random)).value();
  const torch::Tensor input = FromTensor(RandomTensor({4, 3, 5, 6}, random));
  const torch::Tensor weights = FromTensor(RandomTensor({4, 2}, random));
  ForwardOptions training;
  training.training = true;
  const auto loss = [&] { return (network.Forward(input, training).begin()->second * weights).sum(); };
  loss().backward();
  const torch::NoGradGuard no_gradients;
  int compared = 0;
  for (std::int64_t i = 0; i < network.parameters().numel(); ++i) {
    const auto at = [&](float change) {
      network.parameters()[i].add_(change);
      const double value = loss().item<double>();
      network.parameters()[i].sub_(change);
      return value;
    };
    constexpr float kChange = 1e-2F;
    const double slope = (at(kChange) - at(-kChange)) / (2 * kChange);
    EXPECT_NEAR(network.gradients()[i].item<double>(), slope, 2e-2) << i;
    compared += slope != 0 ? 1 : 0;
  }
  EXPECT_GE(compared, 12);  // 3 scales, 3 biases, 6 weights at least
}

TEST(TorchNetwork, OnlyWeightsDecay) {
  Random random(9);
  const TorchNetwork network = TorchNetwork::Make(SmallNetwork(random)).value();
  EXPECT_EQ(network.decayed().sum().item<float>(), 6);  // those of the Gemm
}

TEST(TorchNetwork, DropoutIsForTrainingOnly) {
  Random random(10);
  TorchNetwork network = TorchNetwork::Make(SmallNetwork(random)).value();
  const torch::Tensor input = FromTensor(RandomTensor({64, 3, 5, 6}, random));
  ForwardOptions options;
  options.dropout = 0.5;
  const auto run = [&] { return network.Forward(input, options).begin()->second; };
  EXPECT_TRUE(run().equal(run()));
  options.training = true;
  EXPECT_FALSE(run().equal(run()));
}

TEST(TorchNetwork, RefusesFusedGraphs) {
  Random random(11);
  const auto network = TorchNetwork::Make(Optimize(Rnet(1)));
  ASSERT_FALSE(network);
  EXPECT_EQ(network.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace kinfolder
