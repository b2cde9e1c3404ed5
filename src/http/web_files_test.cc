#include "http/web_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

Reply Get(const std::string& path, const std::string& encoding = "") {
  Request request;
  request.method = "GET";
  request.path = path;
  request.headers["accept-encoding"] = encoding;
  return WebReply(request);
}

class WebFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (WebFiles().empty()) GTEST_SKIP() << "this build is without the web app (KINFOLDER_WEB)";
  }
};

TEST_F(WebFilesTest, PagesOfTheAppAreItsIndex) {
  const std::string index = std::get<std::string>(Get("/").body);
  EXPECT_THAT(index, testing::HasSubstr("<title>Kinfolder</title>"));
  EXPECT_EQ(std::get<std::string>(Get("/people/3").body), index);
  EXPECT_EQ(Get("/").content_type, "text/html; charset=utf-8");
}

TEST_F(WebFilesTest, EveryFileIsThereBothWays) {
  for (const WebFile& file : WebFiles()) {
    const Reply plain = Get(std::string(file.path));
    const Reply packed = Get(std::string(file.path), "br, gzip");
    EXPECT_EQ(plain.status, 200) << file.path;
    EXPECT_EQ(std::get<std::string>(packed.body), file.gzip);
    EXPECT_THAT(packed.headers, testing::Contains(testing::Pair("Content-Encoding", "gzip")));
    EXPECT_FALSE(std::get<std::string>(plain.body).empty()) << file.path;
    EXPECT_NE(plain.content_type, "application/octet-stream") << file.path;
  }
}

TEST_F(WebFilesTest, NothingElseIsThere) {
  for (const char* path : {"/missing.js", "/../../etc/passwd.txt", "/assets/../index.js"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

}  // namespace
}  // namespace kinfolder
