#include "http/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/temporary_folder.h"
#include "http/password.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

constexpr std::uint16_t kPort = 8100;
constexpr char kHost[] = "127.0.0.1:8100";

Request Asking(const std::string& path, std::map<std::string, std::string, std::less<>> headers = {}) {
  Request request{"GET", path, {}, std::move(headers), "", {}, "127.0.0.1"};
  request.headers.emplace("host", kHost);
  return request;
}

class GuardTest : public testing::Test {
 protected:
  int Status(const Request& request) {
    const std::optional<Reply> answer = guard_.Answer(request);
    return answer ? answer->status : 200;
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
  const std::optional<Reply> reply = guard_.Answer(request);
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
  for (const char* host : {"evil.example:8100", "127.0.0.1", "127.0.0.1:8101", "127.0.0.1:8100.evil.example", "",
                           "localhost:", "localhost:8100.evil.example", "192.0.2.1:8100"}) {
    Request request = Asking("/", {{"host", host}});
    EXPECT_EQ(Status(request), 421) << host;
  }
  for (const char* host : {"localhost:8100", "[::1]:8100", "127.0.0.2:8100"}) {
    EXPECT_EQ(Status(Asking("/", {{"host", host}})), 200) << host;
  }
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

TEST_F(GuardTest, NobodyLogsInWhereTheDoorIsClosed) {
  Request request = Asking("/api/login", {{"content-type", "application/json"}});
  request.method = "POST";
  request.body = R"({"password":"correct horse"})";
  EXPECT_EQ(Status(request), 401);
}

constexpr char kAttic[] = "attic.local:8443";

class OpenGuardTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(SetPassword(data_.path(), "correct horse")); }

  Request From(const std::string& peer, const std::string& method, const std::string& path,
               std::map<std::string, std::string, std::less<>> headers = {}) {
    headers.emplace("host", kAttic);
    return {method, path, {}, std::move(headers), "", {}, peer};
  }
  // 200 for what may go on.
  int Status(const Request& request) {
    const std::optional<Reply> answer = guard_.Answer(request);
    return answer ? answer->status : 200;
  }
  Reply LogIn(const std::string& password, const std::string& peer = "192.0.2.1") {
    Request request = From(peer, "POST", "/api/login", {{"content-type", "application/json"}});
    request.body = Json::Object({{"password", password}}).text();
    return guard_.Answer(request).value_or(Reply{});
  }
  static std::string HeaderOf(const Reply& reply, std::string_view name) {
    for (const auto& [header, value] : reply.headers) {
      if (header == name) return value;
    }
    return "";
  }
  static std::string CookieOf(const Reply& reply) {
    const std::string cookie = HeaderOf(reply, "Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
  }

  TemporaryFolder data_;
  std::string key_ = MakeKey().value();
  // Time stands still: looking at a password takes some of it.
  Guard guard_{key_, 8443, OpenDoor{{"attic.local"}, data_.path()}, [now = LoginLimit::Time()] { return now; }};
};

TEST_F(OpenGuardTest, ThePasswordBeginsASessionThatIsEndedByTheBrowser) {
  EXPECT_EQ(Status(From("192.0.2.1", "GET", "/api/people")), 401);
  EXPECT_EQ(LogIn("correct horsE").status, 401);
  const Reply in = LogIn("correct horse");
  EXPECT_EQ(in.status, 204);
  EXPECT_THAT(HeaderOf(in, "Set-Cookie"), HasSubstr("HttpOnly; SameSite=Strict; Max-Age=2592000; Secure"));
  const Request request = From("192.0.2.1", "GET", "/api/people", {{"cookie", CookieOf(in)}});
  EXPECT_EQ(Status(request), 200);
  EXPECT_TRUE(guard_.IsLetIn(request));
  const Request leaving = From("192.0.2.1", "POST", "/api/logout", {{"cookie", CookieOf(in)}});
  const Reply out = guard_.Answer(leaving).value();
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(HeaderOf(out, "Set-Cookie"), HasSubstr("kinfolder-8443=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
  EXPECT_EQ(Status(request), 401);
}

TEST_F(OpenGuardTest, TheKeyStillLetsIn) {
  EXPECT_EQ(Status(From("192.0.2.1", "GET", "/api/people", {{"authorization", "Bearer " + key_}})), 200);
  EXPECT_EQ(Status(From("192.0.2.1", "GET", "/api/people", {{"cookie", "kinfolder-8443=" + key_}})), 200);
  EXPECT_EQ(Status(From("192.0.2.1", "GET", "/api/people", {{"cookie", "kinfolder-8443="}})), 401);
}

TEST_F(OpenGuardTest, AnotherPasswordEndsSessions) {
  const Request request = From("192.0.2.1", "GET", "/api/people", {{"cookie", CookieOf(LogIn("correct horse"))}});
  EXPECT_EQ(Status(request), 200);
  ASSERT_TRUE(SetPassword(data_.path(), "battery staple"));
  EXPECT_EQ(Status(request), 401);
  EXPECT_EQ(LogIn("correct horse").status, 401);
  EXPECT_EQ(LogIn("battery staple").status, 204);
  ASSERT_TRUE(RemovePassword(data_.path()));
  EXPECT_EQ(LogIn("battery staple").status, 401);
}

TEST_F(OpenGuardTest, TooManyWrongPasswordsAreNotLookedAt) {
  for (int i = 0; i < LoginLimit::kTriesOfOne; ++i) EXPECT_EQ(LogIn("wrong password").status, 401);
  const Reply refused = LogIn("correct horse");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(HeaderOf(refused, "Retry-After"), "30");
  EXPECT_EQ(LogIn("correct horse", "192.0.2.2").status, 204) << "others are not held up";
}

TEST_F(OpenGuardTest, AnswersAtTheMachinesNamesAndAtAddresses) {
  for (const char* host : {kAttic, "Attic.Local:8443", "localhost:8443", "192.0.2.7:8443", "[2001:db8::1]:8443"}) {
    EXPECT_EQ(Status(From("192.0.2.1", "GET", "/", {{"host", host}})), 200) << host;
  }
  for (const char* host :
       {"evil.example:8443", "attic.local", "attic.local:443", "attic.local.evil.example:8443", ""}) {
    EXPECT_EQ(Status(From("192.0.2.1", "GET", "/", {{"host", host}})), 421) << host;
  }
}

TEST_F(OpenGuardTest, OtherSitesMayNotEvenTryPasswords) {
  for (const char* origin : {"https://evil.example", "http://attic.local:8443", "https://attic.local"}) {
    Request request =
        From("192.0.2.1", "POST", "/api/login", {{"origin", origin}, {"content-type", "application/json"}});
    request.body = R"({"password":"correct horse"})";
    EXPECT_EQ(Status(request), 403) << origin;
  }
}

}  // namespace
}  // namespace kinfolder
