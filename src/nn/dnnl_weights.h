// The constants of a graph in the layouts that oneDNN asks for: each is brought into a layout once and then shared by
// all plans and threads.
#pragma once

#include <cstdint>
#include <dnnl.hpp>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "nn/aligned_bytes.h"
#include "nn/graph.h"
#include "nn/shapes.h"
#include "nn/tensor.h"

namespace kinfolder {

// The same layout of numbers of another type.
dnnl::memory::desc OfType(dnnl::memory::desc desc, dnnl::memory::data_type type);

class DnnlWeights {
 public:
  // Takes the constants out of the graph.
  DnnlWeights(Graph& graph, const dnnl::engine& engine);

  bool Has(const std::string& name) const { return constants_.contains(name); }
  ShapeMap Shapes() const;
  // Of a constant of 8-bit numbers, one for each place of its first dimension; empty for others.
  const std::vector<float>& Steps(const std::string& name) const;

  // The constant in the layout `wanted`. `plain` says how its row-major values are seen, in the same dimensions (a
  // grouped convolution sees its weight with five). Always with the same dimensions for one constant, or always plain.
  // Wanted as 8-bit numbers are only constants that have steps: as multiples of them. `factors`, one for each place of
  // the first dimension, multiply float32 values on the way.
  dnnl::memory In(const std::string& name, const dnnl::memory::desc& plain, const dnnl::memory::desc& wanted,
                  const std::vector<float>& factors = {});

 private:
  struct Layout {
    AlignedBytes bytes;
    dnnl::memory memory;
    std::vector<float> factors;
  };
  struct Constant {
    Shape shape;
    std::vector<float> values;           // row-major; empty once a layout holds them, and for 8-bit numbers
    std::vector<std::int8_t> multiples;  // as in QuantizedTensor; empty for other constants
    std::vector<float> steps;
    std::vector<Layout> layouts;
  };
  dnnl::memory SourceOf(Constant& constant, const dnnl::memory::desc& plain) const;

  dnnl::engine engine_;
  std::mutex mutex_;
  std::map<std::string, Constant> constants_;
};

}  // namespace kinfolder
