#include "train/made_up_face.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "image/resample.h"
#include "train/chance.h"

namespace kinfolder {
namespace {

constexpr int kCells = 4;           // of a smooth field, across the picture
constexpr float kMostBend = 0.09F;  // of the side, at a field's knots; between them it comes to about half of that
constexpr float kWholeParents = 0.75F;
constexpr float kInset = 0.02F;  // of the side: what a photo's edge spoils of it
constexpr float kFade = 0.08F;   // of the side, from there inwards
constexpr float kMostGain = 1.6F;

Random RandomFor(std::size_t index, std::uint32_t use) {
  const std::uint64_t bits = index;
  std::seed_seq sequence{static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32U), use};
  return Random(sequence);
}

// The uniform cubic B-spline's weights of the four knots around a place in 0 to 1 between the middle two.
std::array<float, 4> SplineWeights(float t) {
  const float s = 1 - t;
  return {s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6, t * t * t / 6};
}

struct SplinePlace {
  int knot = 0;  // the first of four
  std::array<float, 4> weights{};
};

std::vector<SplinePlace> PlacesAlong(int side) {
  std::vector<SplinePlace> places;
  places.reserve(static_cast<std::size_t>(side));
  for (int i = 0; i < side; ++i) {
    const float at = (static_cast<float>(i) + 0.5F) / static_cast<float>(side) * kCells;
    const int knot = std::min(static_cast<int>(at), kCells - 1);
    places.push_back({knot, SplineWeights(at - static_cast<float>(knot))});
  }
  return places;
}

// A number for each place of a picture that changes slowly from place to place.
class SmoothField {
 public:
  SmoothField(Random& random, float low, float high) {
    for (auto& row : knots_) {
      for (float& knot : row) knot = Uniform(random, low, high);
    }
  }

  // The row's numbers.
  void FillRow(const SplinePlace& y, const std::vector<SplinePlace>& columns, std::vector<float>& row) const {
    std::array<float, kKnots> along{};
    for (std::size_t i = 0; i < kKnots; ++i) {
      for (std::size_t j = 0; j < 4; ++j) along[i] += y.weights[j] * knots_[static_cast<std::size_t>(y.knot) + j][i];
    }
    for (std::size_t x = 0; x < columns.size(); ++x) {
      const float* four = along.data() + columns[x].knot;
      const std::array<float, 4>& weights = columns[x].weights;
      row[x] = weights[0] * four[0] + weights[1] * four[1] + weights[2] * four[2] + weights[3] * four[3];
    }
  }

 private:
  static constexpr std::size_t kKnots = kCells + 3;
  std::array<std::array<float, kKnots>, kKnots> knots_{};
};

struct Fields {
  SmoothField right;  // of the side: where a pixel comes from
  SmoothField down;
  SmoothField share;  // of the second face; beyond 0 and 1 it is all of one
};

Fields DrawFields(Random& random) {
  const float bend = Uniform(random, 0, kMostBend);
  const SmoothField right(random, -bend, bend);
  const SmoothField down(random, -bend, bend);
  // A third is one bent face alone; the others are mixed half and half in the middle of their range.
  const float middle = Chance(random, 1 / 3.0F) ? -1 : Uniform(random, 0.2F, 0.8F);
  const float spread = middle < 0 ? 0 : Uniform(random, 0, 0.8F);
  return {right, down, SmoothField(random, middle - spread, middle + spread)};
}

// The part of the picture that shows a photo; what is beyond repeats its edges. Levels differ by less than kAlike
// there, after JPEG.
PixelRect PhotoPart(const Image& image) {
  constexpr int kAlike = 3;
  const auto differ = [](const std::uint8_t* a, const std::uint8_t* b, int count, std::ptrdiff_t step) {
    int sum = 0;
    for (int i = 0; i < count; ++i, a += step, b += step) {
      sum += std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
    }
    return sum >= 3 * kAlike * count;
  };
  const int width = image.width();
  const int height = image.height();
  const auto rows_differ = [&](int y, int edge) { return differ(image.row(y), image.row(edge), width, 3); };
  const auto columns_differ = [&](int x, int edge) {
    return differ(image.row(0) + std::ptrdiff_t{3} * x, image.row(0) + std::ptrdiff_t{3} * edge, height,
                  std::ptrdiff_t{3} * width);
  };
  PixelRect part{0, 0, width, height};
  while (part.y1 < height / 2 && !rows_differ(part.y1 + 1, 0)) ++part.y1;
  while (part.y2 > height / 2 + 1 && !rows_differ(part.y2 - 2, height - 1)) --part.y2;
  while (part.x1 < width / 2 && !columns_differ(part.x1 + 1, 0)) ++part.x1;
  while (part.x2 > width / 2 + 1 && !columns_differ(part.x2 - 2, width - 1)) --part.x2;
  return part;
}

bool IsWhole(const Image& image) {
  const int few = image.width() / 16;  // rows or columns of a plain or blurred background
  const PixelRect part = PhotoPart(image);
  return part.x1 <= few && part.y1 <= few && image.width() - part.x2 <= few && image.height() - part.y2 <= few;
}

// How much of the second face a place must have: all beyond the first one's photo, nothing some way inside it.
class Surroundings {
 public:
  explicit Surroundings(const Image& image)
      : part_(PhotoPart(image)),
        size_(image.size()),
        inset_(kInset * static_cast<float>(image.width())),
        fade_(kFade * static_cast<float>(image.width())) {}

