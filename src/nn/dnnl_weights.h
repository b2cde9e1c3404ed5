// The constants of a graph in the layouts that oneDNN asks for: each is brought into a layout once and then shared by
// all plans and threads.
#pragma once

#include <dnnl.hpp>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "nn/aligned_bytes.h"
#include "nn/shapes.h"
#include "nn/tensor.h"

namespace kinfolder {

class DnnlWeights {
 public:
  DnnlWeights(std::map<std::string, Tensor> constants, const dnnl::engine& engine);

  bool Has(const std::string& name) const { return constants_.contains(name); }
  ShapeMap Shapes() const;

  // The constant in the layout `wanted`. `plain` says how its row-major values are seen, in the same dimensions (a
  // grouped convolution sees its weight with five). Always with the same dimensions for one constant, or always plain.
  dnnl::memory In(const std::string& name, const dnnl::memory::desc& plain, const dnnl::memory::desc& wanted);

 private:
  struct Layout {
    AlignedBytes bytes;
    dnnl::memory memory;
  };
  struct Constant {
    Shape shape;
    std::vector<float> values;  // row-major; empty once a layout holds them
    std::vector<Layout> layouts;
  };

  dnnl::engine engine_;
  std::mutex mutex_;
  std::map<std::string, Constant> constants_;
};

}  // namespace kinfolder
