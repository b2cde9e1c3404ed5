#include "nn/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"
#include "nn/model_package.h"
#include "nn/onnx.h"
#include "nn/passes.h"
#include "nn/session.h"
#include "nn/test_networks.h"
#include "nn/test_sources.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::Key;

ModelManifest RepositoryManifest(const std::string& id) {
  return ReadPackage(fs::path(KINFOLDER_SOURCE_DIR) / "models" / id).value().manifest;
}

// What a user's program would load.
Graph WrittenAndRead(const Graph& graph) {
  const auto bytes = WriteOnnx(graph);
  EXPECT_TRUE(bytes) << bytes.error().message;
  auto read = ReadOnnx(*bytes);
  EXPECT_TRUE(read) << read.error().message;
  return *std::move(read);
}

std::map<std::string, Tensor> AnswersOf(Result<std::unique_ptr<Session>> session, const Tensor& image) {
  EXPECT_TRUE(session) << session.error().message;
  const auto outputs = (*session)->Run(std::array{image});
  EXPECT_TRUE(outputs) << outputs.error().message;
  std::map<std::string, Tensor> by_name;
  for (std::size_t i = 0; i < outputs->size(); ++i) by_name[(*session)->output_names()[i]] = (*outputs)[i];
  return by_name;
}

void ExpectSameAnswers(const Graph& graph, const Graph& expected, const Tensor& image) {
  const auto answers = AnswersOf(MakeReferenceSession(graph), image);
  const auto wanted = AnswersOf(MakeReferenceSession(expected), image);
  ASSERT_EQ(answers.size(), wanted.size());
  for (const auto& [name, tensor] : wanted) {
    ASSERT_TRUE(answers.contains(name)) << name;
    EXPECT_LT(Difference(answers.at(name), tensor), 1e-5F) << name;
  }
}

TEST(ConvertMtcnn, ThePublicFilesGiveThePublicNetworks) {
  SKIP_WITHOUT_TEST_DATA(models, "models");
  const ModelManifest manifest = RepositoryManifest("mtcnn");
  const auto graphs = ConvertSources(*manifest.sources, models / "sources");
  ASSERT_TRUE(graphs) << graphs.error().message;
  EXPECT_THAT(*graphs, ElementsAre(Key("onet"), Key("pnet"), Key("rnet")));
  Random random(1);
  const std::map<std::string, Shape> images = {
      {"pnet", {1, 3, 31, 44}}, {"rnet", {3, 3, 24, 24}}, {"onet", {2, 3, 48, 48}}};
  for (const auto& [role, shape] : images) {
    SCOPED_TRACE(role);
    const auto ready = ReadOnnxFile(models / manifest.files.at(role).name);
    ASSERT_TRUE(ready) << ready.error().message;
    ExpectSameAnswers(WrittenAndRead(graphs->at(role)), *ready, RandomTensor(shape, random));
  }
}

// Files whose every value says where it stands: the tensor's place in the list, then its own in the tensor.
class FaceApiTest : public testing::Test {
 protected:
  Result<std::map<std::string, Graph>> Convert(const FaceApiFiles& files) {
    WriteFaceApiFiles(files, folder_.path());
    return ConvertSources(FaceApiSources(files), folder_.path());
  }
  static FaceApiFiles Files(const std::vector<NamedShape>& tensors) {
    float next = 0;
    return FaceApiFilesOf(tensors, [&](const NamedShape& tensor) {
      Tensor values{tensor.shape, std::vector<float>(static_cast<std::size_t>(ElementCount(tensor.shape)))};
      for (float& value : values.values) value = next++;
      return values;
    });
  }
  std::string ComplaintAbout(const FaceApiFiles& files) {
    const auto graphs = Convert(files);
    return graphs ? "none" : graphs.error().message;
  }

  const TemporaryFolder folder_;
};

// The place of a tensor's first value among all.
float FirstOf(const std::string& name) {
  std::int64_t place = 0;
  for (const NamedShape& tensor : FaceApiMtcnnTensors()) {
    if (tensor.name == name) return static_cast<float>(place);
    place += ElementCount(tensor.shape);
  }
  ADD_FAILURE() << name;
  return -1;
}

