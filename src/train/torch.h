// libtorch's tensors and automatic differentiation, with Kinfolder's CHECK in place of the one that comes along.
// For torch_network, losses and the trainer alone: everything else in Kinfolder does without libtorch.
#pragma once

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#undef CHECK
#include "base/check.h"
