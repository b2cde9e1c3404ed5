#include "base/utf8.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(IsUtf8, KnowsGoodFromBad) {
  EXPECT_TRUE(IsUtf8("Zoë 😀"));
  EXPECT_TRUE(IsUtf8(""));
  for (const char* bad : {"\xFF", "\xC3", "\xED\xA0\x80", "\xC0\xAF", "a\x80"}) EXPECT_FALSE(IsUtf8(bad));
}

}  // namespace
}  // namespace kinfolder
