#include "search/distances.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace kinfolder {
namespace {

// Four queries by eight rows of sums fill eight of the sixteen vector registers that every x86-64 processor has.
constexpr std::size_t kPanelRows = 8;
constexpr std::size_t kQueryBlock = 4;

// Summed in the order of the product below, so that q.q of equal vectors is the same number in both.
float SquaredNorm(std::span<const float> vector) {
  float sum = 0;
  for (const float value : vector) sum += value * value;
  return sum;
}

// Dot products of `Queries` queries, `dimension` values apart, with the rows of one panel.
template <std::size_t Queries>
std::array<std::array<float, kPanelRows>, Queries> DotProducts(const float* queries, const float* panel,
                                                               std::size_t dimension) {
  std::array<std::array<float, kPanelRows>, Queries> sums{};
  for (std::size_t k = 0; k < dimension; ++k) {
    for (std::size_t q = 0; q < Queries; ++q) {
      const float value = queries[q * dimension + k];
      for (std::size_t r = 0; r < kPanelRows; ++r) sums[q][r] += value * panel[k * kPanelRows + r];
    }
  }
  return sums;
}

}  // namespace

void DistanceTable::Add(std::span<const float> row) {
  CHECK(row.size() == dimension_);
  const std::size_t place = size() % kPanelRows;
  if (place == 0) panels_.resize(panels_.size() + kPanelRows * dimension_);
  float* panel = panels_.data() + panels_.size() - kPanelRows * dimension_;
  for (std::size_t k = 0; k < dimension_; ++k) panel[k * kPanelRows + place] = row[k];
  squared_norms_.push_back(SquaredNorm(row));
}

std::vector<float> DistanceTable::Row(std::size_t row) const {
  CHECK(row < size());
  const float* panel = panels_.data() + row / kPanelRows * kPanelRows * dimension_;
  std::vector<float> values(dimension_);
  for (std::size_t k = 0; k < dimension_; ++k) values[k] = panel[k * kPanelRows + row % kPanelRows];
  return values;
}

std::vector<float> DistanceTable::SquaredDistances(std::span<const float> queries) const {
  if (dimension_ == 0 || size() == 0) return {};
  CHECK(queries.size() % dimension_ == 0);
  const std::size_t count = queries.size() / dimension_;
  std::vector<float> norms(count);
  for (std::size_t q = 0; q < count; ++q) norms[q] = SquaredNorm(queries.subspan(q * dimension_, dimension_));

  std::vector<float> distances(count * size());
  for (std::size_t first_row = 0; first_row < size(); first_row += kPanelRows) {
    const float* panel = panels_.data() + first_row * dimension_;
    const std::size_t rows = std::min(kPanelRows, size() - first_row);
    const auto keep = [&](std::size_t query, const std::array<float, kPanelRows>& dots) {
      for (std::size_t r = 0; r < rows; ++r) {
        const float squared = norms[query] + squared_norms_[first_row + r] - 2 * dots[r];
        distances[query * size() + first_row + r] = std::max(0.0F, squared);
      }
    };
    std::size_t q = 0;
    for (; q + kQueryBlock <= count; q += kQueryBlock) {
      const auto dots = DotProducts<kQueryBlock>(queries.data() + q * dimension_, panel, dimension_);
      for (std::size_t i = 0; i < kQueryBlock; ++i) keep(q + i, dots[i]);
    }
    for (; q < count; ++q) keep(q, DotProducts<1>(queries.data() + q * dimension_, panel, dimension_)[0]);
  }
  return distances;
}

}  // namespace kinfolder
