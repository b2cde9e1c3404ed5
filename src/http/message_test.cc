#include "http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(RequestTest, NumbersAreWholeAndNotNegative) {
  Request request;
  request.query = {{"limit", "25"}, {"offset", "-1"}, {"size", "12px"}, {"empty", ""}};
  EXPECT_EQ(*request.Number("limit", 7), 25);
  EXPECT_EQ(*request.Number("missing", 7), 7);
  for (const char* name : {"offset", "size", "empty"}) {
    const auto number = request.Number(name, 7);
    ASSERT_FALSE(number) << name;
    EXPECT_EQ(number.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(RequestTest, AnIdThatIsNoNumberNamesNothing) {
  Request request;
  request.captures = {"12"};
  EXPECT_EQ(*request.Id(), 12);
  request.captures = {"../12"};
  EXPECT_EQ(request.Id().error().code, ErrorCode::kNotFound);
}

TEST(ReplyTest, AnErrorIsASentenceWithItsStatus) {
  const Reply reply = Reply::OfError({ErrorCode::kNotFound, "nobody is called \"Ann\""});
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(std::get<std::string>(reply.body),
            R"({"error":{"code":"not-found","message":"nobody is called \"Ann\""}})");
}

}  // namespace
}  // namespace kinfolder
