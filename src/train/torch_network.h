// Runs and trains any network that is a Graph (nn/graph.h) with libtorch: what nn/ does, with gradients.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "nn/graph.h"
#include "train/torch.h"

namespace kinfolder {

struct ForwardOptions {
  bool training = false;  // BatchNorm by the batch, dropout, gradients; else by the running statistics, without
  double momentum = 0.1;  // training: the batch's share in BatchNorm's running statistics
  double dropout = 0;     // training: of the values that go into the last Conv or Gemm
  torch::ScalarType compute = torch::kFloat32;  // of convolutions and matrix products; or kBFloat16
};

// Weights, biases, slopes and BatchNorm's scales and biases are trained; they lie in one flat tensor, as do their
// gradients, so that an optimiser is a few lines on whole vectors. Other constants stay as they are.
class TorchNetwork {
 public:
  // kUnsupported for graphs with fused operators (after passes) or with more than one input; else as Validate.
  static Result<TorchNetwork> Make(Graph graph, torch::Device device = torch::kCPU);

  // The outputs by name. The input [N, C, H, W] (or what the graph says) is float32 on the network's device, pictures
  // best in channels-last order.
  std::map<std::string, torch::Tensor> Forward(const torch::Tensor& input, const ForwardOptions& options);

  // The graph with the present values of all that is trained.
  Graph ToGraph() const;

  // Flat float32 vectors on the device; write into them without gradient mode. Between the values lie unused places,
  // always 0.
  const torch::Tensor& parameters() const { return parameters_; }
  const torch::Tensor& gradients() const { return gradients_; }    // added to by backward()
  const torch::Tensor& statistics() const { return statistics_; }  // BatchNorm's running means and variances
  const torch::Tensor& decayed() const { return decayed_; }        // of `parameters`: 1 for weights, 0 for the others
  torch::Device device() const { return device_; }

 private:
  // How one node is run. Values live in slots; constants keep theirs.
  struct Step {
    std::size_t node = 0;
    std::vector<std::size_t> inputs;  // slots; kNoSlot for absent ones
    std::size_t output = 0;
    std::vector<std::size_t> released;  // slots nobody needs after this step
    bool relu = false;                  // of the result, which is nobody else's
    bool dropout = false;
  };
  static constexpr std::size_t kNoSlot = static_cast<std::size_t>(-1);

  TorchNetwork(Graph graph, torch::Device device) : graph_(std::move(graph)), device_(device) {}

  void AllocateConstants();
  void MakeSteps();
  torch::Tensor Run(const Step& step, const std::vector<torch::Tensor>& values, const ForwardOptions& options) const;

  Graph graph_;
  torch::Device device_;
  torch::Tensor parameters_;
  torch::Tensor gradients_;
  torch::Tensor statistics_;
  torch::Tensor decayed_;
  std::map<std::string, torch::Tensor> constants_;  // all of them; views of the flat tensors where they are trained
  std::vector<torch::Tensor> slots_;                // constants in their slots, the others empty
  std::vector<Step> steps_;
  std::size_t input_slot_ = 0;
  std::map<std::string, std::size_t> output_slots_;
};

}  // namespace kinfolder
