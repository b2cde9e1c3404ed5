#include "http/remade.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

namespace kinfolder {
namespace {

using Number = Remade<int>::Value;

Result<Number> One(const Number& /*last*/) { return std::make_shared<const int>(1); }
Result<Number> Two(const Number& /*last*/) { return std::make_shared<const int>(2); }

TEST(Remade, IsMadeAnewUnlessItMayBeOld) {
  Remade<int> number;
  EXPECT_EQ(**number.Get(7, true, One), 1);
  EXPECT_EQ(**number.Get(7, true, Two), 1);
  EXPECT_EQ(**number.Get(8, true, Two), 2) << "of another version";
  EXPECT_EQ(**number.Get(8, false, One), 1);
  EXPECT_EQ(**number.Get(8, true, Two), 1);
  number.Forget();
  EXPECT_EQ(**number.Get(8, true, Two), 2);
}

TEST(Remade, KnowsTheLast) {
  Remade<int> number;
  const Number one = *number.Get(7, false, One);
  EXPECT_EQ(*number.Get(7, false, [](const Number& last) -> Result<Number> { return last; }), one);
}

TEST(Remade, StaysWhereTheNextCannotBeMade) {
  Remade<int> number;
  EXPECT_TRUE(number.Get(7, false, One));
  const auto failing = [](const Number& /*last*/) -> Result<Number> { return Fail(ErrorCode::kIo, "no"); };
  EXPECT_FALSE(number.Get(7, false, failing));
  EXPECT_EQ(**number.Get(7, true, Two), 1);
}

TEST(Remade, OthersDoNotWaitForWhoMakesIt) {
  Remade<int> number;
  EXPECT_TRUE(number.Get(7, false, One));
  std::promise<void> making;
  std::promise<void> go_on;
  std::thread maker([&] {
    EXPECT_EQ(**number.Get(7, false,
                           [&](const Number& last) {
                             making.set_value();
                             go_on.get_future().wait();
                             return Two(last);
                           }),
              2);
  });
  making.get_future().wait();
  EXPECT_EQ(**number.Get(7, true, Two), 1);
  go_on.set_value();
  maker.join();
}

TEST(Remade, NobodyWaitsForWhatIsMadeMeanwhile) {
  Remade<int> number(std::chrono::seconds(0));
  EXPECT_TRUE(number.Get(7, false, One));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // now it has rested
  std::promise<void> go_on;
  const auto slowly = [&](const Number& last) {
    go_on.get_future().wait();
    return Two(last);
  };
  EXPECT_EQ(**number.Get(7, true, slowly), 1);
  EXPECT_EQ(**number.Get(7, true, slowly), 1) << "one is enough";
  go_on.set_value();
  number.Wait();
  EXPECT_EQ(**number.Get(7, true, Two), 2);
  number.Wait();
}

TEST(Remade, WhoWaitsTogetherIsServedByOneMaking) {
  Remade<int> number;
  std::promise<void> making;
  std::promise<void> go_on;
  std::atomic<int> makings = 0;
  std::thread first([&] {
    EXPECT_TRUE(number.Get(7, false, [&](const Number& last) {
      making.set_value();
      go_on.get_future().wait();
      return One(last);
    }));
  });
  making.get_future().wait();
  constexpr int kOthers = 8;
  std::vector<std::thread> others(kOthers);
  std::atomic<int> called = 0;
  for (std::thread& other : others) {
    other = std::thread([&] {
      ++called;
      EXPECT_EQ(**number.Get(7, false,
                             [&](const Number& last) {
                               ++makings;
                               return Two(last);
                             }),
                2);
    });
  }
  while (called < kOthers) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // now they wait
  go_on.set_value();
  first.join();
  for (std::thread& other : others) other.join();
  EXPECT_EQ(makings, 1) << "the first making began before they called, the next serves all";
}

}  // namespace
}  // namespace kinfolder
