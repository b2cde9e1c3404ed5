#include "http/login_limit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using std::chrono::seconds;

class LoginLimitTest : public testing::Test {
 protected:
  LoginLimit::Time now_;
  LoginLimit limit_;
};

TEST_F(LoginLimitTest, OneAddressHasAFewTriesThenOneNowAndThen) {
  for (int i = 0; i < LoginLimit::kTriesOfOne; ++i) EXPECT_EQ(limit_.Take("192.0.2.1", now_), std::nullopt);
  EXPECT_EQ(limit_.Take("192.0.2.1", now_), LoginLimit::kWaitOfOne);
  EXPECT_EQ(limit_.Take("192.0.2.2", now_), std::nullopt) << "others are not kept waiting";
  now_ += LoginLimit::kWaitOfOne - seconds(1);
  EXPECT_EQ(limit_.Take("192.0.2.1", now_), seconds(1));
  now_ += seconds(1);
  EXPECT_EQ(limit_.Take("192.0.2.1", now_), std::nullopt);
  EXPECT_NE(limit_.Take("192.0.2.1", now_), std::nullopt);
}

TEST_F(LoginLimitTest, ANetworkOfIpv6CountsAsOneAddress) {
  for (int i = 0; i < LoginLimit::kTriesOfOne; ++i) {
    EXPECT_EQ(limit_.Take(fmt::format("2001:db8:1:2::{}", i), now_), std::nullopt);
  }
  EXPECT_NE(limit_.Take("2001:db8:1:2:ffff::1", now_), std::nullopt);
  EXPECT_EQ(limit_.Take("2001:db8:1:3::1", now_), std::nullopt);
}

TEST_F(LoginLimitTest, ManyAddressesTogetherAreHeldBackButNotThisMachine) {
  for (int i = 0; i < LoginLimit::kTriesOfAll; ++i) {
    EXPECT_EQ(limit_.Take(fmt::format("192.0.2.{}", i), now_), std::nullopt);
  }
  EXPECT_EQ(limit_.Take("192.0.2.200", now_), LoginLimit::kWaitOfAll);
  EXPECT_EQ(limit_.Take("127.0.0.1", now_), std::nullopt);
  EXPECT_EQ(limit_.Take("::1", now_), std::nullopt);
}

TEST_F(LoginLimitTest, TheRightPasswordGivesTheTriesBack) {
  for (int i = 0; i < 10 * LoginLimit::kTriesOfAll; ++i) {
    EXPECT_EQ(limit_.Take("192.0.2.1", now_), std::nullopt);
    limit_.GiveBack("192.0.2.1");
  }
}

TEST_F(LoginLimitTest, AddressesAreForgotten) {
  std::size_t most = 0;
  for (int i = 0; i < 10000; ++i, now_ += seconds(1)) {
    limit_.Take(fmt::format("10.0.{}.{}", i / 256, i % 256), now_);
    most = std::max(most, limit_.addresses());
  }
  EXPECT_LE(most, 40);
  EXPECT_GT(most, 0);
}

}  // namespace
}  // namespace kinfolder
