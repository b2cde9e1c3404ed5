#include "search/near_rows.h"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/parallel.h"
#include "search/byte_table.h"
#include "search/distances.h"

namespace kinfolder {
namespace {

constexpr std::uint64_t kTrees = 3;
constexpr std::size_t kLargestPart = 2048;  // that is compared within itself
constexpr std::size_t kUsualPart = 1024;    // what so many pivots are taken for, up to kMostPivots
constexpr std::size_t kMostPivots = 64;
constexpr std::uint64_t kDeepest = 4;  // levels; 64 pivots sort millions in three
constexpr std::size_t kSortedAtOnce = 1024;

// A number that looks drawn by chance (the finalizer of splitmix64: Steele, Lea, Flood 2014).
std::uint64_t Scrambled(std::uint64_t bits) {
  bits += 0x9E3779B97F4A7C15U;
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31U);
}

class NearRowFinder {
 public:
  NearRowFinder(std::span<const float> rows, std::size_t dimension, std::span<const std::int64_t> ids,
                float squared_cutoff, std::size_t most)
      : rows_(rows),
        dimension_(dimension),
        ids_(ids),
        squared_cutoff_(squared_cutoff),
        most_(most),
        near_(ids.size()) {}

  std::vector<std::vector<NearRow>> Find() {
    Rows all(ids_.size());
    std::iota(all.begin(), all.end(), 0U);
    if (all.size() <= kAllCompared) {
      parts_.push_back(all);
    } else {
      for (std::uint64_t tree = 0; tree < kTrees; ++tree) Sort(all, tree, 0);
    }
    CompareParts();
    for (std::size_t row = 0; row < near_.size(); ++row) MakeExact(row);
    return std::move(near_);
  }

 private:
  using Rows = std::vector<std::uint32_t>;

  std::span<const float> Vector(std::size_t row) const { return rows_.subspan(row * dimension_, dimension_); }

  std::vector<float> Gathered(std::span<const std::uint32_t> rows) const {
    std::vector<float> gathered;
    gathered.reserve(rows.size() * dimension_);
    for (const std::uint32_t row : rows) {
      const std::span<const float> vector = Vector(row);
      gathered.insert(gathered.end(), vector.begin(), vector.end());
    }
    return gathered;
  }

  bool IsNearer(const NearRow& a, const NearRow& b) const {
    return std::tie(a.squared_distance, ids_[a.row]) < std::tie(b.squared_distance, ids_[b.row]);
  }

  // Keeps what may be near, by its rough distance. Returns the bar of what is worth keeping of this row; near_[row] is
  // a heap, the farthest first.
  float Keep(std::size_t row, const NearRow& found) {
    const auto is_nearer = [this](const NearRow& a, const NearRow& b) { return IsNearer(a, b); };
    const std::scoped_lock lock(locks_[row % locks_.size()]);
    std::vector<NearRow>& near = near_[row];
    const bool is_new = std::ranges::find(near, found.row, &NearRow::row) == near.end();
    if (is_new && near.size() == most_ && IsNearer(found, near.front())) {
      std::ranges::pop_heap(near, is_nearer);
      near.pop_back();
    }
    if (is_new && near.size() < most_) {
      near.push_back(found);
      std::ranges::push_heap(near, is_nearer);
    }
    return near.size() < most_ ? std::numeric_limits<float>::max() : near.front().squared_distance;
  }

  // Distances as they are, instead of the rough ones, and no more than is near.
  void MakeExact(std::size_t row) {
    std::vector<NearRow>& near = near_[row];
    for (NearRow& other : near) other.squared_distance = SquaredDistance(Vector(row), Vector(other.row));
    std::erase_if(near, [this](const NearRow& other) { return other.squared_distance >= squared_cutoff_; });
    std::ranges::sort(near, [this](const NearRow& a, const NearRow& b) { return IsNearer(a, b); });
  }

  // A part in each thread; a single one is shared out.
  void CompareParts() {
    const std::size_t threads_of_part = parts_.size() == 1 ? 0 : 1;
    const Status done = ForEachInParallel(parts_.size(), {0, {}, nullptr}, [&](std::size_t part) {
      Compare(parts_[part], threads_of_part);
      return Status();
    });
    CHECK(done);  // nothing of it can fail
  }

