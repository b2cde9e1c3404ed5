#include "faces/nms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ScoredBox kGood{{0, 0, 10, 10}, 0.9F};
constexpr ScoredBox kShifted{{5, 0, 15, 10}, 0.8F};  // shares a third of the union with kGood
constexpr ScoredBox kInside{{0, 0, 5, 5}, 0.7F};     // a quarter of kGood
constexpr ScoredBox kFar{{50, 50, 60, 60}, 0.95F};

TEST(SuppressOverlaps, TheBestStaysByFallingScore) {
  const std::vector<ScoredBox> boxes{kShifted, kGood, kFar};
  EXPECT_THAT(SuppressOverlaps(boxes, 0.3F, OverlapOf::kUnion), ElementsAre(2, 1));
  EXPECT_THAT(SuppressOverlaps(boxes, 0.34F, OverlapOf::kUnion), ElementsAre(2, 1, 0));
  EXPECT_THAT(SuppressOverlaps({}, 0.3F, OverlapOf::kUnion), IsEmpty());
}

TEST(SuppressOverlaps, ABoxInsideAnotherOverlapsItWhollyByTheSmaller) {
  const std::vector<ScoredBox> boxes{kGood, kInside};
  EXPECT_THAT(SuppressOverlaps(boxes, 0.7F, OverlapOf::kUnion), ElementsAre(0, 1));
  EXPECT_THAT(SuppressOverlaps(boxes, 0.7F, OverlapOf::kSmaller), ElementsAre(0));
}

TEST(SuppressOverlaps, WhatASuppressedBoxCoversMayStay) {
  const std::vector<ScoredBox> boxes{{{0, 0, 10, 10}, 0.9F}, {{4, 0, 14, 10}, 0.8F}, {{8, 0, 18, 10}, 0.7F}};
  EXPECT_THAT(SuppressOverlaps(boxes, 0.4F, OverlapOf::kUnion), ElementsAre(0, 2));
}

TEST(SuppressOverlaps, OfEqualScoresTheEarlierStays) {
  const std::vector<ScoredBox> boxes{kFar, kGood, kGood, kFar};
  EXPECT_THAT(SuppressOverlaps(boxes, 0.5F, OverlapOf::kUnion), ElementsAre(0, 1));
}

RC_GTEST_PROP(SuppressOverlaps, AgreesWithTheDefinition, ()) {
  const auto coordinate = rc::gen::inRange(0, 40);
  const auto seeds = *rc::gen::container<std::vector<std::tuple<int, int, int, int, int>>>(rc::gen::tuple(
      coordinate, coordinate, rc::gen::inRange(1, 20), rc::gen::inRange(1, 20), rc::gen::inRange(0, 100)));
  const float max_overlap = static_cast<float>(*rc::gen::inRange(5, 95)) / 100 + 0.003F;
  std::vector<ScoredBox> boxes;
  boxes.reserve(seeds.size());
  for (const auto& [x, y, width, height, score] : seeds) {
    boxes.push_back({{float(x), float(y), float(x + width), float(y + height)}, float(score) / 100});
  }
  const auto kept = SuppressOverlaps(boxes, max_overlap, OverlapOf::kUnion);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) RC_ASSERT(boxes[kept[i - 1]].score >= boxes[kept[i]].score);
    for (std::size_t j = 0; j < i; ++j) {
      RC_ASSERT(IntersectionOverUnion(boxes[kept[i]].box, boxes[kept[j]].box) <= max_overlap + 1e-5F);
    }
  }
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (std::ranges::find(kept, i) != kept.end()) continue;
    RC_ASSERT(std::ranges::any_of(kept, [&](std::size_t k) {
      return boxes[k].score >= boxes[i].score &&
             IntersectionOverUnion(boxes[k].box, boxes[i].box) > max_overlap - 1e-5F;
    }));
  }
}

}  // namespace
}  // namespace kinfolder
