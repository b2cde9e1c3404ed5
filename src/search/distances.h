// Squared L2 distances between every query and every row of a table: one matrix product.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kinfolder {

// |a - b|^2 of two vectors of one length.
float SquaredDistance(std::span<const float> a, std::span<const float> b);

// Rows to be compared with.
class DistanceTable {
 public:
  explicit DistanceTable(std::size_t dimension = 0) : dimension_(dimension) {}

  std::size_t size() const { return squared_norms_.size(); }
  std::size_t dimension() const { return dimension_; }

  // CHECKs that `row` has dimension() values.
  void Add(std::span<const float> row);
  std::span<const float> Row(std::size_t row) const;

  // `queries` holds query after query, dimension() values each. The answer holds |query - row|^2, size() values a
  // query: |q|^2 + |r|^2 - 2 q.r, and, where that is so little that rounding counts, the sum of the squared
  // differences; so it is never below zero, and exactly zero where the two are bit for bit the same. On all cores.
  std::vector<float> SquaredDistances(std::span<const float> queries) const;

 private:
  std::size_t dimension_;
  std::vector<float> rows_;
  std::vector<float> squared_norms_;
};

}  // namespace kinfolder
