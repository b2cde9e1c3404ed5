#include "train/stage_losses.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "train/window_set.h"

namespace kinfolder {
namespace {

constexpr double kSureTeacher = 0.5;  // probability from which the teacher's box counts
constexpr double kTiny = 1e-7;        // added to probabilities, whose logarithms are taken

// WindowTarget's members as columns of a matrix.
constexpr std::int64_t kLabel = 0;
constexpr std::int64_t kBoxKnown = 1;
constexpr std::int64_t kBox = 2;
constexpr std::int64_t kTeacherFace = 6;
constexpr std::int64_t kTeacherBox = 7;
constexpr std::int64_t kLandmarksKnown = 11;
constexpr std::int64_t kLandmarks = 12;
static_assert(kLandmarks + 10 == kTargetFloats);

}  // namespace

StageTargets CombineTargets(const torch::Tensor& rows, double teacher_share) {
  const auto mixed = [teacher_share](const torch::Tensor& truth, const torch::Tensor& teacher) {
    return truth * (1 - teacher_share) + teacher * teacher_share;
  };
  StageTargets targets;
  const torch::Tensor label = rows.select(1, kLabel);
  const torch::Tensor teacher_face = rows.select(1, kTeacherFace);
  targets.face = torch::where(label < 0, teacher_face, mixed(label, teacher_face));
  const torch::Tensor box = rows.narrow(1, kBox, 4);
  const torch::Tensor teacher_box = rows.narrow(1, kTeacherBox, 4);
  const torch::Tensor known = rows.select(1, kBoxKnown) > 0;
  const torch::Tensor sure = teacher_face >= kSureTeacher;
  const torch::Tensor both = torch::where(sure.unsqueeze(1), mixed(box, teacher_box), box);
  targets.box = torch::where(known.unsqueeze(1), both, teacher_box);
  // A teacher who sees a face where the truth knows none is not followed to where it would be.
  targets.box_known = known.logical_or(sure.logical_and(label != 0)).to(torch::kFloat32);
  targets.landmarks = rows.narrow(1, kLandmarks, 10);
  targets.landmarks_known = rows.select(1, kLandmarksKnown);
  return targets;
}

torch::Tensor MirroredTargets(const torch::Tensor& rows) {
  // Where each column comes from: a box's edges x1, y1, x2, y2; landmarks left eye, right eye, nose, left and right
  // corner of the mouth, x before y.
  constexpr std::array<std::int64_t, kTargetFloats> kFrom = {
      kLabel,          kBoxKnown,       kBox + 2,        kBox + 1,        kBox,
      kBox + 3,        kTeacherFace,    kTeacherBox + 2, kTeacherBox + 1, kTeacherBox,
      kTeacherBox + 3, kLandmarksKnown, kLandmarks + 1,  kLandmarks,      kLandmarks + 2,
      kLandmarks + 4,  kLandmarks + 3,  kLandmarks + 6,  kLandmarks + 5,  kLandmarks + 7,
      kLandmarks + 9,  kLandmarks + 8};
  const std::vector<std::int64_t> from(kFrom.begin(), kFrom.end());
  torch::Tensor mirrored = rows.index_select(1, torch::tensor(from, torch::kInt64).to(rows.device()));
  for (const std::int64_t edge : {kBox, kBox + 2, kTeacherBox, kTeacherBox + 2}) mirrored.select(1, edge).neg_();
  mirrored.narrow(1, kLandmarks, 5).neg_().add_(1);
  return mirrored;
}

torch::Tensor FaceDivergence(const torch::Tensor& face, const torch::Tensor& target) {
  const auto side = [](const torch::Tensor& wanted, const torch::Tensor& given) {
    return wanted * ((wanted + kTiny).log() - (given + kTiny).log());
  };
  return side(target, face) + side(1 - target, 1 - face);
}

torch::Tensor MeanOfHardest(const torch::Tensor& losses, double share) {
  const auto count = static_cast<std::int64_t>(std::llround(share * static_cast<double>(losses.size(0))));
  return std::get<0>(losses.topk(std::clamp<std::int64_t>(count, 1, losses.size(0)), 0, true, false)).mean();
}

torch::Tensor MeanSquaredDistance(const torch::Tensor& values, const torch::Tensor& target,
                                  const torch::Tensor& known) {
  return ((values - target).square().sum(1) * known).sum() / known.sum().clamp_min(1);
}

}  // namespace kinfolder
