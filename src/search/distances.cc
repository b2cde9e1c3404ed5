#include "search/distances.h"

#include <dnnl.h>

#include <array>
#include <numeric>

#include "base/check.h"

namespace kinfolder {
namespace {

// Part of |q|^2 + |r|^2 below which the rounding of the product counts.
constexpr float kNear = 1e-4F;

float SquaredNorm(std::span<const float> vector) {
  float sum = 0;
  for (const float value : vector) sum += value * value;
  return sum;
}

}  // namespace

float SquaredDistance(std::span<const float> a, std::span<const float> b) {
  CHECK(a.size() == b.size());
  std::array<float, 8> sums{};  // that become one vector
  std::size_t i = 0;
  for (; i + sums.size() <= a.size(); i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += (a[i + j] - b[i + j]) * (a[i + j] - b[i + j]);
  }
  for (; i < a.size(); ++i) sums[0] += (a[i] - b[i]) * (a[i] - b[i]);
  return std::accumulate(sums.begin(), sums.end(), 0.0F);
}

void DistanceTable::Add(std::span<const float> row) {
  CHECK(row.size() == dimension_);
  rows_.insert(rows_.end(), row.begin(), row.end());
  squared_norms_.push_back(SquaredNorm(row));
}

std::span<const float> DistanceTable::Row(std::size_t row) const {
  CHECK(row < size());
  return std::span(rows_).subspan(row * dimension_, dimension_);
}

std::vector<float> DistanceTable::SquaredDistances(std::span<const float> queries) const {
  if (dimension_ == 0 || size() == 0 || queries.empty()) return {};
  CHECK(queries.size() % dimension_ == 0);
  const std::size_t count = queries.size() / dimension_;
  std::vector<float> distances(count * size());  // the products at first
  const auto dimension = static_cast<dnnl_dim_t>(dimension_);
  const auto rows = static_cast<dnnl_dim_t>(size());
  const dnnl_status_t status = dnnl_sgemm('N', 'T', static_cast<dnnl_dim_t>(count), rows, dimension, 1, queries.data(),
                                          dimension, rows_.data(), dimension, 0, distances.data(), rows);
  CHECK(status == dnnl_success);
  for (std::size_t q = 0; q < count; ++q) {
    const std::span<const float> query = queries.subspan(q * dimension_, dimension_);
    const float norm = SquaredNorm(query);
    const std::span<float> of_query = std::span(distances).subspan(q * size(), size());
    for (std::size_t r = 0; r < size(); ++r) {
      const float norms = norm + squared_norms_[r];
      const float squared = norms - 2 * of_query[r];
      of_query[r] = squared > kNear * norms ? squared : SquaredDistance(query, Row(r));
    }
  }
  return distances;
}

}  // namespace kinfolder
