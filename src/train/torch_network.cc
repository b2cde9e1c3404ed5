#include "train/torch_network.h"

#include <algorithm>
#include <set>
#include <utility>

#include "nn/shapes.h"
#include "train/torch_ops.h"

namespace kinfolder {
namespace {

constexpr std::int64_t kAlignment = 16;  // floats: a cache line, so that vector instructions find aligned data

enum class Role { kFixed, kStatistic, kWeight, kOther };  // kOther is trained, too, but does not decay

Role RoleOf(const Op& op, std::size_t input) {
  if (std::holds_alternative<Conv>(op) || std::holds_alternative<Gemm>(op)) {
    return input == 1 ? Role::kWeight : input == kBias ? Role::kOther : Role::kFixed;
  }
  if (std::holds_alternative<BatchNorm>(op)) {
    return input == 1 || input == 2 ? Role::kOther : input > 2 ? Role::kStatistic : Role::kFixed;
  }
  return std::holds_alternative<PRelu>(op) && input == 1 ? Role::kOther : Role::kFixed;
}

std::map<std::string, Role> RolesOf(const Graph& graph) {
  std::map<std::string, Role> roles;
  for (const auto& [name, tensor] : graph.constants) roles[name] = Role::kFixed;
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const auto role = roles.find(node.inputs[i]);
      if (role != roles.end()) role->second = std::max(role->second, RoleOf(node.op, i));
    }
  }
  return roles;
}

torch::Tensor FromTensor(const Tensor& tensor) {
  return torch::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape, torch::kFloat32).clone();
}

// Pieces of one flat vector, given out one after the other.
class Flat {
 public:
  void Reserve(const Tensor& tensor) { size_ += Padded(tensor); }
  torch::Tensor Allocate(torch::Device device) {
    next_ = 0;
    return torch::zeros({size_}, torch::TensorOptions(torch::kFloat32).device(device));
  }
  // The place of the next tensor.
  std::int64_t Next(const Tensor& tensor) { return std::exchange(next_, next_ + Padded(tensor)); }

 private:
  static std::int64_t Padded(const Tensor& tensor) {
    return (ElementCount(tensor.shape) + kAlignment - 1) / kAlignment * kAlignment;
  }

  std::int64_t size_ = 0;
  std::int64_t next_ = 0;
};

// The piece of the flat vector that begins at `at`, in the tensor's shape; filters in channels-last order.
torch::Tensor PieceOf(const torch::Tensor& flat, std::int64_t at, const Shape& shape) {
  const torch::Tensor piece = flat.narrow(0, at, ElementCount(shape));
  if (shape.size() != 4) return piece.view(shape);
  return piece.view({shape[0], shape[2], shape[3], shape[1]}).permute({0, 3, 1, 2});
}

// How often each value is taken; outputs of the graph count.
std::map<std::string, int> CountUses(const Graph& graph) {
  std::map<std::string, int> uses;
  for (const Node& node : graph.nodes) {
    for (const std::string& input : node.inputs) ++uses[input];
  }
  for (const std::string& output : graph.outputs) ++uses[output];
  return uses;
}

// May a Relu overwrite the node's result? Not where the backward pass needs it.
bool ResultMayChange(const Op& op) {
  const auto* binary = std::get_if<Binary>(&op);
  return std::holds_alternative<Conv>(op) || std::holds_alternative<Gemm>(op) ||
         std::holds_alternative<BatchNorm>(op) ||
         (binary != nullptr && (binary->kind == Binary::Kind::kAdd || binary->kind == Binary::Kind::kSub));
}

}  // namespace

Result<TorchNetwork> TorchNetwork::Make(Graph graph, torch::Device device) {
  RETURN_IF_ERROR(Validate(graph));
  if (graph.inputs.size() != 1) {
    return Fail(ErrorCode::kUnsupported, "a network with {} inputs can't be trained", graph.inputs.size());
  }
  for (const Node& node : graph.nodes) {
    if (IsFused(node)) {
      return Fail(ErrorCode::kUnsupported, "the fused operator of {} can't be trained", node.output);
    }
  }
  TorchNetwork network(std::move(graph), device);
  network.AllocateConstants();
  network.MakeSteps();
  return network;
}

