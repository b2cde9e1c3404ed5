// Small networks and random tensors for the tests of this folder.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "nn/graph.h"
#include "nn/shapes.h"
#include "nn/tensor.h"

namespace kinfolder {

using Random = std::mt19937;

inline std::int64_t Between(Random& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

inline Tensor RandomTensor(const Shape& shape, Random& random, float low = -1, float high = 1) {
  std::uniform_real_distribution<float> uniform(low, high);
  Tensor tensor{shape, std::vector<float>(static_cast<std::size_t>(ElementCount(shape)))};
  for (float& value : tensor.values) value = uniform(random);
  return tensor;
}

// The largest difference of two tensors' values, in units of 1 or of the largest value if that is more; infinite for
// different shapes.
inline float Difference(const Tensor& a, const Tensor& b) {
  if (a.shape != b.shape) return INFINITY;
  float largest = 1;
  float difference = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    largest = std::max(largest, std::abs(b.values[i]));
    difference = std::max(difference, std::abs(a.values[i] - b.values[i]));
    if (std::isnan(a.values[i]) != std::isnan(b.values[i])) return INFINITY;
  }
  return difference / largest;
}

// Builds a graph node by node with random weights.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(Random& random) : random_(random) {}

  std::string Input(const Shape& shape) {
    std::string name = fmt::format("x{}", graph_.inputs.size());
    graph_.inputs.push_back({name, shape});
    for (const std::int64_t dimension : shape) {
      while (-dimension > static_cast<std::int64_t>(graph_.open_dimensions.size()))
        graph_.open_dimensions.push_back(fmt::format("open{}", graph_.open_dimensions.size()));
    }
    return name;
  }
  std::string Constant(Tensor tensor) {
    std::string name = fmt::format("c{}", graph_.constants.size());
    graph_.constants[name] = std::move(tensor);
    return name;
  }
  // Values that keep a sum over `fan_in` products near 1.
  std::string Weight(const Shape& shape, std::int64_t fan_in) {
    const float size = std::sqrt(3.0F / static_cast<float>(fan_in));
    return Constant(RandomTensor(shape, random_, -size, size));
  }
  std::string Add(Op op, std::vector<std::string> inputs) {
    std::string name = fmt::format("n{}", graph_.nodes.size());
    graph_.nodes.push_back({std::move(op), std::move(inputs), name});
    return name;
  }
  std::string AddConv(const std::string& x, std::int64_t channels, std::int64_t outputs, const Window& window,
                      std::int64_t groups = 1) {
    const std::int64_t depth = channels / groups;
    return Add(
        Conv{window, groups, Activation::kNone},
        {x, Weight({outputs, depth, window.kernel[0], window.kernel[1]}, depth * window.kernel[0] * window.kernel[1]),
         Constant(RandomTensor({outputs}, random_))});
  }
  std::string AddBatchNorm(const std::string& x, std::int64_t channels) {
    return Add(BatchNorm{1e-3F},
               {x, Constant(RandomTensor({channels}, random_)), Constant(RandomTensor({channels}, random_)),
                Constant(RandomTensor({channels}, random_)), Constant(RandomTensor({channels}, random_, 0.5F, 2))});
  }
  std::string AddPRelu(const std::string& x, std::int64_t channels) {
    return Add(PRelu{}, {x, Constant(RandomTensor({channels, 1, 1}, random_, -0.5F, 1))});
  }
  std::string AddGemm(const std::string& x, std::int64_t inputs, std::int64_t outputs) {
    return Add(Gemm{true, 1, 1, Activation::kNone},
               {x, Weight({outputs, inputs}, inputs), Constant(RandomTensor({outputs}, random_))});
  }

  Graph Build(std::vector<std::string> outputs) && {
    graph_.outputs = std::move(outputs);
    return std::move(graph_);
  }

 private:
  Random& random_;
  Graph graph_;
};

inline Window SquareWindow(std::int64_t kernel, std::int64_t stride = 1, std::int64_t pad = 0) {
  Window window;
  window.kernel = {kernel, kernel};
  window.strides = {stride, stride};
  window.pads = {pad, pad, pad, pad};
  return window;
}

// The graph with that constant, whose values are multiples of the steps, in 8-bit numbers.
inline Graph WithEightBits(Graph graph, const std::string& constant, std::vector<float> steps) {
  graph.quantized[constant] = Quantized(graph.constants.extract(constant).mapped(), std::move(steps));
  return graph;
}

// A network of the kinds of blocks that face networks have, in random sizes and order: [N, C, H, W] to [N, K].
inline Graph RandomNetwork(Random& random) {
  NetworkBuilder builder(random);
  std::int64_t channels = Between(random, 1, 20);
  std::string x = builder.Input({-1, channels, -2, -3});
  for (std::int64_t blocks = Between(random, 1, 5); blocks > 0; --blocks) {
    switch (Between(random, 0, 5)) {
      case 0: {  // convolution, perhaps grouped
        const std::int64_t groups = channels % 2 == 0 ? Between(random, 1, 2) : 1;
        const std::int64_t outputs = groups * Between(random, 1, 20);
        const std::int64_t kernel = Between(random, 1, 3);
        x = builder.AddConv(x, channels, outputs, SquareWindow(kernel, Between(random, 1, 2), kernel / 2), groups);
        channels = outputs;
        x = builder.AddPRelu(x, channels);
        break;
      }
      case 1: {  // residual, scaled as in Inception-ResNet
        std::string y = builder.AddConv(x, channels, 16, SquareWindow(1));
        y = builder.Add(Relu{}, {builder.AddBatchNorm(y, 16)});
        y = builder.AddConv(y, 16, channels, SquareWindow(3, 1, 1));
        y = builder.Add(Binary{Binary::Kind::kMul}, {y, builder.Constant(Tensor{{}, {0.17F}})});
        x = builder.Add(Relu{}, {builder.Add(Binary{Binary::Kind::kAdd}, {x, y})});
        break;
      }
      case 2: {  // inception: branches side by side
        const std::string a = builder.Add(Relu{}, {builder.AddConv(x, channels, 16, SquareWindow(1))});
        const std::string b = builder.AddConv(x, channels, 7, SquareWindow(3, 1, 1));
        x = builder.Add(Concat{1}, {a, b, x});
        channels += 23;
        break;
      }
      case 3: {
        Pool pool;
        pool.kind = Between(random, 0, 1) == 0 ? Pool::Kind::kMax : Pool::Kind::kAverage;
        pool.window = SquareWindow(3, Between(random, 1, 2), 1);
        pool.window.ceil_mode = Between(random, 0, 1) == 1;
        pool.count_padding = pool.kind == Pool::Kind::kAverage && Between(random, 0, 1) == 1;
        x = builder.Add(pool, {x});
        break;
      }
      case 4:
        x = builder.AddBatchNorm(x, channels);
        break;
      default:
        x = builder.Add(Sigmoid{}, {builder.Add(Binary{Binary::Kind::kSub}, {x, x})});
        break;
    }
  }
  const std::string flat = builder.Add(Flatten{1}, {builder.Add(GlobalAveragePool{}, {x})});
  const std::string scores = builder.AddGemm(flat, channels, 2);
  const std::string probability = builder.Add(Slice{1, 1, 2}, {builder.Add(Softmax{1}, {scores})});
  const std::string embedding = builder.Add(L2Normalize{1}, {builder.AddGemm(flat, channels, 8)});
  return std::move(builder).Build({probability, embedding, x});
}

}  // namespace kinfolder
