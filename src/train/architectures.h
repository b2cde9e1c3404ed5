// The networks of embedders that Kinfolder trains, as graphs with initial weights: its own, and a name for each.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "nn/graph.h"

namespace kinfolder {

// Takes and gives what the networks of nn/face_networks.h do: `image` [N, 3, side, side], RGB, (value - 127.5) / 128 of
// values 0 to 255, and `embedding` [N, dimension], unit vectors.

// The smaller Inception family of the FaceNet paper (table 2, "NN4"), shaped for processors: residual Inception blocks
// of few, dense convolutions at 28 x 28, 14 x 14 and 7 x 7. Side 112.
Graph Nn4(int dimension, std::uint64_t seed);
// The same with eight more of its blocks, at 14 x 14 and 7 x 7: twice the work.
Graph Nn4Deep(int dimension, std::uint64_t seed);

// `deeper` with the weights that `learned` has, where its layers are those of `learned` in this order and others in
// between, which keep theirs: as residual blocks begin as the identity, it gives what `learned` gives. nullopt for
// others.
std::optional<Graph> WithLayersOf(const Graph& learned, Graph deeper);

// "nn4", "nn4-deep" or "inception-resnet-v1"; kInvalidArgument with what there is.
Result<Graph> EmbedderArchitecture(std::string_view name, int dimension, std::uint64_t seed);

struct Work {
  std::int64_t multiply_adds = 0;  // of convolutions and matrix products
  std::int64_t parameters = 0;     // values of all constants
};

// Of a network with one input, for one of the shape `input`, which must fit.
Work CountWork(const Graph& graph, const Shape& input);

}  // namespace kinfolder
