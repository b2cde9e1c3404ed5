#include "image/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/check.h"

namespace kinfolder {
namespace {

constexpr int kChannels = 3;

// The source pixels first .. first+weights-1 that make one target pixel along one axis, and their weights (sum 1).
struct Taps {
  int first = 0;
  std::span<const float> weights;
};

// Taps for every target pixel of one axis; the weights lie in one block.
class Axis {
 public:
  // `extent` gives the continuous source interval [from, to) that target pixel i looks at, `weight` how much the source
  // pixel [x, x+1) counts for it.
  template <class Extent, class Weight>
  Axis(int source, int target, Extent extent, Weight weight) {
    starts_.reserve(target + 1);
    firsts_.reserve(target);
    for (int i = 0; i < target; ++i) {
      const auto [from, to] = extent(i);
      const int first = std::clamp(static_cast<int>(std::floor(from)), 0, source - 1);
      const int last = std::clamp(static_cast<int>(std::ceil(to)), first + 1, source);
      firsts_.push_back(first);
      starts_.push_back(weights_.size());
      double sum = 0;
      for (int x = first; x < last; ++x) sum += weight(i, x);
      for (int x = first; x < last; ++x) weights_.push_back(static_cast<float>(weight(i, x) / sum));
    }
    starts_.push_back(weights_.size());
  }

  int size() const { return static_cast<int>(firsts_.size()); }
  Taps operator[](int i) const {
    return {firsts_[i], std::span(weights_).subspan(starts_[i], starts_[i + 1] - starts_[i])};
  }

 private:
  std::vector<int> firsts_;
  std::vector<std::size_t> starts_;
  std::vector<float> weights_;
};

// A triangle of half-width `radius` source pixels around the middle of each target pixel.
Axis TriangleAxis(int source, int target, double radius) {
  const double scale = static_cast<double>(source) / target;
  const auto center = [scale](int i) { return (i + 0.5) * scale; };
  return {source, target, [=](int i) { return std::pair(center(i) - radius, center(i) + radius); },
          [=](int i, int x) { return std::max(1e-9, 1 - std::abs(x + 0.5 - center(i)) / radius); }};
}

Axis BilinearAxis(int source, int target) { return TriangleAxis(source, target, 1); }

Axis AreaAxis(int source, int target) {
  if (target >= source) return BilinearAxis(source, target);
  const double scale = static_cast<double>(source) / target;
  return {source, target, [=](int i) { return std::pair(i * scale, (i + 1) * scale); },
          [=](int i, int x) {
            return std::max(1e-9, std::min<double>(x + 1, (i + 1) * scale) - std::max<double>(x, i * scale));
          }};
}

// Of values that are 0 to 255: much faster than std::lround.
std::uint8_t Round(float value) {
  constexpr float kHalf = 0.5F;
  return static_cast<std::uint8_t>(value + kHalf);
}

Image Resize(const Image& image, const Axis& columns, const Axis& rows) {
  Image resized(columns.size(), rows.size());
  std::vector<float> sums(std::size_t{kChannels} * image.width());
  for (int y = 0; y < rows.size(); ++y) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    const Taps from = rows[y];
    for (std::size_t i = 0; i < from.weights.size(); ++i) {
      const std::uint8_t* source = image.row(from.first + static_cast<int>(i));
      const float weight = from.weights[i];
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += weight * static_cast<float>(source[x]);
    }
    std::uint8_t* target = resized.row(y);
    for (int x = 0; x < columns.size(); ++x, target += kChannels) {
      const Taps taps = columns[x];
      const float* source = sums.data() + std::size_t{kChannels} * taps.first;
      float red = 0;
      float green = 0;
      float blue = 0;
      for (const float weight : taps.weights) {
        red += weight * source[0];
        green += weight * source[1];
        blue += weight * source[2];
        source += kChannels;
      }
      target[0] = Round(red);
      target[1] = Round(green);
      target[2] = Round(blue);
    }
  }
  return resized;
}

// Shared by all that resize: nothing comes of nothing.
bool NothingToDo(const Image& image, Size size) { return image.empty() || size.width <= 0 || size.height <= 0; }

// Source pixels [first, last) of a target pixel.
struct Window {
  int first = 0;
  int last = 0;
};

std::vector<Window> AdaptiveWindows(int source, int target) {
  std::vector<Window> windows(target);
  for (std::int64_t i = 0; i < target; ++i) {
    windows[i] = {static_cast<int>(i * source / target), static_cast<int>(((i + 1) * source + target - 1) / target)};
  }
  return windows;
}

// sums[x] = the sum of `rows` bytes below each other. `Sum` is as narrow as the sums allow: it decides the speed.
template <class Sum>
void SumRows(const Image& image, const PixelRect& source, const Window& rows, std::vector<Sum>& sums) {
  const std::size_t count = std::size_t{kChannels} * source.width();
  const auto row_at = [&](int y) { return image.row(source.y1 + y) + std::ptrdiff_t{kChannels} * source.x1; };
  Sum* const target = sums.data();
  const std::uint8_t* const first = row_at(rows.first);
  for (std::size_t x = 0; x < count; ++x) target[x] = first[x];
  for (int y = rows.first + 1; y < rows.last; ++y) {
    const std::uint8_t* const row = row_at(y);
    for (std::size_t x = 0; x < count; ++x) target[x] = static_cast<Sum>(target[x] + row[x]);
  }
}

// Four numbers side by side, which compilers keep in one register: a pixel's channels, and one that is not used.
using Lanes = std::int32_t __attribute__((vector_size(16)));
using FloatLanes = float __attribute__((vector_size(16)));

template <class Sum>
Lanes LoadPixel(const Sum* sums) {
  Sum lanes __attribute__((vector_size(4 * sizeof(Sum))));
  std::memcpy(&lanes, sums, sizeof(lanes));
  return __builtin_convertvector(lanes, Lanes);
}

template <class Sum>
void AdaptiveToPlanes(const Image& image, const PixelRect& source, Size size, float* planes) {
  const auto columns = AdaptiveWindows(source.width(), size.width);
  const auto rows = AdaptiveWindows(source.height(), size.height);
  const std::size_t plane = std::size_t{1} * size.width * size.height;
  std::vector<Sum> sums(std::size_t{kChannels} * source.width() + 1);  // the last pixel's unused lane
  std::vector<float> parts(columns.size());                            // of one row, that a source pixel is of the mean
  for (std::size_t x = 0; x < columns.size(); ++x)
    parts[x] = 1 / static_cast<float>(columns[x].last - columns[x].first);
  for (int y = 0; y < size.height; ++y) {
    SumRows(image, source, rows[y], sums);
    const float part = 1 / static_cast<float>(rows[y].last - rows[y].first);
    float* target = planes + std::size_t{1} * y * size.width;
    for (int x = 0; x < size.width; ++x) {
      const auto [first, last] = columns[x];
      Lanes sum{};
      for (int i = first; i < last; ++i) sum += LoadPixel(sums.data() + std::ptrdiff_t{kChannels} * i);
      const FloatLanes mean = __builtin_convertvector(sum, FloatLanes) * (part * parts[x]);
      target[x] = mean[0];
      target[x + plane] = mean[1];
      target[x + 2 * plane] = mean[2];
    }
  }
}

// The 16-bit sums of up to so many bytes can't overflow.
constexpr int kRowsOf16BitSums = 65535 / 255;

}  // namespace

