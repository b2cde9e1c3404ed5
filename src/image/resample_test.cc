#include "image/resample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace kinfolder {
namespace {

Image Noise(int width, int height, unsigned seed = 1) {
  Image image(width, height);
  std::mt19937 random(seed);
  for (std::uint8_t& value : image.pixels()) value = static_cast<std::uint8_t>(random() % 256);
  return image;
}

Image Plain(int width, int height, std::uint8_t value) {
  Image image(width, height);
  std::fill(image.pixels().begin(), image.pixels().end(), value);
  return image;
}

// One row whose three channels are equal.
Image GreyRow(const std::vector<int>& values) {
  Image image(static_cast<int>(values.size()), 1);
  for (std::size_t x = 0; x < values.size(); ++x) {
    for (int channel = 0; channel < 3; ++channel) image.row(0)[3 * x + channel] = static_cast<std::uint8_t>(values[x]);
  }
  return image;
}

std::vector<int> RedOf(const Image& image) {
  std::vector<int> values;
  for (std::size_t i = 0; i < image.pixels().size(); i += 3) values.push_back(image.pixels()[i]);
  return values;
}

TEST(Crop, TakesThePixelsOfTheRectangle) {
  const Image image = Noise(7, 5);
  const Image crop = Crop(image, {2, 1, 5, 4});
  ASSERT_EQ(crop.size(), (Size{3, 3}));
  for (int y = 0; y < 3; ++y) {
    for (int i = 0; i < 9; ++i) EXPECT_EQ(crop.row(y)[i], image.row(y + 1)[6 + i]);
  }
}

TEST(Crop, IsBlackBeyondThePicture) {
  const Image crop = Crop(Plain(2, 2, 200), {-1, -1, 3, 3});
  EXPECT_EQ(RedOf(crop), (std::vector<int>{0, 0, 0, 0, 0, 200, 200, 0, 0, 200, 200, 0, 0, 0, 0, 0}));
  EXPECT_EQ(RedOf(Crop(Plain(2, 2, 200), {5, 5, 7, 6})), (std::vector<int>{0, 0}));
  EXPECT_TRUE(Crop(Plain(2, 2, 200), {1, 1, 1, 2}).empty());
  EXPECT_TRUE(Crop(Plain(2, 2, 200), {3, 0, 1, 2}).empty());
}

using Resizer = Image (*)(const Image&, Size);

class EveryResize : public testing::TestWithParam<Resizer> {};

TEST_P(EveryResize, KeepsAPlainPicturePlain) {
  for (const Size size : {Size{1, 1}, Size{3, 50}, Size{17, 9}, Size{64, 64}}) {
    EXPECT_EQ(GetParam()(Plain(17, 9, 255), size), Plain(size.width, size.height, 255));
  }
}

TEST_P(EveryResize, ToTheSameSizeChangesNothing) {
  const Image image = Noise(13, 8);
  EXPECT_EQ(GetParam()(image, image.size()), image);
}

TEST_P(EveryResize, MakesNothingOfNothing) {
  EXPECT_TRUE(GetParam()(Image(), {4, 4}).empty());
  EXPECT_TRUE(GetParam()(Noise(4, 4), {0, 4}).empty());
}

INSTANTIATE_TEST_SUITE_P(Image, EveryResize,
                         testing::Values(&ResizeArea, &ResizeAdaptive, &ResizeBilinear, &ResizeTriangle));

TEST(ResizeArea, WeighsPixelsByTheirCoveredPart) {
  // Five pixels to two: each target covers two and a half.
  EXPECT_EQ(RedOf(ResizeArea(GreyRow({10, 20, 100, 30, 50}), {2, 1})), (std::vector<int>{32, 52}));
}

TEST(ResizeAdaptive, WeighsAllTouchedPixelsTheSame) {
  EXPECT_EQ(RedOf(ResizeAdaptive(GreyRow({10, 20, 100, 30, 50}), {2, 1})), (std::vector<int>{43, 60}));
}

TEST(ResizeAdaptive, RepeatsPixelsWhereItEnlarges) {
  EXPECT_EQ(RedOf(ResizeAdaptive(GreyRow({10, 20}), {3, 1})), (std::vector<int>{10, 15, 20}));
}

TEST(ResizeBilinear, PutsPixelCentresAtHalves) {
  EXPECT_EQ(RedOf(ResizeBilinear(GreyRow({0, 100}), {4, 1})), (std::vector<int>{0, 25, 75, 100}));
}

// Weights as Pillow makes them: a triangle over the distance to the middle, divided by the shrink factor.
TEST(ResizeTriangle, GrowsItsSupportWhereItShrinks) {
  EXPECT_EQ(RedOf(ResizeTriangle(GreyRow({0, 100}), {4, 1})), (std::vector<int>{0, 25, 75, 100}));
  // Weights 3/4, 3/4, 1/4: (0.75 * 0 + 0.75 * 80 + 0.25 * 160) / 1.75.
  EXPECT_EQ(RedOf(ResizeTriangle(GreyRow({0, 80, 160, 240}), {2, 1})), (std::vector<int>{57, 183}));
}

// The definition, one value at a time.
float AdaptiveValue(const Image& image, const PixelRect& source, Size size, int channel, int x, int y) {
  const auto first = [](int i, int n, int m) { return static_cast<int>(std::floor(1.0 * i * n / m)); };
  const auto last = [](int i, int n, int m) { return static_cast<int>(std::ceil((i + 1.0) * n / m)); };
  double sum = 0;
  int count = 0;
  for (int v = first(y, source.height(), size.height); v < last(y, source.height(), size.height); ++v) {
    for (int u = first(x, source.width(), size.width); u < last(x, source.width(), size.width); ++u, ++count) {
      sum += image.row(source.y1 + v)[3 * (source.x1 + u) + channel];
    }
  }
  return static_cast<float>(sum / count);
}

TEST(ResizeAdaptiveToPlanes, IsTheMeanOfTheTouchedPixelsUnrounded) {
  const Image image = Noise(90, 700);
  const PixelRect sources[] = {{0, 0, 90, 700}, {3, 5, 80, 60}, {10, 10, 11, 12}};
  for (const PixelRect& source : sources) {
    for (const Size size : {Size{24, 24}, Size{1, 1}, Size{53, 2}, Size{100, 37}}) {
      std::vector<float> planes(std::size_t{3} * size.width * size.height);
      ResizeAdaptiveToPlanes(image, source, size, planes);
      for (int channel = 0; channel < 3; ++channel) {
        for (int y = 0; y < size.height; ++y) {
          for (int x = 0; x < size.width; ++x) {
            ASSERT_NEAR(planes[(std::size_t{1} * channel * size.height + y) * size.width + x],
                        AdaptiveValue(image, source, size, channel, x, y), 1e-4);
          }
        }
      }
    }
  }
}

constexpr Landmarks kFace = {{{30, 40}, {70, 42}, {50, 60}, {35, 80}, {66, 81}}};

Point Apply(const Similarity& s, Point p) { return {s.a * p.x - s.b * p.y + s.tx, s.b * p.x + s.a * p.y + s.ty}; }

TEST(FitSimilarity, FindsTheTurnTheScaleAndTheShift) {
  const Similarity truth{1.2F, -0.5F, 13, -7};
  Landmarks moved = kFace;
  for (Point& point : moved) point = Apply(truth, point);
  const Similarity found = FitSimilarity(kFace, moved);
  EXPECT_NEAR(found.a, truth.a, 1e-5);
  EXPECT_NEAR(found.b, truth.b, 1e-5);
  EXPECT_NEAR(found.tx, truth.tx, 1e-3);
  EXPECT_NEAR(found.ty, truth.ty, 1e-3);
}

TEST(FitSimilarity, NoNeighbourFitsBetter) {
  Landmarks to = kFace;
  to[2] = {55, 50};
  to[4] = {90, 85};
  const auto cost = [&](const Similarity& s) {
    double sum = 0;
    for (std::size_t i = 0; i < to.size(); ++i) {
      const Point p = Apply(s, kFace[i]);
      sum += std::pow(p.x - to[i].x, 2) + std::pow(p.y - to[i].y, 2);
    }
    return sum;
  };
  const Similarity best = FitSimilarity(kFace, to);
  for (float step : {-0.01F, 0.01F}) {
    EXPECT_LT(cost(best), cost({best.a + step, best.b, best.tx, best.ty}));
    EXPECT_LT(cost(best), cost({best.a, best.b + step, best.tx, best.ty}));
    EXPECT_LT(cost(best), cost({best.a, best.b, best.tx + 10 * step, best.ty}));
    EXPECT_LT(cost(best), cost({best.a, best.b, best.tx, best.ty + 10 * step}));
  }
}

TEST(FitSimilarity, OnlyShiftsPointsThatCoincide) {
  Landmarks from;
  from.fill({5, 6});
  Landmarks to;
  to.fill({8, 2});
  const Point moved = Apply(FitSimilarity(from, to), {5, 6});
  EXPECT_EQ(moved, (Point{8, 2}));
}

TEST(Warp, WithoutChangeIsACrop) {
  const Image image = Noise(20, 10);
  EXPECT_EQ(Warp(image, {}, {20, 10}), image);
  EXPECT_EQ(Warp(image, {1, 0, -3, -2}, {5, 6}), Crop(image, {3, 2, 8, 8}));
  const Image beyond = Warp(image, {1, 0, 2, 0}, {5, 5});
  EXPECT_EQ(Crop(beyond, {2, 0, 5, 5}), Crop(image, {0, 0, 3, 5}));
  EXPECT_EQ(Crop(beyond, {0, 0, 1, 5}), Crop(image, {0, 0, 1, 5})) << "the edge goes on";
}

TEST(Warp, TurnsByAQuarter) {
  // x' = -y + 10, y' = x: clockwise on the screen.
  const Image image = Noise(20, 10);
  const Image turned = Warp(image, {0, 1, 10, 0}, {10, 20});
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 10; ++x) {
      EXPECT_EQ(turned.row(y)[std::ptrdiff_t{3} * x], image.row(9 - x)[std::ptrdiff_t{3} * y]);
    }
  }
}

TEST(Warp, OfAMeaninglessSimilarityIsBlack) {
  EXPECT_EQ(Warp(Noise(4, 4), {0, 0, 1, 1}, {2, 2}), Image(2, 2));
  EXPECT_EQ(Warp(Noise(4, 4), {NAN, 0, 1, 1}, {2, 2}), Image(2, 2));
  EXPECT_EQ(Warp(Noise(4, 4), {1, 0, INFINITY, 1}, {2, 2}), Image(2, 2));
  EXPECT_EQ(Warp(Noise(4, 4), {1e-30F, 0, 1, 1}, {2, 2}), Image(2, 2));
}

}  // namespace
}  // namespace kinfolder