TEST_F(FaceApiTest, EveryValueGoesToItsPlace) {
  const auto graphs = Convert(Files(FaceApiMtcnnTensors()));
  ASSERT_TRUE(graphs) << graphs.error().message;
  const Graph& rnet = graphs->at("rnet");
  std::vector<const Node*> layers;
  for (const Node& node : rnet.nodes) {
    if (std::holds_alternative<Conv>(node.op) || std::holds_alternative<Gemm>(node.op)) layers.push_back(&node);
  }
  ASSERT_EQ(layers.size(), 6U);
  // Filters [a, b, in, out] -> [out, in, b, a].
  const Tensor& filters = rnet.constants.at(layers[1]->inputs[1]);
  ASSERT_EQ(filters.shape, (Shape{48, 28, 3, 3}));
  const auto filter = [&](std::size_t out, std::size_t in, std::size_t y, std::size_t x) {
    return filters.values[((out * 28 + in) * 3 + y) * 3 + x];
  };
  const float first = FirstOf("rnet/conv2/weights");
  EXPECT_EQ(filter(0, 0, 0, 0), first);
  EXPECT_EQ(filter(5, 0, 0, 0), first + 5);
  EXPECT_EQ(filter(0, 7, 0, 0), first + 7 * 48);
  EXPECT_EQ(filter(0, 0, 2, 0), first + 2 * 28 * 48);
  EXPECT_EQ(filter(0, 0, 0, 2), first + 2 * 3 * 28 * 48);
  // Dense weights [(x, y, channel), out] -> [out, (channel, y, x)], of a map of 3 x 3 with 64 channels.
  const Tensor& dense = rnet.constants.at(layers[3]->inputs[1]);
  ASSERT_EQ(dense.shape, (Shape{128, 576}));
  const auto weight = [&](std::size_t out, std::size_t channel, std::size_t y, std::size_t x) {
    return dense.values[out * 576 + (channel * 3 + y) * 3 + x];
  };
  const float dense_first = FirstOf("rnet/fc1/weights");
  EXPECT_EQ(weight(9, 0, 0, 0), dense_first + 9);
  EXPECT_EQ(weight(0, 11, 0, 0), dense_first + 11 * 128);
  EXPECT_EQ(weight(0, 0, 1, 0), dense_first + 64 * 128);
  EXPECT_EQ(weight(0, 0, 0, 1), dense_first + 3 * 64 * 128);
  // Dense weights [in, out] -> [out, in], and a bias.
  const Tensor& box = rnet.constants.at(layers[5]->inputs[1]);
  ASSERT_EQ(box.shape, (Shape{4, 128}));
  EXPECT_EQ(box.values[128 + 2], FirstOf("rnet/fc2_2/weights") + 2 * 4 + 1);
  EXPECT_EQ(rnet.constants.at(layers[5]->inputs[2]).values[3], FirstOf("rnet/fc2_2/bias") + 3);
  // Slopes are numbered within a network.
  for (const Node& node : rnet.nodes) {
    if (!std::holds_alternative<PRelu>(node.op)) continue;
    EXPECT_EQ(rnet.constants.at(node.inputs[1]).values[1], FirstOf("rnet/prelu1_alpha") + 1);
    break;
  }
}

TEST_F(FaceApiTest, FilesThatDoNotFit) {
  const std::vector<NamedShape> tensors = FaceApiMtcnnTensors();
  std::vector<NamedShape> changed = tensors;
  changed[0].shape = {3, 3, 10, 3};
  EXPECT_EQ(ComplaintAbout(Files(changed)), "pnet/conv1/weights has the shape [3, 3, 10, 3] instead of [3, 3, 3, 10]");
  changed = tensors;
  changed.pop_back();
  EXPECT_EQ(ComplaintAbout(Files(changed)), "the sources have no tensor onet/fc2_3/bias");
  FaceApiFiles files = Files(tensors);
  files.shard.pop_back();
  EXPECT_EQ(ComplaintAbout(files), "the bytes end before the end of onet/fc2_3/bias");
  files = Files(tensors);
  files.shard += "x";
  EXPECT_EQ(ComplaintAbout(files), "1 bytes follow the last tensor");
  files = Files(tensors);
  files.list.replace(files.list.find("shard1"), 6, "../x/y");
  EXPECT_EQ(ComplaintAbout(files), "the tensors lie in ../x/y, which is none of the source files");
  files.list = R"([{"paths": [], "weights": [{"name": "a", "dtype": "float32", "shape": [-1]}]}])";
  EXPECT_FALSE(Convert(files));
  files.list = R"([{"paths": [], "weights": [{"name": "a", "dtype": "uint8", "shape": [1]}]}])";
  EXPECT_EQ(ComplaintAbout(files), "a is not of float32");
  for (const char* list : {"", "{", "7", "[7]", R"([{"paths": [7], "weights": []}])", R"([{"paths": []}])"}) {
    files.list = list;
    EXPECT_FALSE(Convert(files)) << list;
  }
}