void TorchNetwork::AllocateConstants() {
  const std::map<std::string, Role> roles = RolesOf(graph_);
  Flat trained;
  Flat statistics;
  for (const auto& [name, tensor] : graph_.constants) {
    if (roles.at(name) >= Role::kWeight) trained.Reserve(tensor);
    if (roles.at(name) == Role::kStatistic) statistics.Reserve(tensor);
  }
  parameters_ = trained.Allocate(device_);
  gradients_ = torch::zeros_like(parameters_);
  decayed_ = torch::zeros_like(parameters_);
  statistics_ = statistics.Allocate(device_);
  for (const auto& [name, tensor] : graph_.constants) {
    const Role role = roles.at(name);
    torch::Tensor& constant = constants_[name];
    if (role == Role::kFixed) {
      constant = FromTensor(tensor).to(device_);
      continue;
    }
    const bool is_trained = role >= Role::kWeight;
    const std::int64_t at = (is_trained ? trained : statistics).Next(tensor);
    constant = PieceOf(is_trained ? parameters_ : statistics_, at, tensor.shape);
    constant.copy_(FromTensor(tensor));
    if (!is_trained) continue;
    constant = constant.detach().requires_grad_(true);
    constant.mutable_grad() = PieceOf(gradients_, at, tensor.shape);
    if (role == Role::kWeight) decayed_.narrow(0, at, ElementCount(tensor.shape)).fill_(1);
  }
}

void TorchNetwork::MakeSteps() {
  std::map<std::string, std::size_t> slots;
  const auto slot_of = [&](const std::string& name) { return slots.try_emplace(name, slots.size()).first->second; };
  for (const auto& [name, constant] : constants_) slot_of(name);
  const std::size_t constants = slots.size();
  input_slot_ = slot_of(graph_.inputs.front().name);

  std::map<std::string, int> uses = CountUses(graph_);
  std::map<std::string, std::size_t> step_of;  // the step that gives a value
  std::size_t last_layer = kNoSlot;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    const auto producer = step_of.find(node.inputs.front());
    if (std::holds_alternative<Relu>(node.op) && producer != step_of.end() && uses[node.inputs.front()] == 1 &&
        ResultMayChange(graph_.nodes[steps_[producer->second].node].op)) {
      Step& step = steps_[producer->second];
      step.relu = true;
      step.output = slot_of(node.output);
      continue;  // its own value stays unknown to step_of: a second Relu does nothing new
    }
    Step step;
    step.node = i;
    for (const std::string& input : node.inputs) step.inputs.push_back(input.empty() ? kNoSlot : slot_of(input));
    step.output = slot_of(node.output);
    if (std::holds_alternative<Conv>(node.op) || std::holds_alternative<Gemm>(node.op)) last_layer = steps_.size();
    step_of[node.output] = steps_.size();
    steps_.push_back(std::move(step));
  }
  if (last_layer != kNoSlot) steps_[last_layer].dropout = true;

  slots_.resize(slots.size());
  for (const auto& [name, constant] : constants_) slots_[slots.at(name)] = constant;
  std::set<std::size_t> needed;  // after the step that is looked at
  for (const std::string& output : graph_.outputs) needed.insert(output_slots_[output] = slots.at(output));
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    for (const std::size_t input : step->inputs) {
      if (input != kNoSlot && input >= constants && needed.insert(input).second) step->released.push_back(input);
    }
  }
}

std::map<std::string, torch::Tensor> TorchNetwork::Forward(const torch::Tensor& input, const ForwardOptions& options) {
  const torch::AutoGradMode with_gradients(options.training);
  std::vector<torch::Tensor> values = slots_;
  values[input_slot_] = input;
  for (const Step& step : steps_) {
    values[step.output] = Run(step, values, options);
    for (const std::size_t slot : step.released) values[slot].reset();
  }
  std::map<std::string, torch::Tensor> outputs;
  for (const auto& [name, slot] : output_slots_) outputs[name] = values[slot].to(torch::kFloat32);
  return outputs;
}

torch::Tensor TorchNetwork::Run(const Step& step, const std::vector<torch::Tensor>& values,
                                const ForwardOptions& options) const {
  std::vector<torch::Tensor> inputs;
  for (const std::size_t slot : step.inputs) inputs.push_back(slot == kNoSlot ? torch::Tensor() : values[slot]);
  if (step.dropout && options.training && options.dropout > 0) {
    inputs[0] = torch::dropout(inputs[0], options.dropout, true);
  }
  return RunOp(graph_.nodes[step.node].op, inputs, {options.training, options.momentum, options.compute, step.relu});
}

Graph TorchNetwork::ToGraph() const {
  Graph graph = graph_;
  for (auto& [name, tensor] : graph.constants) {
    const torch::Tensor values = constants_.at(name).detach().to(torch::kCPU).contiguous();
    std::copy_n(values.data_ptr<float>(), tensor.values.size(), tensor.values.begin());
  }
  return graph;
}

}  // namespace kinfolder
