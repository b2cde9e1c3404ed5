#include "base/result.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return Fail(ErrorCode::kInvalidArgument, "{} is odd", value);
  return value / 2;
}

Result<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

Status MustBeEven(int value) {
  RETURN_IF_ERROR(Half(value));
  return {};
}

TEST(Result, CarriesValueOrError) {
  EXPECT_EQ(*Quarter(12), 3);
  ASSERT_FALSE(Quarter(6));
  EXPECT_EQ(Quarter(6).error(), (Error{ErrorCode::kInvalidArgument, "3 is odd"}));
}

TEST(Result, StatusPassesErrorsOn) {
  EXPECT_TRUE(MustBeEven(2));
  EXPECT_EQ(MustBeEven(5).error().message, "5 is odd");
}

}  // namespace
}  // namespace kinfolder