  float At(float x, float y) const {
    float inside = inset_ + fade_;
    if (part_.x1 > 0) inside = std::min(inside, x - static_cast<float>(part_.x1));
    if (part_.y1 > 0) inside = std::min(inside, y - static_cast<float>(part_.y1));
    if (part_.x2 < size_.width) inside = std::min(inside, static_cast<float>(part_.x2) - x);
    if (part_.y2 < size_.height) inside = std::min(inside, static_cast<float>(part_.y2) - y);
    return std::clamp(1 - (inside - inset_) / fade_, 0.0F, 1.0F);
  }

 private:
  PixelRect part_;
  Size size_;
  float inset_;
  float fade_;
};

// The mean of each channel in the middle, where the face is.
std::array<float, 3> ColorOfFace(const Image& image) {
  std::array<float, 3> sum{};
  int count = 0;
  for (int y = image.height() / 4; y < image.height() - image.height() / 4; ++y) {
    const std::uint8_t* pixel = image.row(y) + std::size_t{3} * (image.width() / 4);
    for (int x = image.width() / 4; x < image.width() - image.width() / 4; ++x, pixel += 3, ++count) {
      for (std::size_t i = 0; i < 3; ++i) sum[i] += static_cast<float>(pixel[i]);
    }
  }
  for (float& value : sum) value /= static_cast<float>(std::max(count, 1));
  return sum;
}

// In the first one's light, as far as that is possible without harm.
std::array<float, 3> GainsFor(const Image& first, const Image& second) {
  const std::array<float, 3> wanted = ColorOfFace(first);
  const std::array<float, 3> had = ColorOfFace(second);
  std::array<float, 3> gains{};
  for (std::size_t i = 0; i < 3; ++i) gains[i] = std::clamp((wanted[i] + 1) / (had[i] + 1), 1 / kMostGain, kMostGain);
  return gains;
}

}  // namespace

std::vector<std::size_t> WholeCrops(std::span<const Image> crops) {
  std::vector<std::size_t> whole;
  for (std::size_t i = 0; i < crops.size(); ++i) {
    if (IsWhole(crops[i])) whole.push_back(i);
  }
  return whole;
}

Parents ParentsOf(std::size_t index, std::size_t count, std::span<const std::size_t> whole) {
  CHECK(count > 0);
  Random random = RandomFor(index, 0);
  const std::size_t first = random() % count;
  const bool take_whole = Chance(random, kWholeParents) && !whole.empty();
  return {first, take_whole ? whole[random() % whole.size()] : random() % count};
}

Image MakeUpFace(const Image& first, const Image& second, std::size_t index) {
  if (first.empty() || second.empty()) return first;
  const Image other = second.size() == first.size() ? second : ResizeTriangle(second, first.size());
  Random random = RandomFor(index, 1);
  const Fields fields = DrawFields(random);
  const Surroundings surroundings(first);
  const std::array<float, 3> gains = GainsFor(first, other);
  const auto width = static_cast<float>(first.width());
  const auto height = static_cast<float>(first.height());
  const std::vector<SplinePlace> columns = PlacesAlong(first.width());
  const std::vector<SplinePlace> rows = PlacesAlong(first.height());
  std::vector<float> right(columns.size());
  std::vector<float> down(columns.size());
  std::vector<float> shares(columns.size());
  Image face(first.width(), first.height());
  for (int y = 0; y < face.height(); ++y) {
    const SplinePlace& place = rows[static_cast<std::size_t>(y)];
    fields.right.FillRow(place, columns, right);
    fields.down.FillRow(place, columns, down);
    fields.share.FillRow(place, columns, shares);
    std::uint8_t* target = face.row(y);
    for (std::size_t x = 0; x < columns.size(); ++x, target += 3) {
      const float from_x = static_cast<float>(x) + 0.5F + right[x] * width;
      const float from_y = static_cast<float>(y) + 0.5F + down[x] * height;
      const float share = std::max(std::clamp(shares[x], 0.0F, 1.0F), surroundings.At(from_x, from_y));
      const std::array<float, 3> mine = share < 1 ? ColorAt(first, from_x, from_y) : std::array<float, 3>{};
      const std::array<float, 3> yours = share > 0 ? ColorAt(other, from_x, from_y) : std::array<float, 3>{};
      for (std::size_t i = 0; i < 3; ++i) {
        const float mixed = (1 - share) * mine[i] + share * std::min(gains[i] * yours[i], 255.0F);
        target[i] = static_cast<std::uint8_t>(std::lround(mixed));
      }
    }
  }
  return face;
}

}  // namespace kinfolder
