#include "http/byte_range.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(ChooseRange, SendsTheWholeWhereNoRangeIsUnderstood) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,4-5", "lines=0-1",
                             "bytes=99999999999999999999-"}) {
    const RangeChoice choice = ChooseRange(header, 10);
    EXPECT_EQ(choice.status, 200) << header;
    EXPECT_EQ(choice.range, (ByteRange{0, 10})) << header;
    EXPECT_EQ(choice.content_range, "") << header;
  }
}

TEST(ChooseRange, CutsWhatIsAskedFor) {
  EXPECT_EQ(ChooseRange("bytes=2-5", 10).range, (ByteRange{2, 4}));
  EXPECT_EQ(ChooseRange("bytes=2-5", 10).content_range, "bytes 2-5/10");
  EXPECT_EQ(ChooseRange("bytes=2-5", 10).status, 206);
  EXPECT_EQ(ChooseRange("bytes=7-", 10).range, (ByteRange{7, 3}));
  EXPECT_EQ(ChooseRange("bytes=7-100", 10).range, (ByteRange{7, 3}));
  EXPECT_EQ(ChooseRange("bytes=-4", 10).range, (ByteRange{6, 4}));
  EXPECT_EQ(ChooseRange("bytes=-40", 10).range, (ByteRange{0, 10}));
}

TEST(ChooseRange, RefusesWhatTheFileDoesNotHave) {
  for (const char* header : {"bytes=10-", "bytes=10-12", "bytes=-0"}) {
    const RangeChoice choice = ChooseRange(header, 10);
    EXPECT_EQ(choice.status, 416) << header;
    EXPECT_EQ(choice.content_range, "bytes */10") << header;
  }
  EXPECT_EQ(ChooseRange("bytes=0-", 0).status, 416);
}

}  // namespace
}  // namespace kinfolder
