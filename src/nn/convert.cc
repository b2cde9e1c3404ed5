#include "nn/convert.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/file.h"
#include "nn/face_networks.h"
#include "nn/npy.h"
#include "nn/onnx.h"
#include "nn/reference_ops.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

using Json = nlohmann::json;

constexpr std::uint64_t kSeed = 0;  // of weights that are all replaced

// Output dimension i is dimension permutation[i] of `tensor`, which has as many.
Tensor Permuted(const Tensor& tensor, const std::vector<std::size_t>& permutation) {
  Tensor result;
  for (const std::size_t axis : permutation) result.shape.push_back(tensor.shape[axis]);
  result.values.resize(tensor.values.size());
  const std::vector<TensorView> views{{tensor.shape, tensor.values.data()}};
  Evaluate({Transpose{permutation}, {"x"}, "y"}, views, result.shape, result.values.data());
  return result;
}

// Where the published tensors are, by their published names.
using FindTensor = std::function<Result<Tensor>(const std::string& name)>;

// The tensor `name`, which must have this shape.
Result<Tensor> Take(const FindTensor& find, const std::string& name, const Shape& shape) {
  ASSIGN_OR_RETURN(Tensor tensor, find(name));
  if (tensor.shape == shape) return tensor;
  return Fail(ErrorCode::kCorrupt, "{} has the shape {} instead of {}", name, ToString(tensor.shape), ToString(shape));
}

// Puts `name` into a constant that has one value a channel.
Status SetChannels(Graph& graph, const std::string& constant, const FindTensor& find, const std::string& name) {
  Tensor& target = graph.constants.at(constant);
  ASSIGN_OR_RETURN(Tensor tensor, Take(find, name, {ElementCount(target.shape)}));
  target.values = std::move(tensor.values);
  return {};
}

// Gives the nodes of a network, which come in a known order, the names that their layers were published under.
class LayerNames {
 public:
  explicit LayerNames(std::vector<std::string> names) : names_(std::move(names)) {}

  const std::string& Next() {
    CHECK(next_ < names_.size());
    return names_[next_++];
  }
  bool done() const { return next_ == names_.size(); }

 private:
  std::vector<std::string> names_;
  std::size_t next_ = 0;
};

// face-api.js: one JSON file that lists tensors, and their bytes in "shards", one tensor after the other.
class FaceApiTensors {
 public:
  static Result<FaceApiTensors> Read(const ModelSources& sources, const fs::path& folder) {
    const auto list = std::ranges::find_if(
        sources.files, [](const ModelFile& file) { return file.name.ends_with("weights_manifest.json"); });
    if (list == sources.files.end()) return Fail(ErrorCode::kNotFound, "the sources have no weights_manifest.json");
    ASSIGN_OR_RETURN(const std::string text, ReadTextFile(folder / list->name, kMaxModelBytes));
    FaceApiTensors tensors;
    try {
      for (const Json& group : Json::parse(text)) RETURN_IF_ERROR(tensors.ReadGroup(group, sources, folder));
    } catch (const Json::exception&) {
      return Fail(ErrorCode::kCorrupt, "{} does not list tensors as face-api.js does", list->name);
    }
    return tensors;
  }

  Result<Tensor> Find(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) return Fail(ErrorCode::kCorrupt, "the sources have no tensor {}", name);
    return found->second;
  }

 private:
  Status ReadGroup(const Json& group, const ModelSources& sources, const fs::path& folder) {
    std::vector<std::byte> bytes;
    for (const Json& path : group.at("paths")) {
      const auto name = path.get<std::string>();
      // Only files that were checked, and never a path out of the folder.
      if (std::ranges::find(sources.files, name, &ModelFile::name) == sources.files.end()) {
        return Fail(ErrorCode::kCorrupt, "the tensors lie in {}, which is none of the source files", name);
      }
      ASSIGN_OR_RETURN(const std::vector<std::byte> shard, ReadFile(folder / name, kMaxModelBytes));
      bytes.insert(bytes.end(), shard.begin(), shard.end());
    }
    std::span<const std::byte> rest = bytes;
    for (const Json& entry : group.at("weights")) {
      const auto name = entry.at("name").get<std::string>();
      if (entry.at("dtype") != "float32") return Fail(ErrorCode::kUnsupported, "{} is not of float32", name);
      Tensor tensor{entry.at("shape").get<Shape>(), {}};
      RETURN_IF_ERROR(CheckShape(tensor.shape));
      const auto count = static_cast<std::size_t>(ElementCount(tensor.shape));
      if (std::ranges::any_of(tensor.shape, [](std::int64_t size) { return size < 0; }) ||
          count * sizeof(float) > rest.size()) {
        return Fail(ErrorCode::kCorrupt, "the bytes end before the end of {}", name);
      }
      tensor.values.resize(count);
      std::memcpy(tensor.values.data(), rest.data(), count * sizeof(float));
      rest = rest.subspan(count * sizeof(float));
      tensors_[name] = std::move(tensor);
    }
    if (!rest.empty()) return Fail(ErrorCode::kCorrupt, "{} bytes follow the last tensor", rest.size());
    return {};
  }

  std::map<std::string, Tensor> tensors_;
};

