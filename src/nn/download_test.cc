#include "nn/download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "nn/test_http_server.h"

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// 300,000 bytes that differ along the way.
std::string Content() {
  std::string content;
  while (content.size() < 300'000) content += std::to_string(content.size()) + ",";
  content.resize(300'000);
  return content;
}

class DownloadTest : public testing::Test {
 protected:
  Status Fetch(const std::string& url, std::uint64_t expected = 300'000) {
    return downloader_.Download(
        url, partial_, expected, [this](std::uint64_t bytes) { arrived_ = bytes; }, stop_);
  }
  std::string Arrived() const { return ReadTextFile(partial_, 1 << 20).value_or("none"); }

  const TemporaryFolder folder_;
  const std::filesystem::path partial_ = folder_ / "net.partial";
  std::uint64_t arrived_ = 0;
  Downloader downloader_;
  StopFlag stop_;
};

TEST_F(DownloadTest, FetchesAFile) {
  const TestHttpServer server({.content = Content()});
  const Status status = Fetch(server.url("/net.onnx"));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(Arrived(), Content());
  EXPECT_EQ(arrived_, 300'000U);
}

TEST_F(DownloadTest, GoesOnWhereTheConnectionBroke) {
  const TestHttpServer server({.content = Content(), .cut_after = 120'000});
  const Status broken = Fetch(server.url("/net.onnx"));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(broken.error().message, HasSubstr("(120000 bytes have arrived; the next call goes on from there)"));
  EXPECT_EQ(Arrived(), Content().substr(0, 120'000));
  const Status resumed = Fetch(server.url("/net.onnx"));
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(Arrived(), Content());
  EXPECT_THAT(server.requested_from(), ElementsAre(0, 120'000));
}

TEST_F(DownloadTest, BeginsAnewWhereTheServerSendsNoParts) {
  const TestHttpServer server({.content = Content(), .cut_after = 5'000, .knows_ranges = false});
  EXPECT_FALSE(Fetch(server.url("/net.onnx")));
  const Status status = Fetch(server.url("/net.onnx"));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(Arrived(), Content());
}

TEST_F(DownloadTest, BeginsAnewWhereMoreHasArrivedThanThereIs) {
  const TestHttpServer server({.content = Content()});
  ASSERT_TRUE(WriteFileAtomically(partial_, std::string(400'000, 'x')));
  const Status status = Fetch(server.url("/net.onnx"));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(Arrived(), Content());
}

TEST_F(DownloadTest, AsksForNothingWhenAllIsThere) {
  const TestHttpServer server({.content = Content()});
  ASSERT_TRUE(WriteFileAtomically(partial_, Content()));
  EXPECT_TRUE(Fetch(server.url("/net.onnx")));
  EXPECT_TRUE(server.requested_from().empty());
}

TEST_F(DownloadTest, AFileOfAnotherSizeIsNotTheFileWanted) {
  const TestHttpServer server({.content = Content()});
  const Status too_long = Fetch(server.url("/net.onnx"), 200'000);
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(too_long.error().message, HasSubstr("net.onnx is not the file wanted: it has more than 200000 bytes"));
  std::filesystem::remove(partial_);
  const Status too_short = Fetch(server.url("/net.onnx"), 300'001);
  ASSERT_FALSE(too_short);
  EXPECT_EQ(too_short.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(too_short.error().message, HasSubstr("it has 300000 bytes instead of 300001"));
}

TEST_F(DownloadTest, SaysWhatIsMissing) {
  const TestHttpServer server({.content = Content()});
  const Status missing = Fetch(server.url("/other.onnx"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message, "there is no file at " + server.url("/other.onnx"));
  EXPECT_EQ(Fetch("file:///no/such/file.onnx").error().code, ErrorCode::kNotFound);
}

TEST_F(DownloadTest, NobodyAnswers) {
  std::string url;
  { url = TestHttpServer({}).url("/net.onnx"); }
  const Status status = Fetch(url);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(status.error().message, HasSubstr("cannot download " + url));
}

TEST_F(DownloadTest, AServerMayNotSendUsToLocalFiles) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "secret", Content()));
  const TestHttpServer server({.content = Content(), .redirect_to = "file://" + (folder_ / "secret").string()});
  const Status status = Fetch(server.url("/net.onnx"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNetwork);
  EXPECT_EQ(Arrived(), "");
}

TEST_F(DownloadTest, StopsWhenAsked) {
  const TestHttpServer server({.content = Content()});
  stop_.Stop();
  const Status status = Fetch(server.url("/net.onnx"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInterrupted);
}

TEST_F(DownloadTest, FileUrlsAreResumedToo) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a b.onnx", Content()));
  ASSERT_TRUE(WriteFileAtomically(partial_, Content().substr(0, 1000)));
  const Status status = Fetch("file://" + folder_.path().string() + "/a%20b.onnx");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(Arrived(), Content());
}

TEST(Url, FilesInFolders) {
  EXPECT_EQ(*UrlInFolder("https://host/models", "n.onnx"), "https://host/models/n.onnx");
  EXPECT_EQ(*UrlInFolder("https://host/models/?raw=1", "n.onnx"), "https://host/models/n.onnx?raw=1");
  EXPECT_EQ(*UrlInFolder("http://host", "n.onnx"), "http://host/n.onnx");
  EXPECT_EQ(*LastPartOf("https://host/a/n.onnx?raw=1#x"), "n.onnx");
  EXPECT_EQ(*LastPartOf("https://host/a/"), "");
  EXPECT_EQ(UrlInFolder("ftp://host/a", "n").error().message,
            "ftp://host/a can't be downloaded: only http, https and file URLs can");
  EXPECT_FALSE(LastPartOf("http://"));
}

TEST(Url, PathsAreNone) {
  EXPECT_TRUE(IsUrl("https://host"));
  EXPECT_TRUE(IsUrl("ftp://host"));
  for (const char* path : {"", "models", "/a/b", "./a://b", "://x", "C:/x"}) EXPECT_FALSE(IsUrl(path)) << path;
}

}  // namespace
}  // namespace kinfolder
