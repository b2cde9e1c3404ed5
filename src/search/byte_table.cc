#include "search/byte_table.h"

#include <dnnl.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace kinfolder {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;  // of a product: with the queries below, what fits a processor's cache
constexpr std::size_t kQueriesAtOnce = 1024;
constexpr std::size_t kRowsATime = 32;  // that are passed over together where none is near
// Rows have 7 bits and queries 8: where a processor adds two products in 16 bits first, as those without VNNI do, the
// sum is still exact.
constexpr float kMostOfRow = 63;
constexpr float kMostOfQuery = 127;
constexpr float kRounding = 1e-5F;  // of squared distances of unit vectors, what float takes off the bounds

struct Rounded {
  float scale = 0;
  float squared_norm = 0;  // of what was rounded
  float lost = 0;          // L2 norm of the difference
};

// values = scale * bytes, nearly; bytes of at most `most`.
Rounded Round(std::span<const float> values, float most, std::int8_t* bytes) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  Rounded rounded{largest / most, 0, 0};
  const float inverse = largest > 0 ? most / largest : 0;
  float lost = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float whole = std::nearbyint(values[i] * inverse);
    bytes[i] = static_cast<std::int8_t>(whole);
    rounded.squared_norm += values[i] * values[i];
    lost += (values[i] - whole * rounded.scale) * (values[i] - whole * rounded.scale);
  }
  rounded.lost = std::sqrt(lost);
  return rounded;
}

// Distances of one query to the rows of one block, less |query|^2.
struct RowsOfQuery {
  const std::int32_t* products;
  const float* scales;
  const float* squared_norms;
  float factor;  // of the products

  float At(std::size_t row) const {
    return squared_norms[row] - scales[row] * (factor * static_cast<float>(products[row]));
  }

  // Of `count` rows from `row` on; without a branch, so that it becomes vectors.
  bool AnyUpTo(float limit, std::size_t row, std::size_t count) const {
    int any = 0;
    for (std::size_t i = row; i < row + count; ++i) any |= At(i) <= limit ? 1 : 0;
    return any != 0;
  }
};

}  // namespace

void ByteTable::Add(std::span<const float> row) {
  CHECK(row.size() == dimension_);
  if (size() % kRowsAtOnce == 0) blocks_.emplace_back();
  bytes_.resize(bytes_.size() + dimension_);
  const Rounded rounded = Round(row, kMostOfRow, bytes_.data() + bytes_.size() - dimension_);
  scales_.push_back(rounded.scale);
  squared_norms_.push_back(rounded.squared_norm);
  Block& block = blocks_.back();
  block.longest = std::max(block.longest, std::sqrt(rounded.squared_norm));
  block.most_lost = std::max(block.most_lost, rounded.lost);
}

void ByteTable::Search(std::span<const float> queries, std::span<float> bars,
                       const std::function<void(std::size_t query, const RoughDistance& distance)>& near) const {
  if (dimension_ == 0 || size() == 0) return;
  CHECK(queries.size() == bars.size() * dimension_);
  std::vector<std::int8_t> bytes(std::min(bars.size(), kQueriesAtOnce) * dimension_);
  std::vector<Rounded> rounded(std::min(bars.size(), kQueriesAtOnce));
  std::vector<std::int32_t> products(rounded.size() * kRowsAtOnce);
  for (std::size_t first = 0; first < bars.size(); first += kQueriesAtOnce) {
    const std::size_t count = std::min(kQueriesAtOnce, bars.size() - first);
    for (std::size_t q = 0; q < count; ++q) {
      rounded[q] = Round(queries.subspan((first + q) * dimension_, dimension_), kMostOfQuery, &bytes[q * dimension_]);
    }
    for (std::size_t begin = 0; begin < size(); begin += kRowsAtOnce) {
      const std::size_t rows = std::min(kRowsAtOnce, size() - begin);
      const std::int32_t no_offset = 0;
      const auto dimension = static_cast<dnnl_dim_t>(dimension_);
      const dnnl_status_t status = dnnl_gemm_s8s8s32(
          'N', 'T', 'F', static_cast<dnnl_dim_t>(count), static_cast<dnnl_dim_t>(rows), dimension, 1, bytes.data(),
          dimension, 0, bytes_.data() + begin * dimension_, dimension, 0, 0, products.data(), kRowsAtOnce, &no_offset);
      CHECK(status == dnnl_success);
      const Block& block = blocks_[begin / kRowsAtOnce];
      for (std::size_t q = 0; q < count; ++q) {
        const float squared_norm = rounded[q].squared_norm;
        const float norm = std::sqrt(squared_norm);
        // |q.r - q'.r'| <= |q - q'| |r| + |q'| |r - r'|
        const float error = 2 * (rounded[q].lost * block.longest + (norm + rounded[q].lost) * block.most_lost) +
                            kRounding * (squared_norm + block.longest * block.longest);
        const RowsOfQuery of_query{&products[q * kRowsAtOnce], &scales_[begin], &squared_norms_[begin],
                                   2 * rounded[q].scale};
        const float& bar = bars[first + q];
        for (std::size_t some = 0; some < rows; some += kRowsATime) {
          const std::size_t end = std::min(some + kRowsATime, rows);
          if (!of_query.AnyUpTo(bar - squared_norm + error, some, end - some)) continue;
          for (std::size_t row = some; row < end; ++row) {
            const float rough = squared_norm + of_query.At(row);
            if (rough - error <= bar) near(first + q, {begin + row, rough - error, rough + error});
          }
        }
      }
    }
  }
}

}  // namespace kinfolder
