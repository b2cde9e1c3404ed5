#include "nn/dnnl_weights.h"

#include <algorithm>
#include <utility>

namespace kinfolder {

using dnnl::memory;

memory::desc OfType(memory::desc desc, memory::data_type type) {
  desc.data.data_type = memory::convert_to_c(type);
  return desc;
}

DnnlWeights::DnnlWeights(Graph& graph, const dnnl::engine& engine) : engine_(engine) {
  for (auto& [name, tensor] : std::exchange(graph.constants, {})) {
    Constant& constant = constants_[name];
    constant.shape = std::move(tensor.shape);
    constant.values = std::move(tensor.values);
  }
  for (auto& [name, tensor] : std::exchange(graph.quantized, {})) {
    Constant& constant = constants_[name];
    constant.shape = std::move(tensor.shape);
    constant.multiples = std::move(tensor.multiples);
    constant.steps = std::move(tensor.steps);
  }
}

ShapeMap DnnlWeights::Shapes() const {
  ShapeMap shapes;
  for (const auto& [name, constant] : constants_) shapes[name] = constant.shape;
  return shapes;
}

const std::vector<float>& DnnlWeights::Steps(const std::string& name) const {
  static const std::vector<float> none;
  const auto found = constants_.find(name);
  return found == constants_.end() ? none : found->second.steps;
}

memory DnnlWeights::SourceOf(Constant& constant, const memory::desc& plain) const {
  if (!constant.multiples.empty()) return {OfType(plain, memory::data_type::s8), engine_, constant.multiples.data()};
  if (!constant.values.empty()) return {plain, engine_, constant.values.data()};
  return std::find_if(constant.layouts.begin(), constant.layouts.end(),
                      [](const Layout& layout) { return layout.factors.empty(); })
      ->memory;
}

memory DnnlWeights::In(const std::string& name, const memory::desc& plain, const memory::desc& wanted,
                       const std::vector<float>& factors) {
  const std::lock_guard lock(mutex_);
  Constant& constant = constants_.at(name);
  auto& layouts = constant.layouts;
  const auto found = std::find_if(layouts.begin(), layouts.end(), [&](const Layout& layout) {
    return layout.memory.get_desc() == wanted && layout.factors == factors;
  });
  if (found != layouts.end()) return found->memory;

  memory from = SourceOf(constant, plain);
  // Whole zeroed cache lines: vector code reads past the end of channels that do not fill a register.
  AlignedBytes bytes(wanted.get_size());
  memory to(wanted, engine_, bytes.data());
  dnnl::primitive_attr attributes;
  const int first_dimension = plain.dims().size() > 4 ? 3 : 1;  // of groups and of what is in them
  const bool to_floats = !constant.multiples.empty() && wanted.data_type() == memory::data_type::f32;
  if (to_floats) attributes.set_output_scales(first_dimension, constant.steps);
  if (!factors.empty()) attributes.set_output_scales(first_dimension, factors);
  dnnl::stream stream(engine_);
  dnnl::reorder(from, to, attributes).execute(stream, from, to);
  stream.wait();
  if (factors.empty()) constant.values = {};
  layouts.push_back({std::move(bytes), to, factors});
  return to;
}

}  // namespace kinfolder
