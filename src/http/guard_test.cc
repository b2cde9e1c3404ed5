#include "http/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace kinfolder {
namespace {

using testing::HasSubstr;

constexpr std::uint16_t kPort = 8100;
constexpr char kHost[] = "127.0.0.1:8100";

Request Asking(const std::string& path, std::map<std::string, std::string, std::less<>> headers = {}) {
  Request request{"GET", path, {}, std::move(headers), "", {}};
  request.headers.emplace("host", kHost);
  return request;
}

class GuardTest : public testing::Test {
 protected:
  int Status(const Request& request) {
    const std::optional<Reply> refusal = guard_.Refusal(request);
    return refusal ? refusal->status : 200;
  }

  std::string key_ = MakeKey().value();
  Guard guard_{key_, kPort};
};

TEST_F(GuardTest, KeysAreLongAndNeverTheSame) {
  EXPECT_EQ(key_.size(), 64);
  EXPECT_NE(key_, MakeKey().value());
}

TEST_F(GuardTest, LetsInWhoShowsTheKey) {
  EXPECT_EQ(Status(Asking("/api/people")), 401);
  EXPECT_EQ(Status(Asking("/api/people", {{"authorization", "Bearer " + key_}})), 200);
  EXPECT_EQ(Status(Asking("/api/people", {{"cookie", "a=b; kinfolder-8100=" + key_ + "; c=d"}})), 200);
  EXPECT_EQ(Status(Asking("/api/people", {{"cookie", "kinfolder-8101=" + key_}})), 401);
  EXPECT_EQ(Status(Asking("/api/people", {{"cookie", "kinfolder-8100=" + key_.substr(1)}})), 401);
  EXPECT_EQ(Status(Asking("/api/people", {{"authorization", "Bearer "}})), 401);
  EXPECT_EQ(Status(Asking("/")), 200) << "the app itself is no secret";
}

TEST_F(GuardTest, TheAddressWithTheKeySetsACookieThatScriptsCannotRead) {
  Request request = Asking("/");
  request.query["key"] = key_;
  const std::optional<Reply> reply = guard_.Refusal(request);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 303);
  const auto cookie = std::find_if(reply->headers.begin(), reply->headers.end(),
                                   [](const auto& header) { return header.first == "Set-Cookie"; });
  ASSERT_NE(cookie, reply->headers.end());
  EXPECT_THAT(cookie->second, HasSubstr("kinfolder-8100=" + key_));
  EXPECT_THAT(cookie->second, HasSubstr("HttpOnly; SameSite=Strict"));
  request.query["key"] = std::string(64, '0');
  EXPECT_EQ(Status(request), 403);
}

TEST_F(GuardTest, AnswersAtItsOwnNameAlone) {
  for (const char* host : {"evil.example:8100", "127.0.0.1", "127.0.0.1:8101", "127.0.0.1:8100.evil.example", ""}) {
    Request request = Asking("/", {{"host", host}});
    EXPECT_EQ(Status(request), 421) << host;
  }
  EXPECT_EQ(Status(Asking("/", {{"host", "localhost:8100"}})), 200);
}

TEST_F(GuardTest, OtherSitesMayChangeNothing) {
  const std::string bearer = "Bearer " + key_;
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"origin", "http://evil.example"},
                                                        {"origin", "null"},
                                                        {"origin", "https://127.0.0.1:8100"},
                                                        {"sec-fetch-site", "cross-site"},
                                                        {"sec-fetch-site", "same-site"}}) {
    Request request = Asking("/api/job", {{"authorization", bearer}, {name, value}});
    request.method = "POST";
    EXPECT_EQ(Status(request), 403) << name << ": " << value;
  }
  Request own = Asking(
      "/api/job", {{"authorization", bearer}, {"origin", "http://127.0.0.1:8100"}, {"sec-fetch-site", "same-origin"}});
  own.method = "POST";
  EXPECT_EQ(Status(own), 200);
}

}  // namespace
}  // namespace kinfolder