// Filters [width, height, in, out]. TensorFlow pictures of MTCNN lie on their side: the first axis is the width.
Status SetFaceApiFilters(Graph& graph, const std::string& constant, const FindTensor& find, const std::string& name) {
  Tensor& target = graph.constants.at(constant);
  const Shape& shape = target.shape;
  ASSIGN_OR_RETURN(const Tensor tensor, Take(find, name, {shape[3], shape[2], shape[1], shape[0]}));
  target = Permuted(tensor, {3, 2, 1, 0});
  return {};
}

// Dense weights [in, out]. Where the layer takes a flattened feature map, `map` is its shape [N, C, H, W]; published
// weights expect its values in the order (width, height, channel), ours in (channel, height, width).
Status SetFaceApiDense(Graph& graph, const std::string& constant, const FindTensor& find, const std::string& name,
                       const Shape* map) {
  Tensor& target = graph.constants.at(constant);
  const Shape shape = target.shape;
  ASSIGN_OR_RETURN(Tensor tensor, Take(find, name, {shape[1], shape[0]}));
  if (map == nullptr) {
    target = Permuted(tensor, {1, 0});
    return {};
  }
  tensor.shape = {(*map)[3], (*map)[2], (*map)[1], shape[0]};
  target = Permuted(tensor, {3, 2, 1, 0});
  target.shape = shape;
  return {};
}

// `prefix`: "pnet/". Activations are numbered, the other layers named.
Result<Graph> FillFromFaceApi(Graph graph, const FindTensor& find, const std::string& prefix,
                              std::vector<std::string> layers) {
  LayerNames names(std::move(layers));
  ASSIGN_OR_RETURN(const ShapeMap shapes, InferShapes(graph));
  std::map<std::string, Shape> flattened;  // by the flat value: the shape before
  int activations = 0;
  for (const Node& node : graph.nodes) {
    if (std::holds_alternative<Flatten>(node.op)) flattened[node.output] = shapes.at(node.inputs[0]);
    if (std::holds_alternative<PRelu>(node.op)) {
      const std::string slopes = fmt::format("{}prelu{}_alpha", prefix, ++activations);
      RETURN_IF_ERROR(SetChannels(graph, node.inputs[1], find, slopes));
    }
    const bool is_filter = std::holds_alternative<Conv>(node.op);
    if (!is_filter && !std::holds_alternative<Gemm>(node.op)) continue;
    const std::string layer = prefix + names.Next();
    if (is_filter) {
      RETURN_IF_ERROR(SetFaceApiFilters(graph, node.inputs[1], find, layer + "/weights"));
    } else {
      const auto map = flattened.find(node.inputs[0]);
      RETURN_IF_ERROR(SetFaceApiDense(graph, node.inputs[1], find, layer + "/weights",
                                      map == flattened.end() ? nullptr : &map->second));
    }
    RETURN_IF_ERROR(SetChannels(graph, node.inputs[kBias], find, layer + "/bias"));
  }
  CHECK(names.done());
  return graph;
}

Result<std::map<std::string, Graph>> ConvertMtcnn(const ModelSources& sources, const fs::path& folder) {
  ASSIGN_OR_RETURN(const FaceApiTensors tensors, FaceApiTensors::Read(sources, folder));
  const FindTensor find = [&](const std::string& name) { return tensors.Find(name); };
  std::map<std::string, Graph> graphs;
  ASSIGN_OR_RETURN(graphs["pnet"],
                   FillFromFaceApi(Pnet(kSeed), find, "pnet/", {"conv1", "conv2", "conv3", "conv4_1", "conv4_2"}));
  ASSIGN_OR_RETURN(graphs["rnet"],
                   FillFromFaceApi(Rnet(kSeed), find, "rnet/", {"conv1", "conv2", "conv3", "fc1", "fc2_1", "fc2_2"}));
  ASSIGN_OR_RETURN(graphs["onet"],
                   FillFromFaceApi(Onet(kSeed), find, "onet/",
                                   {"conv1", "conv2", "conv3", "conv4", "fc1", "fc2_1", "fc2_2", "fc2_3"}));
  return graphs;
}