Image Crop(const Image& image, const PixelRect& rect) {
  if (rect.width() <= 0 || rect.height() <= 0) return {};
  Image crop(rect.width(), rect.height());
  const int x1 = std::max(rect.x1, 0);
  const int x2 = std::min(rect.x2, image.width());
  if (x1 >= x2) return crop;
  for (int y = std::max(rect.y1, 0); y < std::min(rect.y2, image.height()); ++y) {
    std::memcpy(crop.row(y - rect.y1) + std::ptrdiff_t{kChannels} * (x1 - rect.x1),
                image.row(y) + std::ptrdiff_t{kChannels} * x1, std::size_t{kChannels} * (x2 - x1));
  }
  return crop;
}

Image ResizeArea(const Image& image, Size size) {
  if (NothingToDo(image, size)) return {};
  return Resize(image, AreaAxis(image.width(), size.width), AreaAxis(image.height(), size.height));
}

Image ResizeBilinear(const Image& image, Size size) {
  if (NothingToDo(image, size)) return {};
  return Resize(image, BilinearAxis(image.width(), size.width), BilinearAxis(image.height(), size.height));
}

Image ResizeTriangle(const Image& image, Size size) {
  if (NothingToDo(image, size)) return {};
  const auto axis = [](int source, int target) {
    return TriangleAxis(source, target, std::max(1.0, static_cast<double>(source) / target));
  };
  return Resize(image, axis(image.width(), size.width), axis(image.height(), size.height));
}

void ResizeAdaptiveToPlanes(const Image& image, const PixelRect& source, Size size, std::span<float> planes) {
  CHECK(source.x1 >= 0 && source.y1 >= 0 && source.x2 <= image.width() && source.y2 <= image.height());
  CHECK(source.width() > 0 && source.height() > 0 && size.width > 0 && size.height > 0);
  CHECK(planes.size() == std::size_t{kChannels} * size.width * size.height);
  const int rows = source.height() / size.height + 2;  // of a target pixel, at most
  CHECK(std::int64_t{rows} * (source.width() / size.width + 2) <= std::numeric_limits<std::int32_t>::max() / 255);
  if (rows <= kRowsOf16BitSums) {
    AdaptiveToPlanes<std::uint16_t>(image, source, size, planes.data());
  } else {
    AdaptiveToPlanes<std::uint32_t>(image, source, size, planes.data());
  }
}

Image ResizeAdaptive(const Image& image, Size size) {
  if (NothingToDo(image, size)) return {};
  const std::size_t plane = std::size_t{1} * size.width * size.height;
  std::vector<float> planes(kChannels * plane);
  ResizeAdaptiveToPlanes(image, {0, 0, image.width(), image.height()}, size, planes);
  Image resized(size.width, size.height);
  std::uint8_t* target = resized.row(0);
  for (std::size_t i = 0; i < plane; ++i) {
    for (int channel = 0; channel < kChannels; ++channel) *target++ = Round(planes[channel * plane + i]);
  }
  return resized;
}

}  // namespace kinfolder
