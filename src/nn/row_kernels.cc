#include "nn/row_kernels.h"

#include <algorithm>

namespace kinfolder {
namespace {

// Watching each access would take most of the time that the sanitizers' tests have. Nothing here is shared between
// threads, and what is read and written are the rows of RowStream (nn/row_session.cc). To look at it, define it empty.
#define KERNEL_UNWATCHED [[gnu::no_sanitize_thread, gnu::no_sanitize_address]]

#if defined(__x86_64__)
#define KERNELS avx512
#define KERNEL_TARGET [[gnu::target("avx512f")]] KERNEL_UNWATCHED
#define KERNEL_LANES 16
#define KERNEL_SUMS 27
#define KERNEL_VECTORS 4
#include "nn/row_kernels.inc"
#undef KERNELS
#undef KERNEL_TARGET
#undef KERNEL_LANES
#undef KERNEL_SUMS
#undef KERNEL_VECTORS

#define KERNELS avx2
#define KERNEL_TARGET [[gnu::target("avx2,fma")]] KERNEL_UNWATCHED
#define KERNEL_LANES 8
#define KERNEL_SUMS 10
#define KERNEL_VECTORS 2
#include "nn/row_kernels.inc"
#undef KERNELS
#undef KERNEL_TARGET
#undef KERNEL_LANES
#undef KERNEL_SUMS
#undef KERNEL_VECTORS
#endif

#define KERNELS any
#define KERNEL_TARGET KERNEL_UNWATCHED
#define KERNEL_LANES 4
#define KERNEL_SUMS 10
#define KERNEL_VECTORS 2
#include "nn/row_kernels.inc"

}  // namespace

const std::vector<RowKernels>& RunnableRowKernels() {
  static const std::vector<RowKernels> runnable = [] {
    std::vector<RowKernels> kernels;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) kernels.push_back({16, 4, avx512::Convolve, avx512::Pool});
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      kernels.push_back({8, 2, avx2::Convolve, avx2::Pool});
#endif
    kernels.push_back({4, 2, any::Convolve, any::Pool});
    return kernels;
  }();
  return runnable;
}

AlignedBytes PackWeights(const RowKernels& kernels, const RowLayer& layer, const float* weights, std::int64_t outputs) {
  const std::int64_t window = layer.window.kernel[0] * layer.window.kernel[1];
  AlignedBytes packed(sizeof(float) * static_cast<std::size_t>(layer.output_stride * layer.input_channels * window));
  auto* next = reinterpret_cast<float*>(packed.data());
  for (std::int64_t first = 0; first < layer.output_stride;) {
    const std::int64_t block = std::min(layer.output_stride - first, kernels.block_vectors * kernels.lanes);
    for (std::int64_t tap = 0; tap < window; ++tap) {
      for (std::int64_t i = 0; i < layer.input_channels; ++i, next += block) {
        for (std::int64_t o = first; o < std::min(first + block, outputs); ++o)
          next[o - first] = weights[(o * layer.input_channels + i) * window + tap];
      }
    }
    first += block;
  }
  return packed;
}

}  // namespace kinfolder
