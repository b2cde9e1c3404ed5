#include "search/byte_table.h"

#include <dnnl.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/check.h"
#include "base/one_thread.h"
#include "base/parallel.h"
#include "base/processors.h"

namespace kinfolder {
namespace {

constexpr std::size_t kRowsAtOnce = 2048;  // of a product: with the queries below, what fits a processor's cache
constexpr std::size_t kQueriesAtOnce = 512;
constexpr std::size_t kFewestOfThread = 64;  // queries: fewer are not worth another thread
// Rows have 7 bits and queries 8: where a processor adds two products in 16 bits first, as those without VNNI do, the
// sum is still exact.
constexpr float kMostOfRow = 63;
constexpr float kMostOfQuery = 127;
constexpr float kRounding = 1e-5F;  // of squared distances of unit vectors, what float takes off the bounds

constexpr float kRoundsToWhole = 12'582'912;  // 1.5 * 2^23: a small number added to it and taken off is whole

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
    const float whole = (values[i] * inverse + kRoundsToWhole) - kRoundsToWhole;
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
  std::size_t rows;

  [[gnu::always_inline]] float At(std::size_t row) const {
    return squared_norms[row] - scales[row] * (factor * static_cast<float>(products[row]));
  }
};

// The first of so many rows, beginning with `from`, one of which is not beyond the limit; or of the last ones.
constexpr std::size_t kRowsATime = 32;
[[gnu::always_inline]] inline std::size_t PassOverWithAny(const RowsOfQuery& query, float limit, std::size_t from) {
  for (; from + kRowsATime <= query.rows; from += kRowsATime) {
    int any = 0;  // without a branch, so that it becomes vectors
    for (std::size_t i = from; i < from + kRowsATime; ++i) any |= query.At(i) <= limit ? 1 : 0;
    if (any != 0) break;
  }
  return from;
}

[[gnu::target("avx2")]] std::size_t PassOverWithAvx2(const RowsOfQuery& query, float limit, std::size_t from) {
  return PassOverWithAny(query, limit, from);
}

std::size_t PassOver(const RowsOfQuery& query, float limit, std::size_t from) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? PassOverWithAvx2(query, limit, from) : PassOverWithAny(query, limit, from);
}

// Every query with every row: [queries, kRowsAtOnce].
void Multiply(std::span<const std::int8_t> queries, std::span<const std::int8_t> rows, std::size_t dimension,
              std::int32_t* products) {
  const std::int32_t no_offset = 0;
  const auto k = static_cast<dnnl_dim_t>(dimension);
  const dnnl_status_t status = dnnl_gemm_s8s8s32('N', 'T', 'F', static_cast<dnnl_dim_t>(queries.size() / dimension),
                                                 static_cast<dnnl_dim_t>(rows.size() / dimension), k, 1, queries.data(),
                                                 k, 0, rows.data(), k, 0, 0, products, kRowsAtOnce, &no_offset);
  CHECK(status == dnnl_success);
}

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

void ByteTable::Search(std::span<const float> queries, std::span<float> bars, const NearRow& near,
                       std::size_t threads) const {
  if (dimension_ == 0 || size() == 0 || bars.empty()) return;
  CHECK(queries.size() == bars.size() * dimension_);
  if (threads == 0) threads = static_cast<std::size_t>(ProcessorCount());
  const std::size_t shares = std::clamp<std::size_t>(bars.size() / kFewestOfThread, 1, threads);
  const auto first_of = [&](std::size_t share) { return bars.size() * share / shares; };
  const Status done = ForEachInParallel(shares, {static_cast<int>(shares), {}, nullptr}, [&](std::size_t share) {
    SearchSome(queries, bars, first_of(share), first_of(share + 1), near);
    return Status();
  });
  CHECK(done);  // nothing of it can fail
}

void ByteTable::SearchSome(std::span<const float> all_queries, std::span<float> bars, std::size_t first,
                           std::size_t end, const NearRow& near) const {
  const OneThread one_thread;
  std::vector<std::int8_t> bytes(std::min(end - first, kQueriesAtOnce) * dimension_);
  std::vector<Rounded> queries(std::min(end - first, kQueriesAtOnce));
  std::vector<std::int32_t> products(queries.size() * kRowsAtOnce);
  for (; first < end; first += kQueriesAtOnce) {
    const std::size_t count = std::min(kQueriesAtOnce, end - first);
    for (std::size_t q = 0; q < count; ++q) {
      queries[q] =
          Round(all_queries.subspan((first + q) * dimension_, dimension_), kMostOfQuery, &bytes[q * dimension_]);
    }
    for (std::size_t begin = 0; begin < size(); begin += kRowsAtOnce) {
      const std::size_t rows = std::min(kRowsAtOnce, size() - begin);
      Multiply({bytes.data(), count * dimension_}, {&bytes_[begin * dimension_], rows * dimension_}, dimension_,
               products.data());
      const Block& block = blocks_[begin / kRowsAtOnce];
      for (std::size_t q = 0; q < count; ++q) {
        const float squared_norm = queries[q].squared_norm;
        const float norm = std::sqrt(squared_norm);
        // |q.r - q'.r'| <= |q - q'| |r| + |q'| |r - r'|
        const float error = 2 * (queries[q].lost * block.longest + (norm + queries[q].lost) * block.most_lost) +
                            kRounding * (squared_norm + block.longest * block.longest);
        const RowsOfQuery of_query{&products[q * kRowsAtOnce], &scales_[begin], &squared_norms_[begin],
                                   2 * queries[q].scale, rows};
        const float& bar = bars[first + q];
        std::size_t row = 0;
        while ((row = PassOver(of_query, bar - squared_norm + error, row)) < rows) {
          for (const std::size_t last = std::min(row + kRowsATime, rows); row < last; ++row) {
            const float rough = squared_norm + of_query.At(row);
            if (rough - error <= bar) near(first + q, {begin + row, rough, error});
          }
        }
      }
    }
  }
}

}  // namespace kinfolder
