#include "train/architectures.h"

#include <gtest/gtest.h>

#include "base/test_data.h"
#include "nn/face_networks.h"
#include "nn/graph_builder.h"
#include "nn/onnx.h"
#include "nn/passes.h"
#include "nn/session.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

const Shape kFace160{1, 3, 160, 160};

// The inputs and outputs with their shapes, open dimensions as -1.
std::map<std::string, Shape> Interface(const Graph& graph) {
  const ShapeMap shapes = InferShapes(graph).value();
  std::map<std::string, Shape> interface;
  for (const GraphInput& input : graph.inputs) interface[input.name] = input.shape;
  for (const std::string& output : graph.outputs) interface[output] = shapes.at(output);
  for (auto& [name, shape] : interface) {
    for (std::int64_t& dimension : shape) dimension = std::max<std::int64_t>(dimension, -1);
  }
  return interface;
}

TEST(CountWork, CountsOneSmallNetworkByHand) {
  GraphBuilder builder(1);
  const std::string x = builder.AddConv(builder.Input("image", {-1, 3, 8, 8}), 4, SquareKernel(3, 2, 1), true);
  const std::string y = builder.AddGemm(builder.Add(Flatten{1}, {x}), 5, false);
  const Work work = CountWork(std::move(builder).Build({{y, "y"}}), {2, 3, 8, 8});
  EXPECT_EQ(work.multiply_adds, 2 * (4 * 4 * 4 * 27 + 64 * 5));
  EXPECT_EQ(work.parameters, 4 * 27 + 4 + 64 * 5);
}

TEST(Architectures, InceptionResnetV1IsThePublicNetwork) {
  const Graph graph = InceptionResnetV1(512, 1);
  const Work work = CountWork(graph, kFace160);
  EXPECT_NEAR(static_cast<double>(work.multiply_adds), 1.43e9, 0.02e9);
  SKIP_WITHOUT_TEST_DATA(file, "models/facenet-vggface2.onnx");
  const Graph published = ReadOnnxFile(file).value();
  // The published one has its BatchNorms folded.
  const Work folded = CountWork(Optimize(graph), kFace160);
  EXPECT_EQ(folded.parameters, CountWork(Optimize(published), kFace160).parameters);
  EXPECT_EQ(work.multiply_adds, CountWork(published, kFace160).multiply_adds);
  EXPECT_EQ(Interface(graph), Interface(published));
}

TEST(Architectures, Nn4IsSmall) {
  const Graph graph = Nn4(256, 1);
  const Work work = CountWork(graph, {1, 3, 112, 112});
  RecordProperty("multiply_adds", std::to_string(work.multiply_adds));
  RecordProperty("parameters", std::to_string(work.parameters));
  EXPECT_GE(work.multiply_adds, 80'000'000);
  EXPECT_LE(work.multiply_adds, 150'000'000);
  EXPECT_GE(work.parameters, 1'500'000);
  EXPECT_LE(work.parameters, 4'000'000);
  const std::map<std::string, Shape> expected{{"image", {-1, 3, 112, 112}}, {"embedding", {-1, 256}}};
  EXPECT_EQ(Interface(graph), expected);
}

TEST(Architectures, ADeeperNn4BeginsAsWhatAShallowOneHasLearned) {
  Graph learned = Nn4(64, 1);
  for (auto& [name, tensor] : learned.constants) {
    if (name.ends_with(".scale")) std::ranges::fill(tensor.values, 0.5F);  // as if its blocks did something
  }
  const std::optional<Graph> deep = WithLayersOf(learned, Nn4Deep(64, 2));
  ASSERT_TRUE(deep);
  EXPECT_NEAR(static_cast<double>(CountWork(*deep, {1, 3, 112, 112}).multiply_adds), 230e6, 10e6);

  Tensor picture = {{1, 3, 112, 112}, std::vector<float>(std::size_t{3} * 112 * 112)};
  for (std::size_t i = 0; i < picture.values.size(); ++i) picture.values[i] = static_cast<float>(i % 97) / 97;
  const auto embed = [&picture](const Graph& graph) {
    return (*MakeReferenceSession(graph))->Run(std::span(&picture, 1)).value().front().values;
  };
  const std::vector<float> expected = embed(learned);
  EXPECT_NE(expected, embed(Nn4(64, 1)));
  EXPECT_EQ(embed(*deep), expected);
}

TEST(Architectures, LayersGoIntoNetworksThatHaveThem) {
  EXPECT_EQ(WithLayersOf(Nn4(64, 1), Nn4(64, 2)), Nn4(64, 1));
  EXPECT_FALSE(WithLayersOf(Nn4(32, 1), Nn4Deep(64, 1)));
  EXPECT_FALSE(WithLayersOf(Nn4Deep(64, 1), Nn4(64, 1)));
  EXPECT_FALSE(WithLayersOf(Nn4(64, 1), InceptionResnetV1(64, 1)));
}

TEST(Architectures, MtcnnIsThePublicNetworks) {
  SKIP_WITHOUT_TEST_DATA(models, "models");
  struct Ours {
    std::string file;
    Graph graph;
    std::int64_t side;
  };
  for (const auto& [file, graph, side] : std::vector<Ours>{
           {"mtcnn-pnet.onnx", Pnet(1), 12}, {"mtcnn-rnet.onnx", Rnet(1), 24}, {"mtcnn-onet.onnx", Onet(1), 48}}) {
    const Graph published = ReadOnnxFile(models / file).value();
    const Work ours = CountWork(graph, {1, 3, side, side});
    const Work theirs = CountWork(published, {1, 3, side, side});
    EXPECT_EQ(ours.parameters, theirs.parameters) << file;
    EXPECT_EQ(ours.multiply_adds, theirs.multiply_adds) << file;
    EXPECT_EQ(Interface(graph), Interface(published)) << file;
  }
}

TEST(Architectures, WeightsAreOfTheSeed) {
  EXPECT_EQ(Pnet(7), Pnet(7));
  EXPECT_NE(Pnet(7), Pnet(8));
}

TEST(EmbedderArchitecture, SaysWhatThereIs) {
  EXPECT_EQ(EmbedderArchitecture("nn4", 64, 1).value(), Nn4(64, 1));
  const auto unknown = EmbedderArchitecture("nn5", 64, 1);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "there is no network nn5: choose nn4, nn4-deep or inception-resnet-v1");
  EXPECT_EQ(EmbedderArchitecture("nn4-deep", 64, 1).value(), Nn4Deep(64, 1));
  EXPECT_FALSE(EmbedderArchitecture("nn4", 1, 1));
}

}  // namespace
}  // namespace kinfolder
