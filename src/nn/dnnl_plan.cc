#include "nn/dnnl_plan.h"

#include <algorithm>

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
  std::vector<dnnl::memory>
      memories;  // of the step, but for constants, whose layout is always the one in which they are
  std::vector<dnnl_exec_arg_t> arguments;
  std::vector<void*> addresses;
  for (const Step& step : steps) {
    memories.clear();
    arguments.clear();
    addresses.clear();
    for (const Argument& argument : step.arguments) {
      if (step.node != nullptr) {
        addresses.push_back(argument.role == 0 ? nullptr : address(argument.value));
        continue;
      }
      const Buffer& buffer = buffers[argument.value.buffer];
      const bool is_constant = buffer.kind == Buffer::Kind::kConstant;
      if (!is_constant) memories.emplace_back(argument.value.desc, engine, address(argument.value));
      arguments.push_back({argument.role, is_constant ? buffer.constant.get() : memories.back().get()});
    }
    if (step.node != nullptr) {
      EvaluateNode(step, addresses);
    } else {
      // The C function: the one of C++ makes a map of the arguments, which takes longer than small layers.
      dnnl::error::wrap_c_api(dnnl_primitive_execute(step.primitive.get(), stream.get(),
                                                     static_cast<int>(arguments.size()), arguments.data()),
                              "cannot run a layer");
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
