#include "train/lbp_describer.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "base/check.h"
#include "train/grey_face.h"

namespace kinfolder {
namespace {

constexpr int kRegions = 8;  // on a side
constexpr int kRegionPixels = 14;
constexpr int kSide = kRegions * kRegionPixels;
constexpr int kNeighbours = 8;
constexpr float kRadius = 2;
constexpr int kReach = 2;
constexpr int kPatterns = 59;  // 58 uniform ones, and one for all others

// The histogram's bin of each pattern. Uniform: at most two changes between 0 and 1 around the circle.
std::array<int, 256> PatternBins() {
  std::array<int, 256> bins{};
  int next = 0;
  for (unsigned pattern = 0; pattern < bins.size(); ++pattern) {
    const auto byte = static_cast<std::uint8_t>(pattern);
    const auto changes = static_cast<std::uint8_t>(byte ^ std::rotl(byte, 1));
    bins[pattern] = std::popcount(changes) <= 2 ? next++ : kPatterns - 1;
  }
  CHECK(next == kPatterns - 1);
  return bins;
}

// The face between its pixels, bilinear; places must lie inside.
float ValueAt(const GreyFace& face, float x, float y) {
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  const float right_share = x - static_cast<float>(left);
  const float lower_share = y - static_cast<float>(top);
  const auto value = [&](int i, int j) { return face.values[std::size_t{1} * j * face.side + i]; };
  // Where a neighbour falls onto a pixel of the last row or column there is none beyond, and none is needed.
  const int right = right_share > 0 ? left + 1 : left;
  const int lower = lower_share > 0 ? top + 1 : top;
  return (value(left, top) * (1 - right_share) + value(right, top) * right_share) * (1 - lower_share) +
         (value(left, lower) * (1 - right_share) + value(right, lower) * right_share) * lower_share;
}

unsigned PatternAt(const GreyFace& face, int x, int y) {
  // The neighbours between pixels are interpolated: flat places must not be taken for rising ones by rounding.
  constexpr float kTolerance = 1e-3F;
  constexpr float kDiagonal = kRadius * std::numbers::sqrt2_v<float> / 2;
  constexpr std::array<Point, kNeighbours> kOffsets = {{{kRadius, 0},
                                                        {kDiagonal, kDiagonal},
                                                        {0, kRadius},
                                                        {-kDiagonal, kDiagonal},
                                                        {-kRadius, 0},
                                                        {-kDiagonal, -kDiagonal},
                                                        {0, -kRadius},
                                                        {kDiagonal, -kDiagonal}}};
  const auto center_x = static_cast<float>(x);
  const auto center_y = static_cast<float>(y);
  const float center = ValueAt(face, center_x, center_y);
  unsigned pattern = 0;
  for (unsigned i = 0; i < kNeighbours; ++i) {
    const float neighbour = ValueAt(face, center_x + kOffsets[i].x, center_y + kOffsets[i].y);
    if (neighbour >= center - kTolerance) pattern |= 1U << i;
  }
  return pattern;
}

class LbpDescriber final : public FaceDescriber {
 public:
  LbpDescriber() : bins_(PatternBins()) {}

  std::string name() const override { return "LBP histograms"; }

  // A histogram a region, each with the sum 1.
  Result<std::vector<float>> Describe(const FaceCrop& face) const override {
    const GreyFace grey = CutGreyFace(face, kSide);
    std::vector<float> counts(std::size_t{kRegions} * kRegions * kPatterns);
    std::array<float, std::size_t{kRegions} * kRegions> totals{};
    for (int y = kReach; y < kSide - kReach; ++y) {
      for (int x = kReach; x < kSide - kReach; ++x) {
        const int region = y / kRegionPixels * kRegions + x / kRegionPixels;
        ++counts[std::size_t{kPatterns} * region + bins_[PatternAt(grey, x, y)]];
        ++totals[region];
      }
    }
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] /= totals[i / kPatterns];
    return counts;
  }

  // Ahonen et al., equation 6, all regions with the same weight.
  float DistanceOf(std::span<const float> a, std::span<const float> b) const override {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const float both = a[i] + b[i];
      if (both > 0) sum += (a[i] - b[i]) * (a[i] - b[i]) / both;
    }
    return sum;
  }

 private:
  std::array<int, 256> bins_;
};

}  // namespace

std::unique_ptr<FaceDescriber> MakeLbpDescriber() { return std::make_unique<LbpDescriber>(); }

}  // namespace kinfolder
