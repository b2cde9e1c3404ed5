#include "train/stage_losses.h"

#include <gtest/gtest.h>

#include <cmath>

#include "train/window_set.h"

namespace kinfolder {
namespace {

torch::Tensor Rows(std::vector<WindowTarget> targets) {
  return torch::from_blob(targets.data(), {static_cast<std::int64_t>(targets.size()), kTargetFloats}).clone();
}

TEST(MeanOfHardest, TakesTheWorstShare) {
  const torch::Tensor losses = torch::tensor({1.0F, 9.0F, 2.0F, 8.0F, 3.0F, 7.0F, 4.0F, 6.0F, 5.0F, 10.0F});
  EXPECT_FLOAT_EQ(MeanOfHardest(losses, 0.7).item<float>(), 7);  // 4 to 10
  EXPECT_FLOAT_EQ(MeanOfHardest(losses, 1).item<float>(), 5.5F);
  EXPECT_FLOAT_EQ(MeanOfHardest(losses, 0.01).item<float>(), 10);
}

TEST(MeanOfHardest, TeachesNothingFromEasyOnes) {
  const torch::Tensor losses = torch::tensor({1.0F, 9.0F, 2.0F}).requires_grad_(true);
  MeanOfHardest(losses, 0.67).backward();
  EXPECT_FLOAT_EQ(losses.grad()[0].item<float>(), 0);
  EXPECT_FLOAT_EQ(losses.grad()[1].item<float>(), 0.5F);
}

TEST(FaceDivergence, IsNothingAtTheTargetAndCrossEntropyAtCertainty) {
  const torch::Tensor target = torch::tensor({0.0F, 0.3F, 1.0F});
  EXPECT_LT(FaceDivergence(target, target).abs().max().item<float>(), 1e-6F);
  const torch::Tensor half = torch::full({3}, 0.5F);
  const torch::Tensor divergence = FaceDivergence(half, target);
  EXPECT_NEAR(divergence[0].item<float>(), std::log(2.0), 1e-5);
  EXPECT_NEAR(divergence[2].item<float>(), std::log(2.0), 1e-5);
  EXPECT_GT(divergence[1].item<float>(), 0.01F);
}

TEST(CombineTargets, MixesTruthAndTeacher) {
  WindowTarget face;  // both know it
  face.label = 1;
  face.box_known = 1;
  face.box = {0.2F, 0, 0, 0};
  face.teacher_face = 0.9F;
  face.teacher_box = {0.4F, 0, 0, 0};
  WindowTarget unknown;  // only the teacher does
  unknown.teacher_face = 0.8F;
  unknown.teacher_box = {0.1F, 0, 0, 0};
  WindowTarget missed;  // the teacher does not see it
  missed.label = 1;
  missed.box_known = 1;
  missed.box = {0.3F, 0, 0, 0};
  missed.teacher_face = 0.1F;
  WindowTarget imagined;  // the teacher sees what is not there
  imagined.label = 0;
  imagined.teacher_face = 0.6F;
  const StageTargets targets = CombineTargets(Rows({face, unknown, missed, imagined}), 0.25);
  const auto face_of = [&](int i) { return targets.face[i].item<float>(); };
  EXPECT_FLOAT_EQ(face_of(0), 0.975F);
  EXPECT_FLOAT_EQ(face_of(1), 0.8F);
  EXPECT_FLOAT_EQ(face_of(2), 0.775F);
  EXPECT_FLOAT_EQ(face_of(3), 0.15F);
  EXPECT_FLOAT_EQ(targets.box[0][0].item<float>(), 0.25F);
  EXPECT_FLOAT_EQ(targets.box[1][0].item<float>(), 0.1F);
  EXPECT_FLOAT_EQ(targets.box[2][0].item<float>(), 0.3F);
  EXPECT_TRUE(torch::equal(targets.box_known, torch::tensor({1.0F, 1.0F, 1.0F, 0.0F})));
}

TEST(MirroredTargets, ChangesSides) {
  WindowTarget target;
  target.label = 1;
  target.box = {0.1F, 0.2F, -0.3F, 0.4F};
  target.teacher_box = {0.5F, 0.6F, 0.7F, 0.8F};
  target.landmarks = {0.3F, 0.7F, 0.45F, 0.35F, 0.65F, 0.4F, 0.41F, 0.6F, 0.8F, 0.81F};
  const torch::Tensor rows = Rows({target});
  const torch::Tensor mirrored = MirroredTargets(rows);
  WindowTarget expected = target;
  expected.box = {0.3F, 0.2F, -0.1F, 0.4F};
  expected.teacher_box = {-0.7F, 0.6F, -0.5F, 0.8F};
  expected.landmarks = {0.3F, 0.7F, 0.55F, 0.35F, 0.65F, 0.41F, 0.4F, 0.6F, 0.81F, 0.8F};
  EXPECT_TRUE(torch::allclose(mirrored, Rows({expected}), 1e-5, 1e-6)) << mirrored;
  EXPECT_TRUE(torch::allclose(MirroredTargets(mirrored), rows, 1e-5, 1e-6));
}

TEST(MeanSquaredDistance, LooksAtWhatIsKnown) {
  const torch::Tensor values = torch::zeros({3, 4});
  const torch::Tensor target = torch::ones({3, 4}) * torch::tensor({1.0F, 2.0F, 3.0F}).unsqueeze(1);
  EXPECT_FLOAT_EQ(MeanSquaredDistance(values, target, torch::tensor({1.0F, 1.0F, 0.0F})).item<float>(), 10);
  EXPECT_FLOAT_EQ(MeanSquaredDistance(values, target, torch::zeros({3})).item<float>(), 0);
}

}  // namespace
}  // namespace kinfolder
