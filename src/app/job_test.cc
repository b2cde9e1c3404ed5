#include "app/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using testing::HasSubstr;

TEST(JobRequestTest, ReadsBackWhatItWrites) {
  const JobRequest request{JobKind::kFile, {"/photos/a b.jpg", "/photos/ü"}, {"Ann", "Ben \"B\""}, "20261126-1", false};
  const auto read = JobRequestFromJson(AsJson(request).text());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, request);
  EXPECT_EQ(*JobRequestFromJson(R"({"kind": "run"})"), JobRequest());
}

TEST(JobRequestTest, SaysWhatIsWrong) {
  for (const char* text : {"", "[]", "{}", R"({"kind": "dance"})", R"({"kind": 3})", R"({"kind": "run", "paths": 3})",
                           R"({"kind": "run", "paths": ["a.jpg"]})", R"({"kind": "run", "create_folders": "yes"})"}) {
    const auto request = JobRequestFromJson(text);
    ASSERT_FALSE(request) << text;
    EXPECT_EQ(request.error().code, ErrorCode::kInvalidArgument) << text;
  }
  EXPECT_THAT(JobRequestFromJson(R"({"kind": "dance"})").error().message, HasSubstr("'dance' is no kind of job"));
}

TEST(JobStatusTest, TellsHowFastItIsAndWhatIsLeft) {
  JobStatus status;
  status.progress = {20, 60, 1, "a.jpg"};
  status.step_seconds = 10;
  EXPECT_THAT(AsJson(status).text(), HasSubstr(R"("per_second":2,"seconds_left":20)"));
  status.step_seconds = 0.1;
  EXPECT_THAT(AsJson(status).text(), HasSubstr(R"("per_second":null,"seconds_left":null)")) << "too early to tell";
}

}  // namespace
}  // namespace kinfolder
