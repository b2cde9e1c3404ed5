#include "nn/dnnl_plan.h"

#include <algorithm>
#include <unordered_map>

#include "nn/reference_ops.h"

namespace kinfolder {
namespace {

void EvaluateNode(const DnnlPlan::Step& step, std::span<void* const> addresses) {
  std::vector<TensorView> views;
  for (std::size_t i = 0; i + 1 < addresses.size(); ++i)
    views.push_back({step.shapes[i], static_cast<const float*>(addresses[i])});
  Evaluate(*step.node, views, step.shapes.back(), static_cast<float*>(addresses.back()));
}

}  // namespace

std::vector<Tensor> DnnlPlan::Run(const dnnl::engine& engine, std::span<const Tensor> inputs, std::byte* arena) const {
  const auto address = [&](const Placed& value) -> void* {
    const Buffer& buffer = buffers[value.buffer];
    switch (buffer.kind) {
      case Buffer::Kind::kInput:
        return const_cast<float*>(inputs[buffer.input].values.data());  // oneDNN only reads it
      case Buffer::Kind::kConstant:
        return buffer.constant.get_data_handle();
      case Buffer::Kind::kArena:
        break;
    }
    return arena + buffer.offset;
  };

  dnnl::stream stream(engine);
  std::unordered_map<int, dnnl::memory> memories;
  std::vector<void*> addresses;
  for (const Step& step : steps) {
    memories.clear();
    addresses.clear();
    for (const Argument& argument : step.arguments) {
      if (step.node != nullptr) {
        addresses.push_back(argument.role == 0 ? nullptr : address(argument.value));
      } else {
        memories.emplace(argument.role, dnnl::memory(argument.value.desc, engine, address(argument.value)));
      }
    }
    if (step.node != nullptr) {
      EvaluateNode(step, addresses);
    } else {
      step.primitive.execute(stream, memories);
    }
  }
  stream.wait();

  std::vector<Tensor> results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto* values = static_cast<const float*>(address(outputs[i]));
    results.push_back({output_shapes[i], {values, values + ElementCount(output_shapes[i])}});
  }
  return results;
}

}  // namespace kinfolder
