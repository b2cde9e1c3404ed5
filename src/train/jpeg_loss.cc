#include "train/jpeg_loss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "train/linear_light.h"

namespace kinfolder {
namespace {

constexpr int kSide = 8;
constexpr int kBlock = kSide * kSide;
using Block = std::array<float, kBlock>;

constexpr std::array<int, kBlock> kLumaTable = {16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
                                                14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
                                                18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
                                                49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};
constexpr std::array<int, kBlock> kChromaTable = {17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
                                                  24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
                                                  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                                                  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

// One channel.
struct Plane {
  int width = 0;
  int height = 0;
  std::vector<float> values;

  Plane(int w, int h) : width(w), height(h), values(std::size_t{1} * w * h) {}
  float* row(int y) { return values.data() + std::size_t{1} * width * y; }
  const float* row(int y) const { return values.data() + std::size_t{1} * width * y; }
};

// libjpeg's jpeg_quality_scaling.
Block StepsFor(const std::array<int, kBlock>& table, float quality) {
  quality = std::clamp(quality, 1.0F, 100.0F);
  const float scale = quality < 50 ? 50 / quality : 2 - quality / 50;
  Block steps{};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i] = std::clamp(std::round(static_cast<float>(table[i]) * scale), 1.0F, 255.0F);
  }
  return steps;
}

// Row k holds the k-th cosine; its inverse is its transpose.
Block MakeCosines() {
  Block cosines{};
  for (int k = 0; k < kSide; ++k) {
    for (int x = 0; x < kSide; ++x) {
      const double scale = k == 0 ? std::sqrt(1.0 / kSide) : std::sqrt(2.0 / kSide);
      cosines[kSide * k + x] = static_cast<float>(scale * std::cos((2 * x + 1) * k * std::numbers::pi / (2 * kSide)));
    }
  }
  return cosines;
}

Block Product(const Block& a, const Block& b) {
  Block product{};
  for (int y = 0; y < kSide; ++y) {
    for (int k = 0; k < kSide; ++k) {
      const float factor = a[kSide * y + k];
      for (int x = 0; x < kSide; ++x) product[kSide * y + x] += factor * b[kSide * k + x];
    }
  }
  return product;
}

Block Transposed(const Block& block) {
  Block transposed{};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) transposed[kSide * x + y] = block[kSide * y + x];
  }
  return transposed;
}

// Both sides of the plane are multiples of 8.
void Quantize(Plane& plane, const Block& steps) {
  const Block cosines = MakeCosines();
  const Block inverse = Transposed(cosines);
  for (int top = 0; top < plane.height; top += kSide) {
    for (int left = 0; left < plane.width; left += kSide) {
      Block block{};
      for (int y = 0; y < kSide; ++y) {
        std::copy_n(plane.row(top + y) + left, kSide, block.begin() + std::ptrdiff_t{kSide} * y);
      }
      Block spectrum = Product(Product(cosines, block), inverse);
      for (int i = 0; i < kBlock; ++i) spectrum[i] = std::nearbyint(spectrum[i] / steps[i]) * steps[i];
      block = Product(Product(inverse, spectrum), cosines);
      for (int y = 0; y < kSide; ++y) {
        std::copy_n(block.begin() + std::ptrdiff_t{kSide} * y, kSide, plane.row(top + y) + left);
      }
    }
  }
}

// The mean of each 2 x 2.
Plane Halved(const Plane& plane) {
  Plane half(plane.width / 2, plane.height / 2);
  for (int y = 0; y < half.height; ++y) {
    const float* upper = plane.row(2 * y);
    const float* lower = plane.row(2 * y + 1);
    float* target = half.row(y);
    for (int x = 0; x < half.width; ++x, upper += 2, lower += 2) {
      target[x] = (upper[0] + upper[1] + lower[0] + lower[1]) / 4;
    }
  }
  return half;
}

// Bilinear at pixel (x, y) of the plane that `half` was made from: 3/4 of the nearest, 1/4 of its neighbour.
float AtFull(const Plane& half, int x, int y) {
  const int near_x = x / 2;
  const int near_y = y / 2;
  const int far_x = std::clamp(near_x + (x % 2 == 0 ? -1 : 1), 0, half.width - 1);
  const int far_y = std::clamp(near_y + (y % 2 == 0 ? -1 : 1), 0, half.height - 1);
  const float* near_row = half.row(near_y);
  const float* far_row = half.row(far_y);
  return (9 * near_row[near_x] + 3 * near_row[far_x] + 3 * far_row[near_x] + far_row[far_x]) / 16;
}

}  // namespace

Image JpegLoss(const Image& image, float quality, Random& random) {
  if (image.empty()) return image;
  constexpr int kUnit = 2 * kSide;
  const int left = static_cast<int>(random() % kUnit);
  const int top = static_cast<int>(random() % kUnit);
  const auto whole_units = [](int pixels) { return (pixels + kUnit - 1) / kUnit * kUnit; };
  Plane luma(whole_units(left + image.width()), whole_units(top + image.height()));
  Plane blue(luma.width, luma.height);
  Plane red(luma.width, luma.height);
  // ITU-T T.871, section 7; luma around 0 as the DCT wants it.
  for (int y = 0; y < luma.height; ++y) {
    const std::uint8_t* row = image.row(std::clamp(y - top, 0, image.height() - 1));
    for (int x = 0; x < luma.width; ++x) {
      const std::uint8_t* pixel = row + std::ptrdiff_t{3} * std::clamp(x - left, 0, image.width() - 1);
      const auto r = static_cast<float>(pixel[0]);
      const auto g = static_cast<float>(pixel[1]);
      const auto b = static_cast<float>(pixel[2]);
      luma.row(y)[x] = 0.299F * r + 0.587F * g + 0.114F * b - 128;
      blue.row(y)[x] = -0.1687F * r - 0.3313F * g + 0.5F * b;
      red.row(y)[x] = 0.5F * r - 0.4187F * g - 0.0813F * b;
    }
  }
  blue = Halved(blue);
  red = Halved(red);
  Quantize(luma, StepsFor(kLumaTable, quality));
  const Block chroma_steps = StepsFor(kChromaTable, quality);
  Quantize(blue, chroma_steps);
  Quantize(red, chroma_steps);
  Image lossy(image.width(), image.height());
  for (int y = 0; y < image.height(); ++y) {
    std::uint8_t* target = lossy.row(y);
    for (int x = 0; x < image.width(); ++x, target += 3) {
      const float l = luma.row(y + top)[x + left] + 128;
      const float b = AtFull(blue, x + left, y + top);
      const float r = AtFull(red, x + left, y + top);
      target[0] = ToByte(l + 1.402F * r);
      target[1] = ToByte(l - 0.3441F * b - 0.7141F * r);
      target[2] = ToByte(l + 1.772F * b);
    }
  }
  return lossy;
}

}  // namespace kinfolder