// What Keras names its arrays, and their shapes: the sizes of windows from the names, the numbers of channels from the
// sizes of the files that the manifest lists.
class FacenetTest : public testing::Test {
 protected:
  std::int64_t ValuesIn(const std::string& name) const {
    constexpr std::uint64_t kHeaderBytes = 128;
    for (const ModelFile& file : manifest_.sources->files) {
      if (file.name == name + ".npy") return static_cast<std::int64_t>((file.bytes - kHeaderBytes) / sizeof(float));
    }
    return 0;
  }

  Shape ShapeOf(const std::string& name) const {
    const std::size_t kernel = name.rfind("_kernel");
    if (kernel == std::string::npos) return {ValuesIn(name)};
    const std::string layer = name.substr(0, kernel);
    const std::int64_t outputs = std::max(ValuesIn(layer + "_BatchNorm_beta"), ValuesIn(layer + "_bias"));
    if (layer == "Bottleneck") return {ValuesIn(name) / outputs, outputs};
    const std::int64_t height = layer[layer.size() - 3] - '0';
    const std::int64_t width = layer[layer.size() - 1] - '0';
    return {height, width, ValuesIn(name) / (outputs * height * width), outputs};
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const ModelFile& file : manifest_.sources->files) names.push_back(file.name.substr(0, file.name.size() - 4));
    return names;
  }

  void Write(const std::string& name, const Tensor& tensor) {
    std::ofstream(folder_ / (name + ".npy"), std::ios::binary) << NpyOf(tensor);
  }

  Result<Graph> Convert() {
    auto graphs = ConvertSources(*manifest_.sources, folder_.path());
    if (!graphs) return Fail(graphs.error());
    EXPECT_THAT(*graphs, ElementsAre(Key("embedder")));
    return std::move(graphs->at("embedder"));
  }

  const ModelManifest manifest_ = RepositoryManifest("facenet-vggface2");
  const TemporaryFolder folder_;
};

TEST_F(FacenetTest, ArraysOfTheListedShapesGiveANetwork) {
  Random random(2);
  ASSERT_EQ(Names().size(), 490U);
  for (const std::string& name : Names()) {
    const Shape shape = ShapeOf(name);
    const std::int64_t fan_in = ElementCount(shape) / shape.back();
    const float size = std::sqrt(3.0F / static_cast<float>(fan_in));
    Tensor tensor = name.ends_with("kernel") ? RandomTensor(shape, random, -size, size) : RandomTensor(shape, random);
    if (name.ends_with("variance")) tensor = RandomTensor(shape, random, 0.5F, 2);
    Write(name, tensor);
  }
  const auto graph = Convert();
  ASSERT_TRUE(graph) << graph.error().message;
  Graph read = WrittenAndRead(*graph);
  EXPECT_EQ(read, *graph);
  constexpr std::int64_t kSide = 107;  // the oracle is slow: a smaller picture, for which the last maps are 2 x 2
  read.inputs[0].shape = {-1, 3, kSide, kSide};
  const Tensor image = RandomTensor({1, 3, kSide, kSide}, random);
  const Tensor embedding = AnswersOf(MakeReferenceSession(read), image).at("embedding");
  ASSERT_EQ(embedding.shape, (Shape{1, 512}));
  float square = 0;
  for (const float value : embedding.values) square += value * value;
  EXPECT_NEAR(square, 1, 1e-5F);
  EXPECT_LT(Difference(AnswersOf(MakeDnnlSession(read, {}), image).at("embedding"), embedding), 1e-4F);

  fs::remove(folder_ / "Block8_6_Conv2d_1x1_bias.npy");
  EXPECT_EQ(Convert().error().code, ErrorCode::kNotFound);
  Write("Block8_6_Conv2d_1x1_bias", Tensor{{2}, {1, 2}});
  EXPECT_EQ(Convert().error().message, "Block8_6_Conv2d_1x1_bias has the shape [2] instead of [1792]");
}