// The layers with weights of davidsandberg's inception_resnet_v1.py, in the order of InceptionResnetV1's nodes.
std::vector<std::string> FacenetLayers() {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& scope, const std::vector<std::string>& layers) {
    for (const std::string& layer : layers) names.push_back(scope + layer);
  };
  const auto add_blocks = [&](const std::string& scope, int count, const std::vector<std::string>& layers) {
    for (int i = 1; i <= count; ++i) add(fmt::format("{}_{}_", scope, i), layers);
  };
  add("Conv2d_", {"1a_3x3", "2a_3x3", "2b_3x3", "3b_1x1", "4a_3x3", "4b_3x3"});
  add_blocks("Block35", 5,
             {"Branch_0_Conv2d_1x1", "Branch_1_Conv2d_0a_1x1", "Branch_1_Conv2d_0b_3x3", "Branch_2_Conv2d_0a_1x1",
              "Branch_2_Conv2d_0b_3x3", "Branch_2_Conv2d_0c_3x3", "Conv2d_1x1"});
  add("Mixed_6a_Branch_", {"0_Conv2d_1a_3x3", "1_Conv2d_0a_1x1", "1_Conv2d_0b_3x3", "1_Conv2d_1a_3x3"});
  add_blocks("Block17", 10,
             {"Branch_0_Conv2d_1x1", "Branch_1_Conv2d_0a_1x1", "Branch_1_Conv2d_0b_1x7", "Branch_1_Conv2d_0c_7x1",
              "Conv2d_1x1"});
  add("Mixed_7a_Branch_", {"0_Conv2d_0a_1x1", "0_Conv2d_1a_3x3", "1_Conv2d_0a_1x1", "1_Conv2d_1a_3x3",
                           "2_Conv2d_0a_1x1", "2_Conv2d_0b_3x3", "2_Conv2d_1a_3x3"});
  add_blocks("Block8", 6,
             {"Branch_0_Conv2d_1x1", "Branch_1_Conv2d_0a_1x1", "Branch_1_Conv2d_0b_1x3", "Branch_1_Conv2d_0c_3x1",
              "Conv2d_1x1"});
  add("", {"Bottleneck"});
  return names;
}

// Kernels are [height, width, in, out], and [in, out] of the dense layer.
Status SetKerasKernel(Graph& graph, const std::string& constant, const FindTensor& find, const std::string& name) {
  Tensor& target = graph.constants.at(constant);
  const Shape& shape = target.shape;
  const bool is_filter = shape.size() == 4;
  ASSIGN_OR_RETURN(
      const Tensor tensor,
      Take(find, name, is_filter ? Shape{shape[2], shape[3], shape[1], shape[0]} : Shape{shape[1], shape[0]}));
  target = is_filter ? Permuted(tensor, {3, 2, 0, 1}) : Permuted(tensor, {1, 0});
  return {};
}

// One file a tensor, LAYER_kernel.npy, LAYER_bias.npy, LAYER_BatchNorm_beta.npy, ... The published BatchNorms have no
// scale, so that of the graph stays 1.
Result<std::map<std::string, Graph>> ConvertFacenet(const fs::path& folder) {
  const FindTensor find = [&](const std::string& name) -> Result<Tensor> {
    const std::string file = name + ".npy";
    ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, ReadFile(folder / file, kMaxModelBytes));
    return ReadNpy(bytes, file);
  };
  constexpr int kDimension = 512;
  Graph graph = InceptionResnetV1(kDimension, kSeed);
  LayerNames names(FacenetLayers());
  std::string layer;
  for (const Node& node : graph.nodes) {
    if (std::holds_alternative<Conv>(node.op) || std::holds_alternative<Gemm>(node.op)) {
      layer = names.Next();
      RETURN_IF_ERROR(SetKerasKernel(graph, node.inputs[1], find, layer + "_kernel"));
      const std::string& bias = node.Input(kBias);
      if (!bias.empty()) RETURN_IF_ERROR(SetChannels(graph, bias, find, layer + "_bias"));
    } else if (std::holds_alternative<BatchNorm>(node.op)) {
      RETURN_IF_ERROR(SetChannels(graph, node.inputs[2], find, layer + "_BatchNorm_beta"));
      RETURN_IF_ERROR(SetChannels(graph, node.inputs[3], find, layer + "_BatchNorm_moving_mean"));
      RETURN_IF_ERROR(SetChannels(graph, node.inputs[4], find, layer + "_BatchNorm_moving_variance"));
    }
  }
  CHECK(names.done());
  std::map<std::string, Graph> graphs;
  graphs.emplace("embedder", std::move(graph));
  return graphs;
}

}  // namespace

Result<std::map<std::string, Graph>> ConvertSources(const ModelSources& sources, const fs::path& folder) {
  switch (sources.layout) {
    case ModelSources::Layout::kFaceApiMtcnn:
      return ConvertMtcnn(sources, folder);
    case ModelSources::Layout::kKerasFacenet:
      return ConvertFacenet(folder);
  }
  return Fail(ErrorCode::kUnsupported, "the layout of the source files is not known");
}

}  // namespace kinfolder
