// The networks that Kinfolder trains, as graphs with initial weights.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "nn/graph.h"

namespace kinfolder {

// What every network takes: `image` [N, 3, side, side], RGB, (value - 127.5) / 128 of values 0 to 255.
// Embedders give `embedding` [N, dimension], unit vectors.

// Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning", 2016, as shaped
// by davidsandberg/facenet (src/models/inception_resnet_v1.py). Side 160.
Graph InceptionResnetV1(int dimension, std::uint64_t seed);

// The smaller Inception family of the FaceNet paper (table 2, "NN4"), shaped for processors: residual Inception blocks
// of few, dense convolutions at 28 x 28, 14 x 14 and 7 x 7. Side 112.
Graph Nn4(int dimension, std::uint64_t seed);

// "nn4" or "inception-resnet-v1"; kInvalidArgument with what there is.
Result<Graph> EmbedderArchitecture(std::string_view name, int dimension, std::uint64_t seed);

// Zhang et al. 2016 (MTCNN), figure 2, with the landmarks only where faces/mtcnn.h asks for them, in O-Net. `face`
// (probability) and `box` (offsets in fractions of the window) are [N, 1, H', W'] and [N, 4, H', W'] for P-Net, which
// takes any size from 12 x 12; [N, 1] and [N, 4] for R-Net (24 x 24) and O-Net (48 x 48; `landmarks` [N, 10], x0 to x4,
// y0 to y4 in fractions of the window).
Graph Pnet(std::uint64_t seed);
Graph Rnet(std::uint64_t seed);
Graph Onet(std::uint64_t seed);

struct Work {
  std::int64_t multiply_adds = 0;  // of convolutions and matrix products
  std::int64_t parameters = 0;     // values of all constants
};

// Of a network with one input, for one of the shape `input`, which must fit.
Work CountWork(const Graph& graph, const Shape& input);

}  // namespace kinfolder
