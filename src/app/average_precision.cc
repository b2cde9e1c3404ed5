#include "app/average_precision.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace kinfolder {
namespace {

// A detection that counts, right or wrong.
struct Counted {
  float score = 0;
  bool hit = false;
};

// The free face, in the range or outside it as asked, that `box` overlaps most.
std::optional<std::size_t> BestFreeFace(const Box& box, const std::vector<Box>& truth, const std::vector<bool>& taken,
                                        const HeightRange& heights, bool in_range) {
  std::optional<std::size_t> best;
  float best_overlap = kMatchingIou;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (taken[i] || heights.contains(truth[i].height()) != in_range) continue;
    const float overlap = IntersectionOverUnion(box, truth[i]);
    if (overlap < best_overlap || (best && overlap == best_overlap)) continue;
    best = i;
    best_overlap = overlap;
  }
  return best;
}

void CountDetections(const DetectionCase& photo, const HeightRange& heights, std::vector<Counted>& counted) {
  std::vector<ScoredBox> found = photo.found;
  std::ranges::stable_sort(found, std::ranges::greater(), &ScoredBox::score);
  std::vector<bool> taken(photo.truth.size(), false);
  for (const ScoredBox& detection : found) {
    if (const auto face = BestFreeFace(detection.box, photo.truth, taken, heights, true)) {
      taken[*face] = true;
      counted.push_back({detection.score, true});
    } else if (const auto ignored = BestFreeFace(detection.box, photo.truth, taken, heights, false)) {
      taken[*ignored] = true;
    } else if (heights.contains(detection.box.height())) {
      counted.push_back({detection.score, false});
    }
  }
}

// Area under the curve whose precision at a recall is the highest of all points with at least that recall.
double AreaUnderCurve(std::vector<Counted> counted, int faces) {
  std::ranges::stable_sort(counted, std::ranges::greater(), &Counted::score);
  std::vector<double> precision;  // at each hit
  int hits = 0;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    if (counted[i].hit) precision.push_back(++hits / static_cast<double>(i + 1));
  }
  double area = 0;
  double highest = 0;
  for (auto point = precision.rbegin(); point != precision.rend(); ++point) {
    highest = std::max(highest, *point);
    area += highest / faces;
  }
  return area;
}

}  // namespace

AveragePrecision MeasureAveragePrecision(std::span<const DetectionCase> cases, const HeightRange& heights) {
  AveragePrecision result;
  std::vector<Counted> counted;
  for (const DetectionCase& photo : cases) {
    result.faces += static_cast<int>(
        std::ranges::count_if(photo.truth, [&](const Box& face) { return heights.contains(face.height()); }));
    CountDetections(photo, heights, counted);
  }
  if (result.faces == 0) return result;
  result.recall = static_cast<double>(std::ranges::count_if(counted, &Counted::hit)) / result.faces;
  result.ap = AreaUnderCurve(std::move(counted), result.faces);
  return result;
}

}  // namespace kinfolder
