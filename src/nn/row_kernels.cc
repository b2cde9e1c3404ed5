#include "nn/row_kernels.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace kinfolder {
namespace {

// Watching each access would take most of the time that the sanitizers' tests have. Nothing here is shared between
// threads, and what is read and written are the rows of RowStream (nn/row_session.cc). To look at it, define it empty.
#define KERNEL_UNWATCHED [[gnu::no_sanitize_thread, gnu::no_sanitize_address]]

#if defined(__x86_64__)
#define KERNELS avx512_vnni
#define KERNEL_TARGET [[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] KERNEL_UNWATCHED
#define KERNEL_LANES 16
#define KERNEL_SUMS 27
#define KERNEL_VECTORS 4
#define KERNEL_DOT(sums, bytes, weights)                                                                    \
  reinterpret_cast<Integers>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sums), _mm512_set1_epi32(bytes), \
                                                 reinterpret_cast<__m512i>(weights)))
// The forms with a mask of all lanes: those without one look uninitialised to GCC 12.
#define KERNEL_ROUND(values)                                         \
  reinterpret_cast<Bytes>(_mm512_maskz_cvtusepi32_epi8(              \
      0xFFFF, _mm512_maskz_max_epi32(0xFFFF, _mm512_setzero_si512(), \
                                     _mm512_maskz_cvtps_epi32(0xFFFF, reinterpret_cast<__m512>(values)))))
// What GCC 12 makes of __builtin_convertvector goes byte by byte.
#define KERNEL_WIDEN(bytes) \
  reinterpret_cast<Integers>(_mm512_maskz_cvtepu8_epi32(0xFFFF, reinterpret_cast<__m128i>(bytes)))
#include "nn/row_kernels.inc"
#undef KERNELS
#undef KERNEL_TARGET
#undef KERNEL_LANES
#undef KERNEL_SUMS
#undef KERNEL_VECTORS
#undef KERNEL_DOT
#undef KERNEL_ROUND
#undef KERNEL_WIDEN

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

// `depth` input channels of an output channel side by side.
template <class Weight>
AlignedBytes Pack(const RowKernels& kernels, const RowLayer& layer, const Weight* weights, std::int64_t outputs,
                  std::int64_t depth) {
  const std::int64_t window = layer.window.kernel[0] * layer.window.kernel[1];
  const std::int64_t steps = window * ((layer.input_channels + depth - 1) / depth);
  AlignedBytes packed(sizeof(Weight) * static_cast<std::size_t>(layer.output_stride * steps * depth));
  auto* next = reinterpret_cast<Weight*>(packed.data());
  for (std::int64_t first = 0; first < layer.output_stride;) {
    const std::int64_t block = std::min(layer.output_stride - first, kernels.block_vectors * kernels.lanes);
    const std::int64_t count = std::min(block, outputs - first);
    for (std::int64_t tap = 0; tap < window; ++tap) {
      for (std::int64_t i = 0; i < layer.input_channels; i += depth, next += block * depth) {
        const std::int64_t inputs = std::min(depth, layer.input_channels - i);
        for (std::int64_t o = 0; o < count; ++o) {
          for (std::int64_t k = 0; k < inputs; ++k)
            next[o * depth + k] = weights[((first + o) * layer.input_channels + i + k) * window + tap];
        }
      }
    }
    first += block;
  }
  return packed;
}

}  // namespace

const std::vector<RowKernels>& RunnableRowKernels() {
  static const std::vector<RowKernels> runnable = [] {
    std::vector<RowKernels> kernels;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
      if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
          __builtin_cpu_supports("avx512vnni"))
        kernels.push_back({16, 4, true, avx512_vnni::Interleave, avx512_vnni::Convolve, avx512_vnni::Pool});
      kernels.push_back({16, 4, false, avx512::Interleave, avx512::Convolve, avx512::Pool});
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      kernels.push_back({8, 2, false, avx2::Interleave, avx2::Convolve, avx2::Pool});
#endif
    kernels.push_back({4, 2, false, any::Interleave, any::Convolve, any::Pool});
    return kernels;
  }();
  return runnable;
}

AlignedBytes PackWeights(const RowKernels& kernels, const RowLayer& layer, const float* weights, std::int64_t outputs) {
  return Pack(kernels, layer, weights, outputs, 1);
}

AlignedBytes PackWeights(const RowKernels& kernels, const RowLayer& layer, const std::int8_t* weights,
                         std::int64_t outputs) {
  return Pack(kernels, layer, weights, outputs, kBytesAtOnce);
}

}  // namespace kinfolder
