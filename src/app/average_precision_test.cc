#include "app/average_precision.h"

#include <gtest/gtest.h>

#include <vector>

namespace kinfolder {
namespace {

constexpr HeightRange kAnyHeight{};

Box Square(float x, float y, float side) { return {x, y, x + side, y + side}; }

TEST(AveragePrecision, IsOneWhenEveryFaceAndNothingElseIsFound) {
  const std::vector<DetectionCase> cases = {
      {{Square(0, 0, 10), Square(50, 0, 20)}, {{Square(50, 0, 20), 0.7F}, {Square(0, 0, 10), 0.9F}}}};
  const AveragePrecision result = MeasureAveragePrecision(cases, kAnyHeight);
  EXPECT_EQ(result.faces, 2);
  EXPECT_DOUBLE_EQ(result.ap, 1.0);
  EXPECT_DOUBLE_EQ(result.recall, 1.0);
}

TEST(AveragePrecision, IsTheAreaUnderTheInterpolatedCurve) {
  // By score: hit, wrong, hit, wrong; a third face is not found. Precision 1 up to recall 1/3, then 2/3 up to 2/3.
  const std::vector<DetectionCase> cases = {
      {{Square(0, 0, 10), Square(20, 0, 10)}, {{Square(0, 0, 10), 0.9F}, {Square(70, 70, 10), 0.8F}}},
      {{Square(0, 0, 10)}, {{Square(0, 0, 10), 0.7F}, {Square(50, 50, 10), 0.6F}}}};
  const AveragePrecision result = MeasureAveragePrecision(cases, kAnyHeight);
  EXPECT_EQ(result.faces, 3);
  EXPECT_DOUBLE_EQ(result.ap, 1.0 / 3 + (2.0 / 3) / 3);
  EXPECT_DOUBLE_EQ(result.recall, 2.0 / 3);
}

TEST(AveragePrecision, RaisesPrecisionToTheBestAtHigherRecall) {
  // By score: wrong, hit, hit: precision 1/2 and 2/3 at the hits, so 2/3 throughout.
  const std::vector<DetectionCase> cases = {
      {{Square(0, 0, 10), Square(20, 0, 10)},
       {{Square(70, 70, 10), 0.9F}, {Square(0, 0, 10), 0.8F}, {Square(20, 0, 10), 0.7F}}}};
  EXPECT_DOUBLE_EQ(MeasureAveragePrecision(cases, kAnyHeight).ap, 2.0 / 3);
}

TEST(AveragePrecision, CountsOneDetectionPerFace) {
  const std::vector<DetectionCase> cases = {
      {{Square(0, 0, 10), Square(50, 0, 10)},
       {{Square(0, 0, 10), 0.9F}, {Square(1, 0, 10), 0.8F}, {Square(50, 0, 10), 0.7F}}}};
  EXPECT_DOUBLE_EQ(MeasureAveragePrecision(cases, kAnyHeight).ap, 0.5 + 0.5 * 2 / 3);
}

TEST(AveragePrecision, NeedsAnOverlapOfHalf) {
  // 10 wide, shifted by 3: 70 / 130 = 0.54; by 4: 60 / 140 = 0.43.
  EXPECT_DOUBLE_EQ(
      MeasureAveragePrecision(std::vector<DetectionCase>{{{Square(0, 0, 10)}, {{Square(3, 0, 10), 0.9F}}}}, kAnyHeight)
          .ap,
      1.0);
  EXPECT_DOUBLE_EQ(
      MeasureAveragePrecision(std::vector<DetectionCase>{{{Square(0, 0, 10)}, {{Square(4, 0, 10), 0.9F}}}}, kAnyHeight)
          .ap,
      0.0);
}

TEST(AveragePrecision, TakesTheFaceThatIsOverlappedMost) {
  const std::vector<DetectionCase> cases = {
      {{Square(0, 0, 10), Square(2, 0, 10)}, {{Square(2, 0, 10), 0.9F}, {Square(0, 0, 10), 0.8F}}}};
  EXPECT_DOUBLE_EQ(MeasureAveragePrecision(cases, kAnyHeight).ap, 1.0);
}

TEST(AveragePrecision, IgnoresFacesAndDetectionsOutsideTheHeights) {
  const HeightRange large{32};
  const std::vector<DetectionCase> cases = {
      {{Square(0, 0, 40), Square(100, 0, 10)},
       {{Square(0, 0, 40), 0.5F}, {Square(100, 0, 10), 0.9F}, {Square(200, 0, 12), 0.9F}}}};
  const AveragePrecision result = MeasureAveragePrecision(cases, large);
  EXPECT_EQ(result.faces, 1);
  EXPECT_DOUBLE_EQ(result.ap, 1.0);
}

TEST(AveragePrecision, IgnoresALargeDetectionOnAFaceThatIsTooSmallToCount) {
  // 30 high beside 36 high: the detection is in the range, but what it found is not.
  const std::vector<DetectionCase> cases = {
      {{Square(0, 0, 30), Square(100, 0, 40)}, {{Square(0, 0, 36), 0.9F}, {Square(100, 0, 40), 0.5F}}}};
  EXPECT_DOUBLE_EQ(MeasureAveragePrecision(cases, HeightRange{32}).ap, 1.0);
}

TEST(AveragePrecision, CountsAWrongDetectionOfTheRange) {
  const std::vector<DetectionCase> cases = {
      {{Square(0, 0, 40)}, {{Square(100, 0, 40), 0.9F}, {Square(0, 0, 40), 0.5F}}}};
  EXPECT_DOUBLE_EQ(MeasureAveragePrecision(cases, HeightRange{32}).ap, 0.5);
}

TEST(AveragePrecision, IsZeroWithoutFaces) {
  const std::vector<DetectionCase> cases = {{{}, {{Square(0, 0, 40), 0.9F}}}};
  const AveragePrecision result = MeasureAveragePrecision(cases, kAnyHeight);
  EXPECT_EQ(result.faces, 0);
  EXPECT_DOUBLE_EQ(result.ap, 0.0);
}

TEST(HeightRange, HoldsItsLowerEndOnly) {
  const HeightRange range{16, 32};
  EXPECT_TRUE(range.contains(16));
  EXPECT_FALSE(range.contains(32));
  EXPECT_FALSE(range.contains(15.9F));
}

}  // namespace
}  // namespace kinfolder
