#include "http/sessions.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class SessionsTest : public testing::Test {
 protected:
  const Sessions::Time start_;
  Sessions sessions_;
};

TEST_F(SessionsTest, EndWhenTheyAreEndedUnusedOrOld) {
  for (const char* token : {"ended", "unused", "used"}) sessions_.Begin(token, "hash", start_);
  EXPECT_TRUE(sessions_.IsOpen("ended", "hash", start_));
  EXPECT_FALSE(sessions_.IsOpen("other", "hash", start_));
  sessions_.End("ended");
  EXPECT_FALSE(sessions_.IsOpen("ended", "hash", start_));
  Sessions::Time now = start_;
  for (; now < start_ + Sessions::kLongest; now += hours(20)) EXPECT_TRUE(sessions_.IsOpen("used", "hash", now));
  EXPECT_FALSE(sessions_.IsOpen("used", "hash", start_ + Sessions::kLongest + minutes(1)));
  EXPECT_FALSE(sessions_.IsOpen("unused", "hash", start_ + Sessions::kUnused + minutes(1)));
}

TEST_F(SessionsTest, EndWithThePassword) {
  sessions_.Begin("token", "hash", start_);
  EXPECT_FALSE(sessions_.IsOpen("token", "hash of another", start_));
  EXPECT_FALSE(sessions_.IsOpen("token", "hash", start_));
}

TEST_F(SessionsTest, OfTooManyTheOneUsedLongestAgoEnds) {
  for (std::size_t i = 0; i < Sessions::kMost; ++i) sessions_.Begin(fmt::format("{}", i), "hash", start_ + minutes(i));
  EXPECT_TRUE(sessions_.IsOpen("0", "hash", start_ + hours(10)));
  sessions_.Begin("one more", "hash", start_ + hours(10));
  EXPECT_TRUE(sessions_.IsOpen("0", "hash", start_ + hours(10)));
  EXPECT_FALSE(sessions_.IsOpen("1", "hash", start_ + hours(10)));
}

}  // namespace
}  // namespace kinfolder
