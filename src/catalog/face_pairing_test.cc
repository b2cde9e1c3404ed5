#include "catalog/face_pairing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Box kSquare{0, 0, 10, 10};

Box MovedRight(const Box& box, float by) { return {box.x1 + by, box.y1, box.x2 + by, box.y2}; }

TEST(PairFaces, KeepsTheSameFaceAndTellsTheNewOne) {
  const Box known[] = {kSquare, MovedRight(kSquare, 100)};
  const Box found[] = {MovedRight(kSquare, 101), MovedRight(kSquare, 50), kSquare};
  EXPECT_THAT(PairFaces(known, found), ElementsAre(1, std::nullopt, 0));
}

TEST(PairFaces, TheBetterOverlapWinsWhicheverComesFirst) {
  const Box known[] = {kSquare};
  const Box found[] = {MovedRight(kSquare, 2), MovedRight(kSquare, 1)};
  EXPECT_THAT(PairFaces(known, found), ElementsAre(std::nullopt, 0));
}

TEST(PairFaces, HalfAnOverlapIsEnoughAndLessIsNot) {
  const Box known[] = {kSquare};
  const Box half[] = {{0, 0, 10, 5}};
  const Box less[] = {{0, 0, 10, 4.9F}};
  EXPECT_THAT(PairFaces(known, half), ElementsAre(0));
  EXPECT_THAT(PairFaces(known, less), ElementsAre(std::nullopt));
}

TEST(PairFaces, EqualBoxesArePairedInOrder) {
  const Box boxes[] = {kSquare, kSquare};
  EXPECT_THAT(PairFaces(boxes, boxes), ElementsAre(0, 1));
}

TEST(PairFaces, NothingIsPairedWithNothing) {
  const Box known[] = {kSquare};
  EXPECT_THAT(PairFaces(known, {}), IsEmpty());
  EXPECT_THAT(PairFaces({}, known), ElementsAre(std::nullopt));
}

TEST(BestFace, IsTheOneThatOverlapsMost) {
  const Box known[] = {MovedRight(kSquare, 2), MovedRight(kSquare, 1), MovedRight(kSquare, -1)};
  EXPECT_EQ(BestFace(known, kSquare), 1U);
  EXPECT_EQ(BestFace(known, MovedRight(kSquare, 30)), std::nullopt);
  EXPECT_EQ(BestFace({}, kSquare), std::nullopt);
}

}  // namespace
}  // namespace kinfolder
