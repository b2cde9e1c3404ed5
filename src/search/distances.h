// Squared L2 distances between every query and every row of a table: one matrix product, blocked so that the compiler
// turns it into vector instructions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kinfolder {

// Rows to be compared with, kept in the order that the product reads them in.
class DistanceTable {
 public:
  explicit DistanceTable(std::size_t dimension = 0) : dimension_(dimension) {}

  std::size_t size() const { return squared_norms_.size(); }
  std::size_t dimension() const { return dimension_; }

  // CHECKs that `row` has dimension() values.
  void Add(std::span<const float> row);
  std::vector<float> Row(std::size_t row) const;

  // `queries` holds query after query, dimension() values each. The answer holds |query - row|^2, size() values a
  // query: |q|^2 + |r|^2 - 2 q.r, never below zero, and exactly zero where the two are bit for bit the same.
  std::vector<float> SquaredDistances(std::span<const float> queries) const;

 private:
  std::size_t dimension_;
  // Panels of kPanelRows rows: value k of all of a panel's rows, then value k + 1, ...; the last one padded with zeros.
  std::vector<float> panels_;
  std::vector<float> squared_norms_;
};

}  // namespace kinfolder
