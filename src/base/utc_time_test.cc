#include "base/utc_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(UtcTime, IsCutToSeconds) {
  EXPECT_EQ(UtcTime(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(UtcTime(1'582'979'696'999), "2020-02-29T12:34:56Z");
}

TEST(UtcNow, TakesTheFormat) { EXPECT_THAT(UtcNow("at %Y"), testing::MatchesRegex("at 20..")); }

}  // namespace
}  // namespace kinfolder
