#include "filing/space.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

TEST(CheckFreeSpace, TellsBothFigures) {
  const TemporaryFolder folder;
  EXPECT_TRUE(CheckFreeSpace(folder.path(), 1, "this"));
  const Status status = CheckFreeSpace(folder / "not" / "yet there", std::uint64_t{1} << 60, "filing these photos");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNoSpace);
  const std::string start = "filing these photos takes 1.2 EB, but " + folder.path().string() + " has only ";
  EXPECT_TRUE(status.error().message.starts_with(start)) << status.error().message;
}

TEST(HumanBytes, RoundsToOneDigit) {
  EXPECT_EQ(HumanBytes(999), "999 bytes");
  EXPECT_EQ(HumanBytes(1000), "1.0 kB");
  EXPECT_EQ(HumanBytes(999'960), "1.0 MB");
  EXPECT_EQ(HumanBytes(12'345'678'901), "12.3 GB");
}

}  // namespace
}  // namespace kinfolder
