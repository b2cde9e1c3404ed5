#include "domain/photo.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(ParseLocalTime, ReadsWhatCamerasWrite) {
  const LocalTime expected{2019, 5, 4, 12, 30, 7};
  EXPECT_EQ(ParseLocalTime("2019:05:04 12:30:07"), expected);
  EXPECT_EQ(ParseLocalTime("2019-05-04T12:30:07+02:00"), expected);
  EXPECT_EQ(ParseLocalTime("2019-05-04T12:30:07.123Z"), expected);
  EXPECT_EQ(ParseLocalTime("2020-02-29"), (LocalTime{2020, 2, 29, 0, 0, 0}));
  EXPECT_EQ(ToString(expected), "2019-05-04T12:30:07");
}

TEST(ParseLocalTime, RefusesWhatIsNoDate) {
  for (const char* text : {"", "0000:00:00 00:00:00", "    :  :     :  :  ", "2019-02-29", "2019-13-01", "20190504",
                           "yesterday", "-019:05:04"}) {
    EXPECT_EQ(ParseLocalTime(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace kinfolder
