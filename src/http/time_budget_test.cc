#include "http/time_budget.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using std::chrono::milliseconds;
using Seconds = std::chrono::duration<double>;

TEST(TimeBudget, SavesUpToItsLimitAndThenGivesItsShare) {
  TimeBudget budget(0.25, Seconds(1));
  TimeBudget::Clock::time_point now;
  EXPECT_EQ(budget.Wait(now).count(), 0);
  budget.Spend(milliseconds(600), now);
  EXPECT_EQ(budget.Wait(now).count(), 0);
  budget.Spend(milliseconds(600), now);
  EXPECT_NEAR(budget.Wait(now).count(), 0.8, 1e-9);
  now += milliseconds(400);
  EXPECT_NEAR(budget.Wait(now).count(), 0.4, 1e-9);
  now += std::chrono::hours(1);
  EXPECT_EQ(budget.Wait(now).count(), 0);
  budget.Spend(milliseconds(1100), now);
  EXPECT_NEAR(budget.Wait(now).count(), 0.4, 1e-9) << "an hour saves no more than the limit";
}

TEST(TimeBudget, GivesItsShareInTheLongRun) {
  TimeBudget budget(0.25, Seconds(1));
  TimeBudget::Clock::time_point now;
  const auto begin = now;
  Seconds spent{0};
  for (int i = 0; i < 1000; ++i) {
    now += std::chrono::duration_cast<TimeBudget::Clock::duration>(budget.Wait(now)) + milliseconds(20);
    budget.Spend(milliseconds(20), now);
    spent += milliseconds(20);
  }
  EXPECT_NEAR(spent / Seconds(now - begin), 0.25, 0.02);
}

}  // namespace
}  // namespace kinfolder
