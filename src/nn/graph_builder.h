// Builds networks layer by layer, with initial weights drawn from a seed: what a training begins with, and what weights
// from elsewhere are put into.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "nn/graph.h"

namespace kinfolder {

// A window of kernel x kernel pixels (or height x width), at every stride-th place, with `pad` pixels on all sides.
Window SquareKernel(std::int64_t kernel, std::int64_t stride = 1, std::int64_t pad = 0);
// Without stride, padded so that the size stays.
Window SameKernel(std::int64_t height, std::int64_t width);

// Values are called by their names. Layers that don't fit are our own bugs: CHECK.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::uint64_t seed) : random_(seed) {}

  // Dimensions below zero are open, as in GraphInput.
  std::string Input(const std::string& name, const Shape& shape);

  // Weights: normal, variance 2 / fan-in (He et al. 2015, "Delving Deep into Rectifiers", equation 10). Bias: 0.
  std::string AddConv(const std::string& x, std::int64_t outputs, const Window& window, bool bias);
  // Weights: uniform, variance 2 / (inputs + outputs) (Glorot, Bengio 2010, "Understanding the difficulty of training
  // deep feedforward neural networks", equation 16). Bias: 0.
  std::string AddGemm(const std::string& x, std::int64_t outputs, bool bias);
  // Begins as x -> scale * x normalised. Scale 0 in front of a residual addition begins as the identity (Goyal et al.
  // 2017, "Accurate, Large Minibatch SGD", section 5.1).
  std::string AddBatchNorm(const std::string& x, float epsilon, float scale = 1);
  // One slope a channel, 0.25 at first (He et al. 2015).
  std::string AddPRelu(const std::string& x);
  std::string AddConstantProduct(const std::string& x, float factor);
  std::string AddSum(const std::string& a, const std::string& b);
  std::string AddConcat(std::vector<std::string> parts);
  // Any operator without constants.
  std::string Add(Op op, std::vector<std::string> inputs);

  const Shape& shape(const std::string& value) const { return shapes_.at(value); }

  // `outputs`: values, and what they are to be called in the graph.
  Graph Build(const std::vector<std::pair<std::string, std::string>>& outputs) &&;

 private:
  std::string Constant(const std::string& name, Tensor tensor);
  Tensor Filled(const Shape& shape, float value) const;
  template <class Distribution>
  Tensor Drawn(const Shape& shape, Distribution distribution);
  // The name of the next node: "conv7".
  std::string NextName(const Op& op) const;

  std::mt19937_64 random_;
  Graph graph_;
  std::map<std::string, Shape> shapes_;
  std::int64_t next_open_ = -1;
};

}  // namespace kinfolder
