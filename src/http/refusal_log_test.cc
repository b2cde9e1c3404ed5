#include "http/refusal_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace kinfolder {
namespace {

class RefusalLogTest : public testing::Test {
 protected:
  void Tell(int status) {
    log_.Tell({"POST", "/api/login", {}, {}, "", {}, "192.0.2.1"}, Reply::OfText(status, "No."), now_);
  }

  std::vector<std::string> lines_;
  RefusalLog log_{[this](const std::string& line) { lines_.push_back(line); }};
  TimeBudget::Clock::time_point now_;
};

TEST_F(RefusalLogTest, TellsOfWhoWasRefusedAlone) {
  for (const int status : {200, 204, 303, 304, 404, 500}) Tell(status);
  EXPECT_THAT(lines_, testing::IsEmpty());
  Tell(401);
  EXPECT_THAT(lines_, testing::ElementsAre("refused: 192.0.2.1 POST /api/login (401)"));
}

TEST_F(RefusalLogTest, CountsTheOthersWhereThereAreMany) {
  for (int i = 0; i < 1000; ++i) Tell(429);
  EXPECT_EQ(lines_.size(), RefusalLog::kLinesAtOnce);
  now_ += std::chrono::seconds(2);
  Tell(429);
  EXPECT_EQ(lines_.back(), "refused: 192.0.2.1 POST /api/login (429), and 980 others");
}

}  // namespace
}  // namespace kinfolder
