#include "train/compare_verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"
#include "faces/test_models.h"
#include "train/lbp_describer.h"
#include "train/test_crops.h"

namespace kinfolder {
namespace {

using ::testing::HasSubstr;

// Two folds of painted people: three pairs of one person and three of two.
FacePairs PaintedPairs() {
  FacePairs pairs;
  for (unsigned person = 0; person < 6; ++person) {
    for (unsigned picture = 0; picture < 2; ++picture) {
      pairs.faces.push_back(AsFaceCrop(PaintFace(person, 182, picture)));
    }
  }
  for (std::size_t person = 0; person < 6; ++person) {
    const int fold = person < 3 ? 0 : 1;
    const std::size_t other = person % 3 == 2 ? person - 2 : person + 1;
    pairs.pairs.push_back({2 * person, 2 * person + 1, true, fold});
    pairs.pairs.push_back({2 * person, 2 * other + 1, false, fold});
  }
  return pairs;
}

// Knows the mean colour of a picture and nothing else.
class ColorDescriber final : public FaceDescriber {
 public:
  std::string name() const override { return "colour"; }
  Result<std::vector<float>> Describe(const FaceCrop& face) const override {
    std::vector<float> sums(3);
    const auto pixels = face.picture.pixels();
    for (std::size_t i = 0; i < pixels.size(); ++i) sums[i % 3] += static_cast<float>(pixels[i]);
    return sums;
  }
  float DistanceOf(std::span<const float> a, std::span<const float> b) const override { return Distance(a, b); }
};

std::vector<std::unique_ptr<FaceDescriber>> TwoMethods() {
  std::vector<std::unique_ptr<FaceDescriber>> methods;
  methods.push_back(MakeLbpDescriber());
  methods.push_back(std::make_unique<ColorDescriber>());
  return methods;
}

TEST(CompareVerification, ScoresEveryMethodUnderEveryCondition) {
  const std::vector<Condition> conditions = {std::nullopt, Damage{DamageKind::kOccluded, 0.5F}};
  const auto comparison = CompareVerification(PaintedPairs(), TwoMethods(), conditions, {});
  ASSERT_TRUE(comparison) << comparison.error().message;
  ASSERT_EQ(comparison->methods.size(), 2U);
  EXPECT_EQ(comparison->methods[0].name, "LBP histograms");
  EXPECT_EQ(comparison->methods[1].name, "colour");
  for (const MethodScores& method : comparison->methods) {
    ASSERT_EQ(method.by_condition.size(), 2U);
    EXPECT_EQ(method.by_condition[0].pairs, 12);
  }
  EXPECT_GE(comparison->methods[0].by_condition[0].folds.accuracy, 0.8);
}

TEST(CompareVerification, IsTheSameOnManyThreadsAndInAnyCompany) {
  const std::vector<Condition> both = {Damage{DamageKind::kDarker, 3}, Damage{DamageKind::kOccluded, 0.3F}};
  const auto together = CompareVerification(PaintedPairs(), TwoMethods(), both, {3, {}, nullptr});
  const auto alone = CompareVerification(PaintedPairs(), TwoMethods(), {both[1]}, {});
  ASSERT_TRUE(together);
  ASSERT_TRUE(alone);
  for (std::size_t method = 0; method < 2; ++method) {
    EXPECT_EQ(together->methods[method].by_condition[1].threshold, alone->methods[method].by_condition[0].threshold);
  }
}

TEST(CompareVerification, NeedsFolds) {
  FacePairs one_fold = PaintedPairs();
  for (FacePairs::Pair& pair : one_fold.pairs) pair.fold = 0;
  const auto comparison = CompareVerification(one_fold, TwoMethods(), {std::nullopt}, {});
  ASSERT_FALSE(comparison);
  EXPECT_THAT(comparison.error().message, HasSubstr("2 folds"));
}

TEST(UsualConditions, BeginClean) {
  const std::vector<Condition> usual = UsualConditions();
  EXPECT_EQ(NameOf(usual.front()), "clean");
  EXPECT_EQ(std::ranges::count(usual, false, &Condition::has_value), 1);
}

TEST(LoadFacePairs, LoadsEachPictureOnce) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(images, "lfw/images");
  const auto detector = Mtcnn::Load(PackageForTests("mtcnn", weights), {});
  ASSERT_TRUE(detector) << detector.error().message;
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "pairs.txt",
                                  "2 1\nAbel_Pacheco 1 4\nAbel_Pacheco 1 Amber_Tamblyn 1\n"
                                  "Abdullah_Gul 1 6\nAdrien_Brody 3 Damon_Dash 1\n"));
  ASSERT_TRUE(InitializeImageLibrary("test"));
  const auto pairs = LoadFacePairs(*detector, folder / "pairs.txt", images, {});
  ASSERT_TRUE(pairs) << pairs.error().message;
  EXPECT_EQ(pairs->faces.size(), 7U);
  ASSERT_EQ(pairs->pairs.size(), 4U);
  EXPECT_EQ(pairs->pairs[0].first, pairs->pairs[1].first);
  for (const FaceCrop& face : pairs->faces) EXPECT_GT(face.detection.score, 0.9F);

  ASSERT_TRUE(WriteFileAtomically(folder / "pairs.txt", "1 1\nAnn 1 2\nAnn 1 Bo 1\n"));
  EXPECT_THAT(LoadFacePairs(*detector, folder / "pairs.txt", images, {}).error().message, HasSubstr("Ann_0001.jpg"));
}

}  // namespace
}  // namespace kinfolder
