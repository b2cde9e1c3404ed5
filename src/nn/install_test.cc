#include "nn/install.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "nn/session.h"
#include "nn/test_http_server.h"
#include "nn/test_networks.h"
#include "nn/test_sources.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string FileEntry(const std::string& role, const std::string& name, const std::string& content) {
  return fmt::format(R"("{}": {{"name": "{}", "bytes": {}, "sha256": "{}"}})", role, name, content.size(),
                     ToHex(Sha256Of(AsBytes(content))));
}

class InstallTest : public testing::Test {
 protected:
  // The manifest of a package of one file, net.onnx.
  ModelPackage Embedder(const std::string& content) {
    return Package("net", fmt::format(R"("kind": "embedder", "files": {{{}}},
        "embedding": {{"dimension": 4, "threshold": 1, "average_flipped": false,
                       "crop": {{"rule": "box", "size": 160, "margin": 14}}}})",
                                      FileEntry("embedder", "net.onnx", content)));
  }

  // Of three: p.onnx, r.onnx and o.onnx.
  ModelPackage Detector() {
    return Package("cascade",
                   fmt::format(R"("kind": "detector", "files": {{{}, {}, {}}})", FileEntry("pnet", "p.onnx", "one"),
                               FileEntry("rnet", "r.onnx", "two"), FileEntry("onet", "o.onnx", "three")));
  }

  ModelPackage Package(const std::string& id, const std::string& fields) {
    const fs::path folder = manifests_ / id;
    EXPECT_TRUE(MakeFolders(folder));
    EXPECT_TRUE(
        WriteFileAtomically(folder / "manifest.json",
                            fmt::format(R"({{"id": "{}", "description": "d", "licence": "l", "provenance": "p", {},
                         "preprocessing": {{"channels": "RGB", "mean": 127.5, "scale": 0.0078125}}}})",
                                        id, fields)));
    auto package = ReadPackage(folder);
    EXPECT_TRUE(package) << package.error().message;
    return *std::move(package);
  }

  Status Install(const ModelPackage& package, const std::string& source) {
    return InstallPackage(
        package, source, models_.path(), [this](const ProgressUpdate& update) { last_ = update; }, stop_);
  }

  void WriteSource(const std::string& name, const std::string& content) {
    ASSERT_TRUE(WriteFileAtomically(source_ / name, content));
  }
  std::string Source() const { return source_.path().string(); }

  const TemporaryFolder manifests_;
  const TemporaryFolder source_;
  const TemporaryFolder models_;
  ProgressUpdate last_;
  StopFlag stop_;
};

TEST_F(InstallTest, FromAFolder) {
  WriteSource("p.onnx", "one");
  WriteSource("r.onnx", "two");
  WriteSource("o.onnx", "three");
  WriteSource("other.onnx", "not asked for");
  const Status status = Install(Detector(), Source());
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_THAT(NamesIn(models_.path()), ElementsAre("cascade"));
  EXPECT_THAT(NamesIn(models_ / "cascade"), ElementsAre("manifest.json", "o.onnx", "p.onnx", "r.onnx"));
  const auto package = FindPackage("cascade", {models_.path()});
  ASSERT_TRUE(package) << package.error().message;
  EXPECT_TRUE(VerifyPackage(*package));
  EXPECT_EQ(last_.done, 11U);
  EXPECT_EQ(last_.total, 11U);
}

TEST_F(InstallTest, FromASingleFileWhateverItsName) {
  WriteSource("downloaded (1).bin", "weights");
  const Status status = Install(Embedder("weights"), Source() + "/downloaded (1).bin");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_TRUE(FindPackage("net", {models_.path()}));
}

TEST_F(InstallTest, APackageOfSeveralFilesNeedsAFolder) {
  WriteSource("p.onnx", "one");
  for (const std::string& source : {Source() + "/p.onnx", "file://" + Source() + "/p.onnx"}) {
    const Status status = Install(Detector(), source);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(status.error().message, HasSubstr("the model cascade consists of 3: name the folder they are in"));
  }
  EXPECT_THAT(NamesIn(models_.path()), IsEmpty());
}

TEST_F(InstallTest, FromFileUrls) {
  WriteSource("net.onnx", "weights");
  EXPECT_TRUE(Install(Embedder("weights"), "file://" + Source()));
  EXPECT_TRUE(Install(Embedder("weights"), "file://" + Source() + "/net.onnx"));
  EXPECT_EQ(Install(Embedder("weights"), "gopher://host/net.onnx").error().code, ErrorCode::kInvalidArgument);
}

