// The published networks that Kinfolder is built on, as graphs with initial weights: training begins with them, and
// public weights are put into them (nn/convert.h). All take `image` [N, 3, H, W], RGB, (value - 127.5) / 128 of values
// 0 to 255.
#pragma once

#include <cstdint>

#include "nn/graph.h"

namespace kinfolder {

// Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning", 2016, as shaped
// by davidsandberg/facenet (src/models/inception_resnet_v1.py): 160 x 160 pixels to `embedding` [N, dimension], unit
// vectors.
Graph InceptionResnetV1(int dimension, std::uint64_t seed);

// Zhang et al. 2016 (MTCNN), figure 2, with the landmarks only where faces/mtcnn.h asks for them, in O-Net. `face`
// (probability) and `box` (offsets in fractions of the window) are [N, 1, H', W'] and [N, 4, H', W'] for P-Net, which
// takes any size from 12 x 12; [N, 1] and [N, 4] for R-Net (24 x 24) and O-Net (48 x 48; `landmarks` [N, 10], x0 to x4,
// y0 to y4 in fractions of the window).
Graph Pnet(std::uint64_t seed);
Graph Rnet(std::uint64_t seed);
Graph Onet(std::uint64_t seed);

}  // namespace kinfolder