// The convolutions and matrix products of an optimised graph, as text: windows, strides, paddings and shapes.
std::vector<std::string> LayersOf(const Graph& graph) {
  std::vector<std::string> layers;
  for (const Node& node : graph.nodes) {
    if (const auto* conv = std::get_if<Conv>(&node.op)) {
      const Window& window = conv->window;
      layers.push_back(fmt::format("{} {} {} {}", ToString(graph.Constant(node.inputs[1])->shape), window.strides[0],
                                   window.pads[0], window.pads[3]));
    } else if (std::holds_alternative<Gemm>(node.op)) {
      layers.push_back(ToString(graph.Constant(node.inputs[1])->shape));
    }
  }
  return layers;
}

// What a kernel [height, width, in, out], or [in, out], was before its layer became one of ONNX.
Tensor PublishedKernel(const Tensor& weights, const Shape& shape, float scale) {
  Tensor kernel{shape, std::vector<float>(weights.values.size())};
  const auto outputs = static_cast<std::size_t>(shape.back());
  const auto inputs = static_cast<std::size_t>(shape[shape.size() - 2]);
  const std::size_t places = kernel.values.size() / (outputs * inputs);
  for (std::size_t out = 0; out < outputs; ++out) {
    for (std::size_t in = 0; in < inputs; ++in) {
      for (std::size_t place = 0; place < places; ++place) {
        kernel.values[(place * inputs + in) * outputs + out] =
            weights.values[(out * inputs + in) * places + place] / scale;
      }
    }
  }
  return kernel;
}

// What the ready file has multiplied into the last convolution of a block.
float ResidualScale(const std::string& layer) {
  if (!layer.ends_with(".up") || layer.starts_with("Block8_6")) return 1;
  return layer.starts_with("Block35") ? 0.17F : layer.starts_with("Block17") ? 0.10F : 0.20F;
}

// The ready file has BatchNorm and the blocks' scales in its kernels and biases. Arrays made of them, with a BatchNorm
// that only adds the bias, must give the same network: every array has come to its place.
TEST_F(FacenetTest, IsTheSameNetworkAsTheReadyFile) {
  SKIP_WITHOUT_TEST_DATA(ready_file, "models/facenet-vggface2.onnx");
  const auto ready = ReadOnnxFile(ready_file);
  ASSERT_TRUE(ready) << ready.error().message;
  constexpr float kEpsilon = 1e-3F;
  for (const std::string& name : Names()) {
    const Shape shape = ShapeOf(name);
    const auto filled = [&](float value) {
      return Tensor{shape, std::vector<float>(static_cast<std::size_t>(ElementCount(shape)), value)};
    };
    if (name.ends_with("moving_mean") || name.ends_with("moving_variance")) {
      Write(name, filled(name.ends_with("mean") ? 0 : 1 - kEpsilon));
      continue;
    }
    const bool is_kernel = name.ends_with("_kernel");
    const char* part = is_kernel ? "_kernel" : name.ends_with("_bias") ? "_bias" : "_BatchNorm";
    std::string layer = name.substr(0, name.find(part));
    // "Block35_1_Conv2d_1x1" is "Block35_1.up" there, "Block35_1_Branch_0_..." keeps its name.
    if (layer.starts_with("Block") && layer.find("Branch") == std::string::npos) {
      layer = layer.substr(0, layer.find("_Conv2d")) + ".up";
    }
    const Tensor* constant = ready->Constant(layer + (is_kernel ? ".weight" : ".bias"));
    ASSERT_NE(constant, nullptr) << layer;
    ASSERT_EQ(ElementCount(constant->shape), ElementCount(shape)) << name;
    Tensor published = is_kernel ? PublishedKernel(*constant, shape, ResidualScale(layer)) : *constant;
    if (!is_kernel) {
      for (float& value : published.values) value /= ResidualScale(layer);
    }
    Write(name, published);
  }
  const auto graph = Convert();
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_EQ(LayersOf(Optimize(*graph)), LayersOf(Optimize(*ready)));
  Random random(3);
  const Tensor image = RandomTensor({1, 3, 160, 160}, random);
  const Tensor expected = AnswersOf(MakeDnnlSession(*ready, {}), image).at("embedding");
  EXPECT_LT(Difference(AnswersOf(MakeDnnlSession(*graph, {}), image).at("embedding"), expected), 1e-5F);
}

}  // namespace
}  // namespace kinfolder
