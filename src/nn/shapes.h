// What comes out of an operator for what goes in: one set of rules for files, passes and sessions, for sizes that are
// known and for those that are open.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "nn/graph.h"
#include "nn/tensor.h"

namespace kinfolder {

// The most elements a tensor may have (4 GiB of float32): beyond is a broken or hostile model.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 30;
inline constexpr std::size_t kMaxRank = 8;

// Fails with kTooLarge beyond kMaxElements, kCorrupt for zero dimensions or too many; open dimensions count as 1.
Status CheckShape(const Shape& shape);

// The padding of `window` over a picture of `height` x `width`: top, left, bottom, right. With ceil_mode, bottom and
// right may reach further when windows are cut by the border.
std::array<std::int64_t, 4> PaddingFor(const Window& window, std::int64_t height, std::int64_t width);

// The shape two shapes are broadcast to, as in numpy.
Result<Shape> BroadcastShape(const Shape& a, const Shape& b);

// The shape of `node`'s output. `inputs` has one shape per input of the node (empty for absent ones). Negative
// dimensions are open; equal ones are known to be equal, and `next_open` gives out new ones, downwards.
Result<Shape> OutputShape(const Node& node, std::span<const Shape> inputs, std::int64_t& next_open);

using ShapeMap = std::unordered_map<std::string, Shape>;

// The shape of every value for inputs of these shapes, in the order of graph.inputs; they may be open as there.
// `constants` are the shapes of constants that the graph does not hold itself.
Result<ShapeMap> InferShapes(const Graph& graph, std::span<const Shape> inputs, ShapeMap constants = {});

// The same with the open dimensions of the graph.
Result<ShapeMap> InferShapes(const Graph& graph);

// The shapes of a session's inputs: kInvalidArgument, with both shapes, unless they are sizes that the graph allows and
// the tensors hold what their shapes say.
Result<std::vector<Shape>> CheckInputs(const Graph& graph, std::span<const Tensor> inputs);

}  // namespace kinfolder
