// For tests: NumPy files and source files of public weights, as they are published, with values of the test's choice.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "nn/manifest.h"
#include "nn/tensor.h"

namespace kinfolder {

inline std::string_view ValuesAsText(const Tensor& tensor) {
  return AsText(std::as_bytes(std::span<const float>(tensor.values)));
}

// The bytes of a .npy file, version 1.0.
inline std::string NpyOf(const Tensor& tensor) {
  std::string sizes;
  for (const std::int64_t size : tensor.shape) sizes += fmt::format("{}, ", size);
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", sizes);
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header +
         std::string(ValuesAsText(tensor));
}

struct NamedShape {
  std::string name;
  Shape shape;
};

// The tensors of face-api.js's MTCNN in the order of its shard, filters as [width, height, in, out].
inline std::vector<NamedShape> FaceApiMtcnnTensors() {
  std::vector<NamedShape> tensors;
  int activations = 0;
  const auto layer = [&](const std::string& name, const Shape& weights, bool activated) {
    const std::string net = name.substr(0, 5);
    if (weights[0] <= 3 && name.ends_with("conv1")) activations = 0;
    tensors.push_back({name + "/weights", weights});
    tensors.push_back({name + "/bias", {weights.back()}});
    if (activated) tensors.push_back({fmt::format("{}prelu{}_alpha", net, ++activations), {weights.back()}});
  };
  layer("pnet/conv1", {3, 3, 3, 10}, true);
  layer("pnet/conv2", {3, 3, 10, 16}, true);
  layer("pnet/conv3", {3, 3, 16, 32}, true);
  layer("pnet/conv4_1", {1, 1, 32, 2}, false);
  layer("pnet/conv4_2", {1, 1, 32, 4}, false);
  layer("rnet/conv1", {3, 3, 3, 28}, true);
  layer("rnet/conv2", {3, 3, 28, 48}, true);
  layer("rnet/conv3", {2, 2, 48, 64}, true);
  layer("rnet/fc1", {576, 128}, true);
  layer("rnet/fc2_1", {128, 2}, false);
  layer("rnet/fc2_2", {128, 4}, false);
  layer("onet/conv1", {3, 3, 3, 32}, true);
  layer("onet/conv2", {3, 3, 32, 64}, true);
  layer("onet/conv3", {3, 3, 64, 64}, true);
  layer("onet/conv4", {2, 2, 64, 128}, true);
  layer("onet/fc1", {1152, 256}, true);
  layer("onet/fc2_1", {256, 2}, false);
  layer("onet/fc2_2", {256, 4}, false);
  layer("onet/fc2_3", {256, 10}, false);
  return tensors;
}

// The two files of face-api.js, with `value(name, shape)` for every tensor.
struct FaceApiFiles {
  std::string list;
  std::string shard;
};
inline FaceApiFiles FaceApiFilesOf(const std::vector<NamedShape>& tensors,
                                   const std::function<Tensor(const NamedShape&)>& value) {
  FaceApiFiles files;
  for (const NamedShape& tensor : tensors) {
    files.list += fmt::format(R"({}{{"dtype":"float32","name":"{}","shape":{}}})", files.list.empty() ? "" : ",",
                              tensor.name, ToString(tensor.shape));
    files.shard += ValuesAsText(value(tensor));
  }
  files.list = fmt::format(R"([{{"paths":["shard1"],"weights":[{}]}}])", files.list);
  return files;
}

inline ModelFile FileOf(const std::string& name, std::string_view content) {
  return {name, Sha256Of(AsBytes(content)), content.size()};
}

inline ModelSources FaceApiSources(const FaceApiFiles& files) {
  ModelSources sources;
  sources.layout = ModelSources::Layout::kFaceApiMtcnn;
  sources.files = {FileOf("shard1", files.shard), FileOf("weights_manifest.json", files.list)};
  return sources;
}

inline void WriteFaceApiFiles(const FaceApiFiles& files, const std::filesystem::path& folder) {
  ASSERT_TRUE(WriteFileAtomically(folder / "shard1", files.shard));
  ASSERT_TRUE(WriteFileAtomically(folder / "weights_manifest.json", files.list));
}

}  // namespace kinfolder
