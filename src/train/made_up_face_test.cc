#include "train/made_up_face.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "train/test_faces.h"

namespace kinfolder {
namespace {

// No row or column is like another.
Image Speckled(int side) {
  Random random(1);
  Image image(side, side);
  for (std::uint8_t& level : image.pixels()) level = static_cast<std::uint8_t>(90 + random() % 100);
  return image;
}

TEST(ParentsOf, AreSpreadOverAllCrops) {
  std::set<std::size_t> seen;
  constexpr std::array<std::size_t, 2> kWhole{3, 7};
  int whole = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    const Parents parents = ParentsOf(i, 10, kWhole);
    EXPECT_EQ(ParentsOf(i, 10, kWhole).second, parents.second);
    seen.insert({parents.first, parents.second + 10});
    whole += parents.second == kWhole[0] || parents.second == kWhole[1] ? 1 : 0;
  }
  EXPECT_EQ(seen.size(), 20U);
  EXPECT_EQ(*seen.rbegin(), 19U);
  EXPECT_GT(whole, 280);
  EXPECT_LT(ParentsOf(1, 10, {}).second, 10U);
}

TEST(WholeCrops, DoNotRepeatTheirEdges) {
  std::vector<Image> crops(3, Speckled(64));
  for (int y = 0; y < 64; ++y) {  // a photo that ended
    for (int x = 50; x < 64; ++x)
      std::copy_n(crops[1].row(y) + std::ptrdiff_t{3} * 50, 3, crops[1].row(y) + std::ptrdiff_t{3} * x);
  }
  EXPECT_EQ(WholeCrops(crops), (std::vector<std::size_t>{0, 2}));
}

TEST(MakeUpFace, HasTheSecondWhereTheFirstEnds) {
  Image first = Speckled(64);
  for (int y = 0; y < 20; ++y) std::copy_n(first.row(20), 3 * 64, first.row(y));
  const Image second(64, 64);
  for (std::size_t i = 0; i < 20; ++i) {
    const Image face = MakeUpFace(first, second, i);
    EXPECT_EQ(std::ranges::max(std::span(face.row(5), std::size_t{3} * 64)), 0);
  }
}

TEST(MakeUpFace, IsDecidedByItsNumberAlone) {
  const Image first = PaintFace(1, 64);
  const Image second = PaintFace(2, 64);
  EXPECT_EQ(MakeUpFace(first, second, 5), MakeUpFace(first, second, 5));
  EXPECT_NE(MakeUpFace(first, second, 5), MakeUpFace(first, second, 6));
}

TEST(MakeUpFace, MixesOrTakesOne) {
  const Image speckled = Speckled(48);
  const Image black(48, 48);
  int mixed = 0;
  int of_one = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    const auto [least, most] = std::ranges::minmax(MakeUpFace(speckled, black, i).pixels());
    mixed += least < 80 && most > 0 ? 1 : 0;
    of_one += least >= 90 ? 1 : 0;
  }
  EXPECT_GE(mixed, 30);
  EXPECT_GE(of_one, 10);
}

TEST(MakeUpFace, IsBentALittle) {
  const Image face = PaintFace(3, 64);
  double most = 0;
  for (std::size_t i = 0; i < 60; ++i) most = std::max(most, MeanDifference(MakeUpFace(face, face, i), face));
  EXPECT_GT(most, 3);
  EXPECT_LT(most, 0.7 * MeanDifference(face, PaintFace(4, 64)));
}

TEST(MakeUpFace, TakesParentsOfTwoSizes) {
  const Image face = MakeUpFace(PaintFace(1, 48), PaintFace(2, 64), 1);
  EXPECT_EQ(face.size(), (Size{48, 48}));
  EXPECT_TRUE(MakeUpFace(Image(), PaintFace(2, 64), 1).empty());
}

}  // namespace
}  // namespace kinfolder
