#include "train/losses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace kinfolder {
namespace {

// Unit vectors in the plane at these angles.
torch::Tensor AtDegrees(const std::vector<double>& angles) {
  std::vector<torch::Tensor> rows;
  for (const double angle : angles) {
    const double radians = angle * M_PI / 180;
    rows.push_back(torch::tensor({std::cos(radians), std::sin(radians)}, torch::kFloat64));
  }
  return torch::stack(rows);
}

double SquaredDistance(double degrees) { return 2 - 2 * std::cos(degrees * M_PI / 180); }

torch::Tensor RandomUnit(int count, int dimension) {
  const torch::Tensor x = torch::randn({count, dimension}, torch::kFloat64);
  return x / x.norm(2, 1, true);
}

double PlainTripletLoss(const torch::Tensor& x, const std::vector<std::int64_t>& people,
                        const TripletOptions& options) {
  const auto distance = [&](std::size_t i, std::size_t j) {
    return (x[static_cast<std::int64_t>(i)] - x[static_cast<std::int64_t>(j)]).square().sum().item<double>();
  };
  double sum = 0;
  int pairs = 0;
  for (std::size_t a = 0; a < people.size(); ++a) {
    for (std::size_t p = 0; p < people.size(); ++p) {
      if (a == p || people[a] != people[p]) continue;
      double hardest = INFINITY;
      double semi_hard = INFINITY;
      double easiest = -INFINITY;
      for (std::size_t n = 0; n < people.size(); ++n) {
        if (people[n] == people[a]) continue;
        hardest = std::min(hardest, distance(a, n));
        easiest = std::max(easiest, distance(a, n));
        if (distance(a, n) > distance(a, p)) semi_hard = std::min(semi_hard, distance(a, n));
      }
      double negative = hardest;
      if (options.mining == Mining::kSemiHard) negative = std::isfinite(semi_hard) ? semi_hard : easiest;
      sum += std::max(0.0, distance(a, p) - negative + options.margin);
      ++pairs;
    }
  }
  return pairs == 0 ? 0 : sum / pairs;
}

TEST(TripletLoss, ByHand) {
  // Person 0 at 0 and 20 degrees, person 1 at 15 and 30.
  const torch::Tensor x = AtDegrees({0, 20, 15, 30});
  const torch::Tensor people = torch::tensor({0, 0, 1, 1}, torch::kInt64);
  const double hard = (SquaredDistance(20) - SquaredDistance(15)) + (SquaredDistance(20) - SquaredDistance(5)) +
                      (SquaredDistance(15) - SquaredDistance(5)) + (SquaredDistance(15) - SquaredDistance(10));
  EXPECT_NEAR(TripletLoss(x, people, {0.2, Mining::kHard}).item<double>(), hard / 4 + 0.2, 1e-12);
  // Semi-hard, anchor by anchor: beyond 20 the one at 30 is the nearest; beyond 20 there is nobody, so the farthest, 10
  // away; beyond 15 there is nobody (15 is not farther), so 15; beyond 15 the one at 0.
  const double semi_hard = std::max(0.0, SquaredDistance(20) - SquaredDistance(30) + 0.05) +
                           (SquaredDistance(20) - SquaredDistance(10) + 0.05) + 0.05 +
                           std::max(0.0, SquaredDistance(15) - SquaredDistance(30) + 0.05);
  EXPECT_NEAR(TripletLoss(x, people, {0.05, Mining::kSemiHard}).item<double>(), semi_hard / 4, 1e-12);
}

TEST(TripletLoss, AsPlainLoops) {
  torch::manual_seed(1);
  for (const Mining mining : {Mining::kSemiHard, Mining::kHard}) {
    for (int round = 0; round < 20; ++round) {
      const torch::Tensor x = RandomUnit(12, 3);
      const torch::Tensor people = torch::randint(4, {12}, torch::kInt64);
      const std::vector<std::int64_t> list(people.data_ptr<std::int64_t>(), people.data_ptr<std::int64_t>() + 12);
      const double loss = TripletLoss(x, people, {0.2, mining}).item<double>();
      EXPECT_NEAR(loss, PlainTripletLoss(x, list, {0.2, mining}), 1e-9);
    }
  }
}

TEST(TripletLoss, IsZeroWithoutTriplets) {
  const torch::Tensor x = AtDegrees({0, 10, 20}).requires_grad_(true);
  for (const auto& people : {std::vector<std::int64_t>{1, 1, 1}, {1, 2, 3}}) {
    const torch::Tensor loss = TripletLoss(x, torch::tensor(people, torch::kInt64), {});
    EXPECT_EQ(loss.item<double>(), 0);
    loss.backward();
  }
}

TEST(TripletLoss, PullsTogetherAndPushesApart) {
  torch::Tensor x = AtDegrees({0, 30, 40}).requires_grad_(true);
  TripletLoss(x, torch::tensor({0, 0, 1}, torch::kInt64), {}).backward();
  const torch::Tensor moved = (x - 0.1 * x.grad()).detach();
  const torch::Tensor unit = moved / moved.norm(2, 1, true);
  EXPECT_GT(unit[0].dot(unit[1]).item<double>(), std::cos(30 * M_PI / 180));
  EXPECT_LT(unit[1].dot(unit[2]).item<double>(), std::cos(10 * M_PI / 180));
}

TEST(DistillFrom, ByHand) {
  const DistillationLoss loss = DistillFrom(AtDegrees({0, 90}), AtDegrees({60, 90}));
  EXPECT_NEAR(loss.cosine.item<double>(), (0.5 + 0) / 2, 1e-12);
  EXPECT_NEAR(loss.similarity.item<double>(), 0.75, 1e-12);  // cos(30)^2 against 0
  const DistillationLoss alone = DistillFrom(AtDegrees({0}), AtDegrees({90}));
  EXPECT_NEAR(alone.cosine.item<double>(), 1, 1e-12);
  EXPECT_EQ(alone.similarity.item<double>(), 0);
}

TEST(DistillFrom, AsPlainLoops) {
  torch::manual_seed(2);
  const torch::Tensor teacher = RandomUnit(7, 5);
  const torch::Tensor student = RandomUnit(7, 5);
  double cosine = 0;
  double similarity = 0;
  for (int i = 0; i < 7; ++i) {
    cosine += (1 - student[i].dot(teacher[i]).item<double>()) / 7;
    for (int j = 0; j < 7; ++j) {
      const double off = student[i].dot(student[j]).item<double>() - teacher[i].dot(teacher[j]).item<double>();
      similarity += i == j ? 0 : off * off / 42;
    }
  }
  const DistillationLoss loss = DistillFrom(teacher, student);
  EXPECT_NEAR(loss.cosine.item<double>(), cosine, 1e-12);
  EXPECT_NEAR(loss.similarity.item<double>(), similarity, 1e-12);
}

}  // namespace
}  // namespace kinfolder
