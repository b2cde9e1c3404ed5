// Distances told roughly, from copies of a table's rows in 8 bits: which rows are surely not near is found several
// times as fast as by the rows themselves, and so little is left that it can be compared exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace kinfolder {

// A row, and how far it is from a query.
struct RoughDistance {
  std::size_t row = 0;
  float squared = 0;  // depends on the two alone
  float error = 0;    // how far from the truth it may be

  float least() const { return squared - error; }
  float most() const { return squared + error; }
};

class ByteTable {
 public:
  explicit ByteTable(std::size_t dimension = 0) : dimension_(dimension) {}

  std::size_t size() const { return squared_norms_.size(); }

  // CHECKs that `row` has as many values as the table has dimensions.
  void Add(std::span<const float> row);

  // Calls near(query, distance) for every row, in rising order, that may be as near to the query as bars[query] or
  // nearer. `near` may lower its query's bar, of squared distances, for the rows that follow. `queries` holds query
  // after query. One matrix product of whole numbers. In several threads, all cores' if it is 0, several queries may be
  // told of their rows at once.
  using NearRow = std::function<void(std::size_t query, const RoughDistance& distance)>;
  void Search(std::span<const float> queries, std::span<float> bars, const NearRow& near,
              std::size_t threads = 0) const;

 private:
  // What all rows of one product have in common.
  struct Block {
    float longest = 0;    // L2 norm of a row
    float most_lost = 0;  // L2 norm of what rounding took from a row
  };

  void SearchSome(std::span<const float> queries, std::span<float> bars, std::size_t first, std::size_t end,
                  const NearRow& near) const;

  std::size_t dimension_;
  std::vector<std::int8_t> bytes_;
  std::vector<float> scales_;  // of the bytes, one a row
  std::vector<float> squared_norms_;
  std::vector<Block> blocks_;
};

}  // namespace kinfolder
