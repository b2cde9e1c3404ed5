// What the fast session does for inputs of certain shapes: the oneDNN primitives in order, the layouts between them,
// and one block of memory in which values whose lifetimes do not overlap share their place.
#pragma once

#include <cstddef>
#include <dnnl.hpp>
#include <span>
#include <vector>

#include "nn/dnnl_weights.h"
#include "nn/graph.h"
#include "nn/shapes.h"
#include "nn/tensor.h"

namespace kinfolder {

struct DnnlPlan {
  // A piece of memory: an input, a constant, or a place in the arena from one step to another.
  struct Buffer {
    enum class Kind { kArena, kInput, kConstant } kind = Kind::kArena;
    std::size_t bytes = 0;
    std::size_t first_step = 0;
    std::size_t last_step = 0;
    std::size_t offset = 0;  // in the arena, in bytes
    std::size_t input = 0;   // number of the input
    dnnl::memory constant;
  };
  // A value in a layout.
  struct Placed {
    dnnl::memory::desc desc;
    std::size_t buffer = 0;
  };
  struct Argument {
    int role = 0;  // DNNL_ARG_...
    Placed value;
  };
  // Runs a primitive, or, where there is none, evaluates a node in the reference's loops: `arguments` are then the
  // node's inputs and its output, all row-major.
  struct Step {
    dnnl::primitive primitive;
    std::vector<Argument> arguments;
    const Node* node = nullptr;
    std::vector<Shape> shapes;  // of the node's inputs and its output
  };

  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::vector<Placed> outputs;  // row-major
  std::vector<Shape> output_shapes;
  std::size_t arena_bytes = 0;
  std::size_t reorders = 0;   // changes of layout between operators
  std::size_t fallbacks = 0;  // operators that run in the reference's loops

  // Runs on the calling thread. Any number of threads may run one plan, each in its own arena of arena_bytes, which
  // begins at a cache line. Throws dnnl::error.
  std::vector<Tensor> Run(const dnnl::engine& engine, std::span<const Tensor> inputs, std::byte* arena) const;
};

// `graph` (without its constants, which are in `weights`) and `weights` must outlive the plan. `shapes` are those of
// all values, without open dimensions. Throws dnnl::error.
DnnlPlan MakeDnnlPlan(const Graph& graph, const ShapeMap& shapes, DnnlWeights& weights, const dnnl::engine& engine);

}  // namespace kinfolder
