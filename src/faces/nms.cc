#include "faces/nms.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace kinfolder {
namespace {

// Boxes as columns, so that one box is compared with many by vector instructions.
struct Columns {
  std::vector<float> x1;
  std::vector<float> y1;
  std::vector<float> x2;
  std::vector<float> y2;
  std::vector<float> area;
};

Columns ToColumns(std::span<const ScoredBox> boxes, const std::vector<std::size_t>& order, float extra) {
  Columns columns;
  for (std::vector<float>* column : {&columns.x1, &columns.y1, &columns.x2, &columns.y2, &columns.area}) {
    column->reserve(order.size());
  }
  for (const std::size_t i : order) {
    const Box& box = boxes[i].box;
    columns.x1.push_back(box.x1);
    columns.y1.push_back(box.y1);
    columns.x2.push_back(box.x2);
    columns.y2.push_back(box.y2);
    columns.area.push_back((box.width() + extra) * (box.height() + extra));
  }
  return columns;
}

// Marks in `gone` those after `best` that overlap it too much.
template <OverlapOf kOverlapOf>
void MarkOverlapping(const Columns& columns, std::size_t best, float max_overlap, float extra,
                     std::vector<std::uint8_t>& gone) {
  const float x1 = columns.x1[best];
  const float y1 = columns.y1[best];
  const float x2 = columns.x2[best];
  const float y2 = columns.y2[best];
  const float area = columns.area[best];
  for (std::size_t i = best + 1; i < gone.size(); ++i) {
    const float width = std::max(0.0F, std::min(x2, columns.x2[i]) - std::max(x1, columns.x1[i]) + extra);
    const float height = std::max(0.0F, std::min(y2, columns.y2[i]) - std::max(y1, columns.y1[i]) + extra);
    const float shared = width * height;
    const float whole =
        kOverlapOf == OverlapOf::kUnion ? area + columns.area[i] - shared : std::min(area, columns.area[i]);
    gone[i] |= static_cast<std::uint8_t>(shared > max_overlap * whole);
  }
}

}  // namespace

std::vector<std::size_t> SuppressOverlaps(std::span<const ScoredBox> boxes, float max_overlap, OverlapOf overlap_of) {
  std::vector<std::size_t> order(boxes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return boxes[a].score > boxes[b].score; });
  const float extra = overlap_of == OverlapOf::kSmaller ? 1.0F : 0.0F;
  const Columns columns = ToColumns(boxes, order, extra);
  std::vector<std::uint8_t> gone(boxes.size());
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (gone[i] != 0) continue;
    kept.push_back(order[i]);
    if (overlap_of == OverlapOf::kUnion) {
      MarkOverlapping<OverlapOf::kUnion>(columns, i, max_overlap, extra, gone);
    } else {
      MarkOverlapping<OverlapOf::kSmaller>(columns, i, max_overlap, extra, gone);
    }
  }
  return kept;
}

}  // namespace kinfolder
