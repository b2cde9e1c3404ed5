#include "train/graph_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "nn/shapes.h"

namespace kinfolder {

Window SquareKernel(std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  Window window;
  window.kernel = {kernel, kernel};
  window.strides = {stride, stride};
  window.pads = {pad, pad, pad, pad};
  return window;
}

Window SameKernel(std::int64_t height, std::int64_t width) {
  Window window;
  window.kernel = {height, width};
  window.pads = {height / 2, width / 2, height / 2, width / 2};
  return window;
}

std::string GraphBuilder::Input(const std::string& name, const Shape& shape) {
  graph_.inputs.push_back({name, shape});
  shapes_[name] = shape;
  constexpr const char* kNames[] = {"N", "H", "W"};
  for (const std::int64_t dimension : shape) {
    while (-dimension > static_cast<std::int64_t>(graph_.open_dimensions.size())) {
      CHECK(graph_.open_dimensions.size() < std::size(kNames));
      graph_.open_dimensions.emplace_back(kNames[graph_.open_dimensions.size()]);
    }
    next_open_ = std::min(next_open_, dimension - 1);
  }
  return name;
}

std::string GraphBuilder::NextName(const Op& op) const {
  std::string name(OpName(op));
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return fmt::format("{}{}", name, graph_.nodes.size());
}

std::string GraphBuilder::Constant(const std::string& name, Tensor tensor) {
  shapes_[name] = tensor.shape;
  graph_.constants[name] = std::move(tensor);
  return name;
}

Tensor GraphBuilder::Filled(const Shape& shape, float value) const {
  return {shape, std::vector<float>(static_cast<std::size_t>(ElementCount(shape)), value)};
}

template <class Distribution>
Tensor GraphBuilder::Drawn(const Shape& shape, Distribution distribution) {
  Tensor tensor = Filled(shape, 0);
  for (float& value : tensor.values) value = distribution(random_);
  return tensor;
}

std::string GraphBuilder::Add(Op op, std::vector<std::string> inputs) {
  Node node{std::move(op), std::move(inputs), ""};
  node.output = NextName(node.op);
  std::vector<Shape> shapes;
  for (const std::string& input : node.inputs) shapes.push_back(input.empty() ? Shape{} : shapes_.at(input));
  const Result<Shape> output = OutputShape(node, shapes, next_open_);
  CHECK(output.has_value());
  shapes_[node.output] = *output;
  graph_.nodes.push_back(std::move(node));
  return graph_.nodes.back().output;
}

std::string GraphBuilder::AddConv(const std::string& x, std::int64_t outputs, const Window& window, bool bias) {
  const Op op = Conv{window, 1, Activation::kNone};
  const std::string name = NextName(op);
  const Shape weight{outputs, shape(x)[1], window.kernel[0], window.kernel[1]};
  const auto fan_in = static_cast<float>(weight[1] * weight[2] * weight[3]);
  std::vector<std::string> inputs{
      x, Constant(name + ".weight", Drawn(weight, std::normal_distribution<float>(0, std::sqrt(2 / fan_in))))};
  if (bias) inputs.push_back(Constant(name + ".bias", Filled({outputs}, 0)));
  return Add(op, std::move(inputs));
}

std::string GraphBuilder::AddGemm(const std::string& x, std::int64_t outputs, bool bias) {
  const Op op = Gemm{true, 1, 1, Activation::kNone};
  const std::string name = NextName(op);
  const Shape weight{outputs, shape(x)[1]};
  const float reach = std::sqrt(6 / static_cast<float>(weight[0] + weight[1]));
  std::vector<std::string> inputs{
      x, Constant(name + ".weight", Drawn(weight, std::uniform_real_distribution<float>(-reach, reach)))};
  if (bias) inputs.push_back(Constant(name + ".bias", Filled({outputs}, 0)));
  return Add(op, std::move(inputs));
}

std::string GraphBuilder::AddBatchNorm(const std::string& x, float epsilon, float scale) {
  const Op op = BatchNorm{epsilon};
  const std::string name = NextName(op);
  const Shape channels{shape(x)[1]};
  return Add(op, {x, Constant(name + ".scale", Filled(channels, scale)), Constant(name + ".bias", Filled(channels, 0)),
                  Constant(name + ".mean", Filled(channels, 0)), Constant(name + ".variance", Filled(channels, 1))});
}

std::string GraphBuilder::AddPRelu(const std::string& x) {
  Shape slopes(shape(x).size() - 1, 1);
  slopes[0] = shape(x)[1];
  return Add(PRelu{}, {x, Constant(NextName(PRelu{}) + ".slope", Filled(slopes, 0.25F))});
}

std::string GraphBuilder::AddConstantProduct(const std::string& x, float factor) {
  const Op op = Binary{Binary::Kind::kMul};
  return Add(op, {x, Constant(NextName(op) + ".factor", Tensor{{}, {factor}})});
}

std::string GraphBuilder::AddSum(const std::string& a, const std::string& b) {
  return Add(Binary{Binary::Kind::kAdd}, {a, b});
}

std::string GraphBuilder::AddConcat(std::vector<std::string> parts) { return Add(Concat{1}, std::move(parts)); }

Graph GraphBuilder::Build(const std::vector<std::pair<std::string, std::string>>& outputs) && {
  for (const auto& [value, name] : outputs) {
    for (Node& node : graph_.nodes) {
      std::ranges::replace(node.inputs, value, name);
      if (node.output == value) node.output = name;
    }
    graph_.outputs.push_back(name);
  }
  CHECK(Validate(graph_).has_value());
  return std::move(graph_);
}

}  // namespace kinfolder
