#include "nn/dnnl_weights.h"

#include <algorithm>
#include <utility>

namespace kinfolder {

DnnlWeights::DnnlWeights(std::map<std::string, Tensor> constants, const dnnl::engine& engine) : engine_(engine) {
  for (auto& constant : constants) {
    constants_[constant.first] = {std::move(constant.second.shape), std::move(constant.second.values), {}};
  }
}

ShapeMap DnnlWeights::Shapes() const {
  ShapeMap shapes;
  for (const auto& [name, constant] : constants_) shapes[name] = constant.shape;
  return shapes;
}

dnnl::memory DnnlWeights::In(const std::string& name, const dnnl::memory::desc& plain,
                             const dnnl::memory::desc& wanted) {
  const std::lock_guard lock(mutex_);
  Constant& constant = constants_.at(name);
  auto& layouts = constant.layouts;
  const auto found = std::find_if(layouts.begin(), layouts.end(),
                                  [&wanted](const Layout& layout) { return layout.memory.get_desc() == wanted; });
  if (found != layouts.end()) return found->memory;

  dnnl::memory from =
      constant.values.empty() ? layouts.front().memory : dnnl::memory(plain, engine_, constant.values.data());
  // Whole zeroed cache lines: vector code reads past the end of channels that do not fill a register.
  AlignedBytes bytes(wanted.get_size());
  dnnl::memory to(wanted, engine_, bytes.data());
  dnnl::stream stream(engine_);
  dnnl::reorder(from, to).execute(stream, from, to);
  stream.wait();
  constant.values = {};
  layouts.push_back({std::move(bytes), to});
  return to;
}

}  // namespace kinfolder