  // All with all.
  void Compare(std::span<const std::uint32_t> rows, std::size_t threads) {
    if (rows.size() < 2) return;
    const std::vector<float> gathered = Gathered(rows);
    ByteTable table(dimension_);
    std::vector<float> bars;
    bars.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      table.Add(std::span(gathered).subspan(i * dimension_, dimension_));
      bars.push_back(squared_cutoff_);
    }
    table.Search(
        gathered, bars,
        [&](std::size_t query, const RoughDistance& distance) {
          if (distance.row == query) return;
          const float farthest = Keep(rows[query], {rows[distance.row], distance.squared});
          bars[query] = std::min(squared_cutoff_, farthest - distance.error);
        },
        threads);
  }

  // The rows by chance, but always the same way.
  void Shuffle(Rows& rows, std::uint64_t draw) const {
    const auto key = [this, draw](std::uint32_t row) {
      return std::pair(Scrambled(Scrambled(static_cast<std::uint64_t>(ids_[row])) ^ draw), ids_[row]);
    };
    std::ranges::sort(rows, {}, key);
  }

  void Sort(Rows rows, std::uint64_t tree, std::uint64_t level) {
    if (rows.size() <= kLargestPart) return parts_.push_back(std::move(rows));
    Shuffle(rows, tree * kDeepest + level);
    if (level == kDeepest) {  // pivots don't tell these apart
      for (std::size_t first = 0; first < rows.size(); first += kLargestPart) {
        const auto part = std::span(rows).subspan(first, std::min(kLargestPart, rows.size() - first));
        parts_.emplace_back(part.begin(), part.end());
      }
      return;
    }
    std::vector<Rows> parts = PartsOf(rows);
    rows = {};
    for (Rows& part : parts) Sort(std::exchange(part, {}), tree, level + 1);
  }

  // The first rows are the pivots. A row goes to the two nearest; a part of one row is of no use.
  std::vector<Rows> PartsOf(std::span<const std::uint32_t> rows) const {
    const std::size_t count = std::min(2 * rows.size() / kUsualPart, kMostPivots);
    DistanceTable pivots(dimension_);
    for (std::size_t i = 0; i < count; ++i) pivots.Add(Vector(rows[i]));
    std::vector<Rows> parts(count);
    for (std::size_t first = 0; first < rows.size(); first += kSortedAtOnce) {
      const std::span<const std::uint32_t> some = rows.subspan(first, std::min(kSortedAtOnce, rows.size() - first));
      const std::vector<float> distances = pivots.SquaredDistances(Gathered(some));
      for (std::size_t i = 0; i < some.size(); ++i) {
        const float* const of_row = &distances[i * count];
        const auto id = static_cast<std::uint64_t>(ids_[some[i]]);
        const auto is_nearer = [of_row, id](std::size_t a, std::size_t b) {
          if (of_row[a] != of_row[b]) return of_row[a] < of_row[b];
          return Scrambled(Scrambled(id) ^ a) < Scrambled(Scrambled(id) ^ b);  // pivots that are the same share rows
        };
        std::size_t nearest = 0;
        std::size_t second = 1;
        if (is_nearer(second, nearest)) std::swap(nearest, second);
        for (std::size_t pivot = 2; pivot < count; ++pivot) {
          if (is_nearer(pivot, second)) second = pivot;
          if (is_nearer(second, nearest)) std::swap(nearest, second);
        }
        parts[nearest].push_back(some[i]);
        parts[second].push_back(some[i]);
      }
    }
    return parts;
  }

  std::span<const float> rows_;
  std::size_t dimension_;
  std::span<const std::int64_t> ids_;
  float squared_cutoff_;
  std::size_t most_;
  std::vector<Rows> parts_;            // to be compared
  std::array<std::mutex, 256> locks_;  // of near_: a row's is that of its number modulo 256
  std::vector<std::vector<NearRow>> near_;
};

}  // namespace

std::vector<std::vector<NearRow>> FindNearRows(std::span<const float> rows, std::size_t dimension,
                                               std::span<const std::int64_t> ids, float squared_cutoff,
                                               std::size_t most) {
  CHECK(rows.size() == ids.size() * dimension);
  CHECK(ids.size() <= std::numeric_limits<std::uint32_t>::max());
  CHECK(most > 0);
  return NearRowFinder(rows, dimension, ids, squared_cutoff, most).Find();
}

}  // namespace kinfolder
