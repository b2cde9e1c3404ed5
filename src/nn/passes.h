// Rewrites a graph into one that gives the same results with less work. Each pass takes a valid graph and keeps its
// inputs, outputs and open dimensions; Optimize runs them all in the order that lets each find what the others uncover.
#pragma once

#include "nn/graph.h"

namespace kinfolder {

// Computes what depends on constants alone.
Graph FoldConstants(Graph graph);

// Drops views that change nothing (Identity, Dropout, reshapes to the same shape).
Graph DropIdentities(Graph graph);

// Gives every Gemm with constant weights the form x W^T + b: transposed weight, alpha = beta = 1, bias [O].
Graph NormalizeGemm(Graph graph);

// Transpose, Softmax, Transpose back: a Softmax over another axis.
Graph DropTransposesAroundSoftmax(Graph graph);

// Transpose, Flatten, Gemm: the weights are permuted instead of the data. After NormalizeGemm.
Graph FoldTransposeIntoGemm(Graph graph);

// BatchNormalization and per-channel Add, Sub, Mul and Div by constants go into the weights and bias of the Conv or
// Gemm before them. After NormalizeGemm.
Graph FoldAffine(Graph graph);

// One class's probability out of a Softmax over two: the Sigmoid of the scores' difference, which goes into the weights
// of the Conv or Gemm that gives the scores. After NormalizeGemm.
Graph FoldTwoClassSoftmax(Graph graph);

// conv(x) + y, of equal shapes, in one go: y becomes the addend of the Conv or Gemm.
Graph FuseAdd(Graph graph);

// Relu, Sigmoid and per-channel PRelu become the activation of the Conv or Gemm before them.
Graph FuseActivation(Graph graph);

// Rounding to a grid becomes the end of the Conv before it. After FuseActivation.
Graph FuseQuantize(Graph graph);

// The opposite of the three: one node for each step of every Conv and Gemm, as files have them.
Graph Unfuse(Graph graph);

// Constants of 8-bit numbers as float32 ones.
Graph DequantizeConstants(Graph graph);
// And without grids: the same network in float32 alone.
Graph DropQuantization(Graph graph);

// Drops nodes and constants that no output needs.
Graph DropUnused(Graph graph);

Graph Optimize(Graph graph);

}  // namespace kinfolder
