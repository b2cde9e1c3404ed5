#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/temporary_folder.h"
#include "http/backend.h"

namespace kinfolder {
namespace {

Result<Reply> Words(Backend& /*backend*/, const Request& request) {
  std::string words;
  for (const std::string& capture : request.captures) words += capture + ";";
  return Reply::OfText(200, words);
}

Result<Reply> Refuse(Backend& /*backend*/, const Request& /*request*/) {
  return Fail(ErrorCode::kLocked, "another run is at work");
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    const std::string home = folder_.path().string();
    backend_ = *Backend::Open(
        {}, [home](const std::string& name) { return name == "HOME" ? std::optional(home) : std::nullopt; });
  }

  Reply Answer(const char* method, const char* path) {
    Request request;
    request.method = method;
    request.path = path;
    return router_.Answer(*backend_, request);
  }
  std::string Body(const char* path) { return std::get<std::string>(Answer("GET", path).body); }

  TemporaryFolder folder_;
  std::unique_ptr<Backend> backend_;
  Router router_{{{"GET", "/api/people", Words},
                  {"POST", "/api/people", Refuse},
                  {"GET", "/api/people/{}", Words},
                  {"GET", "/api/photos/{}/faces/{}/picture", Words}}};
};

TEST_F(RouterTest, PartsOfThePathBecomeCaptures) {
  EXPECT_EQ(Body("/api/people"), "\n");
  EXPECT_EQ(Body("/api/people/3"), "3;\n");
  EXPECT_EQ(Body("/api/photos/4/faces/17/picture"), "4;17;\n");
}

TEST_F(RouterTest, WhatFitsNoPatternIsNotThere) {
  for (const char* path : {"/", "/api", "/api/people/", "/api/people/3/", "/api/people/3/4", "/api//people",
                           "/api/photos//faces/17/picture", "api/people"}) {
    EXPECT_EQ(Answer("GET", path).status, 404) << path;
  }
}

TEST_F(RouterTest, AnotherMethodIsToldWhichThereAre) {
  const Reply reply = Answer("DELETE", "/api/people");
  EXPECT_EQ(reply.status, 405);
  EXPECT_THAT(reply.headers, testing::Contains(testing::Pair("Allow", "GET, POST")));
}

TEST_F(RouterTest, ErrorsBecomeReplies) { EXPECT_EQ(Answer("POST", "/api/people").status, 423); }

}  // namespace
}  // namespace kinfolder
