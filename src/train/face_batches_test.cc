#include "train/face_batches.h"

#include <gtest/gtest.h>

#include <set>

#include "train/face_view.h"
#include "train/test_faces.h"

namespace kinfolder {
namespace {

FaceSet Faces(std::size_t people, std::size_t crops_each) {
  FaceSet faces;
  for (std::size_t person = 0; person < people; ++person) {
    faces.people.push_back({"", {}});
    for (std::size_t i = 0; i < crops_each; ++i) {
      faces.people.back().crops.push_back(faces.crops.size());
      faces.learned.push_back(faces.crops.size());
      faces.crops.push_back(PaintFace(static_cast<unsigned>(person), 32, static_cast<unsigned>(i)));
    }
  }
  return faces;
}

TEST(MakeBatch, HasPeopleFirstAndThenAnybody) {
  const FaceSet faces = Faces(6, 5);
  const BatchPlan plan{3, 4, 3, 7, 24};
  const FaceBatch batch = MakeBatch(faces, plan, 11);
  ASSERT_EQ(batch.crops.size(), 4U * 3 + 7);
  ASSERT_EQ(batch.people.size(), 4U * 3);
  EXPECT_EQ(batch.pixels.size(), batch.crops.size() * 24 * 24 * 3);
  EXPECT_EQ(std::set(batch.people.begin(), batch.people.end()).size(), 4U);
  for (std::size_t i = 0; i < batch.people.size(); ++i) {
    EXPECT_EQ(batch.crops[i] / 5, static_cast<std::size_t>(batch.people[i]));
    EXPECT_EQ(batch.people[i], batch.people[i / 3 * 3]);
  }
  EXPECT_EQ((std::set{batch.crops[0], batch.crops[1], batch.crops[2]}.size()), 3U);
}

TEST(MakeBatch, RepeatsCropsOfPeopleWithFew) {
  const FaceSet faces = Faces(2, 2);
  const FaceBatch batch = MakeBatch(faces, {3, 9, 5, 0, 24}, 0);
  ASSERT_EQ(batch.crops.size(), 10U);
  EXPECT_EQ(std::set(batch.crops.begin(), batch.crops.end()).size(), 4U);
}

TEST(MakeBatch, DependsOnSeedAndStepAlone) {
  const FaceSet faces = Faces(6, 5);
  const BatchPlan plan{3, 4, 3, 7, 24};
  const FaceBatch batch = MakeBatch(faces, plan, 11);
  EXPECT_EQ(MakeBatch(faces, plan, 11).pixels, batch.pixels);
  EXPECT_NE(MakeBatch(faces, plan, 12).pixels, batch.pixels);
  BatchPlan other = plan;
  other.seed = 4;
  EXPECT_NE(MakeBatch(faces, other, 11).pixels, batch.pixels);
}

TEST(BatchQueue, GivesTheStepsInOrderWhateverTheWorkersDo) {
  const FaceSet faces = Faces(4, 3);
  const BatchPlan plan{3, 2, 2, 1, 24};
  BatchQueue queue(faces, plan, 5, 3);
  for (std::int64_t step = 5; step < 25; ++step) {
    const FaceBatch batch = queue.Take();
    const FaceBatch expected = MakeBatch(faces, plan, step);
    EXPECT_EQ(batch.crops, expected.crops);
    ASSERT_EQ(batch.pixels, expected.pixels) << step;
  }
}

TEST(CentralView, ShowsTheMiddle) {
  Image crop(160, 160);
  for (int y = 10; y < 150; ++y) std::fill_n(crop.row(y) + 30, 3 * 140, std::uint8_t{200});
  const Image view = CentralView(crop, 112);
  EXPECT_EQ(view.size(), (Size{112, 112}));
  EXPECT_EQ(*std::ranges::min_element(view.pixels()), 200);
}

TEST(RandomView, StaysNearTheMiddle) {
  // A white spot in the middle of the crop is somewhere near the middle of every view.
  Image crop(160, 160);
  for (int y = 76; y < 84; ++y) std::fill_n(crop.row(y) + std::ptrdiff_t{3} * 76, 3 * 8, std::uint8_t{255});
  Random random(1);
  std::vector<Image> seen;
  for (int i = 0; i < 50; ++i) {
    const Image view = RandomView(crop, 112, random);
    EXPECT_EQ(std::ranges::count(seen, view), 0) << i;
    seen.push_back(view);
    double weight = 0;
    double x_sum = 0;
    for (int y = 0; y < 112; ++y) {
      for (int x = 0; x < 112; ++x) {
        weight += view.row(y)[3 * x];
        x_sum += view.row(y)[3 * x] * (x + 0.5);
      }
    }
    ASSERT_GT(weight, 0);
    EXPECT_NEAR(x_sum / weight, 56, 8);
  }
}

}  // namespace
}  // namespace kinfolder
