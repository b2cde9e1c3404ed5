#include <unordered_map>
#include <utility>

#include "nn/graph.h"
#include "nn/passes.h"
#include "nn/reference_ops.h"
#include "nn/session.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

class ReferenceSession : public Session {
 public:
  explicit ReferenceSession(Graph graph) : graph_(std::move(graph)) {
    for (const GraphInput& input : graph_.inputs) input_names_.push_back(input.name);
  }

  const std::vector<std::string>& input_names() const override { return input_names_; }
  const std::vector<std::string>& output_names() const override { return graph_.outputs; }

  Result<std::vector<Tensor>> Run(std::span<const Tensor> inputs) const override {
    ASSIGN_OR_RETURN(const std::vector<Shape> input_shapes, CheckInputs(graph_, inputs));
    ASSIGN_OR_RETURN(const ShapeMap shapes, InferShapes(graph_, input_shapes));

    std::unordered_map<std::string, Tensor> values;  // of inputs and nodes
    for (std::size_t i = 0; i < inputs.size(); ++i) values[input_names_[i]] = inputs[i];
    const auto tensor = [&](const std::string& name) -> const Tensor& {
      const Tensor* constant = graph_.Constant(name);
      return constant != nullptr ? *constant : values.at(name);
    };
    for (const Node& node : graph_.nodes) {
      std::vector<TensorView> views;
      views.reserve(node.inputs.size());
      for (const std::string& name : node.inputs)
        views.push_back(name.empty() ? TensorView{} : TensorView{tensor(name).shape, tensor(name).values.data()});
      Tensor output{shapes.at(node.output), {}};
      output.values.resize(static_cast<std::size_t>(ElementCount(output.shape)));
      Evaluate(node, views, output.shape, output.values.data());
      values[node.output] = std::move(output);
    }
    std::vector<Tensor> outputs;
    outputs.reserve(graph_.outputs.size());
    for (const std::string& name : graph_.outputs) outputs.push_back(tensor(name));
    return outputs;
  }

 private:
  Graph graph_;
  std::vector<std::string> input_names_;
};

}  // namespace

Result<std::unique_ptr<Session>> MakeReferenceSession(Graph graph) {
  RETURN_IF_ERROR(Validate(graph));
  return std::make_unique<ReferenceSession>(DequantizeConstants(std::move(graph)));
}

}  // namespace kinfolder