TEST_F(InstallTest, ABrokenDownloadGoesOn) {
  const std::string content(50'000, 'w');
  const TestHttpServer server({.content = content, .cut_after = 20'000});
  const Status broken = Install(Embedder(content), server.url("/"));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(NamesIn(models_.path()), ElementsAre(".installing-net"));
  EXPECT_THAT(ListPackages({models_.path()}), IsEmpty());
  const Status resumed = Install(Embedder(content), server.url("/"));
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_THAT(server.requested_from(), ElementsAre(0, 20'000));
  EXPECT_THAT(NamesIn(models_.path()), ElementsAre("net"));
  EXPECT_TRUE(VerifyPackage(*FindPackage("net", {models_.path()})));
}

TEST_F(InstallTest, AWrongHashLeavesNothing) {
  WriteSource("net.onnx", "wrong!!");
  for (const std::string& source : {Source(), "file://" + Source()}) {
    const Status status = Install(Embedder("weights"), source);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(status.error().message, HasSubstr(ToHex(Sha256Of(AsBytes("wrong!!")))));
    EXPECT_THAT(status.error().message, EndsWith(ToHex(Sha256Of(AsBytes("weights")))));
    EXPECT_THAT(NamesIn(models_.path()), IsEmpty());
  }
}

TEST_F(InstallTest, AMissingFileLeavesNothing) {
  WriteSource("o.onnx", "three");
  WriteSource("p.onnx", "one");
  const Status status = Install(Detector(), Source());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(status.error().message, "there is no r.onnx in " + Source());
  EXPECT_THAT(NamesIn(models_.path()), IsEmpty());
  EXPECT_EQ(Install(Detector(), "/no/such/place").error().message, "there is no file or folder /no/such/place");
}

TEST_F(InstallTest, ABrokenPackageIsReplacedOnlyByAGoodOne) {
  ASSERT_TRUE(MakeFolders(models_ / "net"));
  ASSERT_TRUE(WriteFileAtomically(models_ / "net" / "net.onnx", "cut"));
  ASSERT_TRUE(WriteFileAtomically(models_ / "net" / "old.onnx", "of a former version"));
  WriteSource("net.onnx", "wrong!!");
  EXPECT_FALSE(Install(Embedder("weights"), Source()));
  EXPECT_THAT(NamesIn(models_ / "net"), ElementsAre("net.onnx", "old.onnx"));
  WriteSource("net.onnx", "weights");
  const Status status = Install(Embedder("weights"), Source());
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_THAT(NamesIn(models_.path()), ElementsAre("net"));
  EXPECT_THAT(NamesIn(models_ / "net"), ElementsAre("manifest.json", "net.onnx"));
}

TEST_F(InstallTest, AStoppedInstallationLeavesNoPackage) {
  WriteSource("net.onnx", "weights");
  stop_.Stop();
  const Status status = Install(Embedder("weights"), Source());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInterrupted);
  EXPECT_THAT(NamesIn(models_.path()), IsEmpty());
}

TEST_F(InstallTest, OnlyOneProcessInstallsAPackage) {
  WriteSource("net.onnx", "weights");
  const fs::path staging = models_ / ".installing-net";
  ASSERT_TRUE(MakeFolders(staging));
  const int other = ::open(staging.c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  const Status status = Install(Embedder("weights"), Source());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kLocked);
  EXPECT_EQ(status.error().message, "the model net is being installed by another process already");
  ::close(other);
  EXPECT_TRUE(Install(Embedder("weights"), Source()));
}

TEST_F(InstallTest, WhatAnotherVersionLeftBehindIsRemoved) {
  ASSERT_TRUE(MakeFolders(models_ / ".installing-net"));
  ASSERT_TRUE(WriteFileAtomically(models_ / ".installing-net" / "old.onnx.partial", "x"));
  WriteSource("net.onnx", "weights");
  ASSERT_TRUE(Install(Embedder("weights"), Source()));
  EXPECT_THAT(NamesIn(models_ / "net"), ElementsAre("manifest.json", "net.onnx"));
}

// A detector whose files can be made from two published ones.
class InstallConvertedTest : public InstallTest {
 protected:
  InstallConvertedTest() {
    Random random(1);
    files_ = FaceApiFilesOf(FaceApiMtcnnTensors(),
                            [&](const NamedShape& tensor) { return RandomTensor(tensor.shape, random, -0.1F, 0.1F); });
  }

  ModelPackage Convertible() {
    const auto entry = [](const std::string& name, const std::string& content) {
      return fmt::format(R"({{"name": "{}", "bytes": {}, "sha256": "{}"}})", name, content.size(),
                         ToHex(Sha256Of(AsBytes(content))));
    };
    ModelPackage package =
        Package("cascade", fmt::format(R"("kind": "detector", "files": {{{}, {}, {}}},
        "sources": {{"layout": "face-api-mtcnn", "url": "https://127.0.0.1/w/", "licence": "l", "files": [{}, {}]}})",
                                       FileEntry("pnet", "p.onnx", "one"), FileEntry("rnet", "r.onnx", "two"),
                                       FileEntry("onet", "o.onnx", "three"), entry("shard1", files_.shard),
                                       entry("weights_manifest.json", files_.list)));
    return package;
  }

  TestHttpServer::Options Web(std::size_t cut_after = std::string::npos) const {
    return {.path = "/w/shard1",
            .content = files_.shard,
            .cut_after = cut_after,
            .others = {{"/w/weights_manifest.json", files_.list}}};
  }

  void ExpectInstalled() {
    EXPECT_THAT(NamesIn(models_.path()), ElementsAre("cascade"));
    EXPECT_THAT(NamesIn(models_ / "cascade"), ElementsAre("manifest.json", "o.onnx", "p.onnx", "r.onnx"));
    const auto package = FindPackage("cascade", {models_.path()});
    ASSERT_TRUE(package) << package.error().message;
    EXPECT_TRUE(VerifyPackage(*package));
    EXPECT_NE(package->manifest.files.at("pnet").sha256, Sha256Of(AsBytes("one")));
    EXPECT_TRUE(package->manifest.sources);
    EXPECT_TRUE(LoadSession(package->file("onet")));
  }

  FaceApiFiles files_;
};

TEST_F(InstallConvertedTest, FromAFolder) {
  WriteFaceApiFiles(files_, source_.path());
  const Status status = Install(Convertible(), Source());
  ASSERT_TRUE(status) << status.error().message;
  ExpectInstalled();
  EXPECT_EQ(last_.done, files_.shard.size() + files_.list.size());
  EXPECT_EQ(last_.done, last_.total);
}

TEST_F(InstallConvertedTest, ReadyFilesGoBeforeTheirSources) {
  WriteFaceApiFiles(files_, source_.path());
  WriteSource("p.onnx", "one");
  WriteSource("r.onnx", "two");
  WriteSource("o.onnx", "three");
  ASSERT_TRUE(Install(Convertible(), Source()));
  EXPECT_EQ(*ReadTextFile(models_ / "cascade" / "p.onnx", 100), "one");
  EXPECT_TRUE(VerifyPackage(*FindPackage("cascade", {models_.path()})));
}

TEST_F(InstallConvertedTest, FromTheWebAndOnWhereItBroke) {
  const TestHttpServer server(Web(300'000));
  ModelPackage package = Convertible();
  package.manifest.sources->url = server.url("/w/");
  const Status broken = Install(package, "");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(ListPackages({models_.path()}), IsEmpty());
  const Status resumed = Install(package, "");
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_THAT(server.requested_from(), ElementsAre(0, 300'000, 0));
  ExpectInstalled();
}

TEST_F(InstallConvertedTest, AnInstalledManifestInstallsAgain) {
  WriteFaceApiFiles(files_, source_.path());
  ASSERT_TRUE(Install(Convertible(), Source()));
  ASSERT_TRUE(WriteFileAtomically(models_ / "cascade" / "o.onnx", "broken"));
  const Status again = Install(*ReadPackage(models_ / "cascade"), Source());
  ASSERT_TRUE(again) << again.error().message;
  ExpectInstalled();
}

TEST_F(InstallConvertedTest, WrongSourcesLeaveNothing) {
  const ModelPackage package = Convertible();
  FaceApiFiles wrong = files_;
  wrong.shard[5'000] = static_cast<char>(wrong.shard[5'000] ^ 1);
  WriteFaceApiFiles(wrong, source_.path());
  Status status = Install(package, Source());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(status.error().message, EndsWith(ToHex(Sha256Of(AsBytes(files_.shard)))));
  EXPECT_THAT(NamesIn(models_.path()), IsEmpty());
  // The files that the manifest means, but not what can be converted.
  files_.list.replace(files_.list.find("pnet"), 4, "qnet");
  WriteFaceApiFiles(files_, source_.path());
  status = Install(Convertible(), Source());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the sources have no tensor pnet/conv1/weights");
  EXPECT_THAT(NamesIn(models_.path()), IsEmpty());
}

TEST_F(InstallTest, WithoutSourcesThereIsNothingToDownload) {
  const Status status = Install(Detector(), "");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.error().message, "the model cascade can't be downloaded: name the place of its files with --from");
  EXPECT_THAT(NamesIn(models_.path()), IsEmpty());
}

}  // namespace
}  // namespace kinfolder
