#include "nn/model_package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kWeights[] = "abc";

void WriteManifest(const fs::path& models, const std::string& id, double accuracy = 0) {
  const std::string manifest = fmt::format(
      R"({{"id": "{}", "kind": "embedder", "description": "d", "licence": "l", "provenance": "p", "accuracy": {},
           "files": {{"embedder": {{"name": "net.onnx", "bytes": 3, "sha256": "{}"}}}},
           "preprocessing": {{"channels": "RGB", "mean": 127.5, "scale": 0.0078125}},
           "embedding": {{"dimension": 4, "threshold": 1, "average_flipped": false,
                          "crop": {{"rule": "box", "size": 160, "margin": 14}}}}}})",
      id, accuracy, ToHex(Sha256Of(AsBytes(kWeights))));
  ASSERT_TRUE(MakeFolders(models / id));
  ASSERT_TRUE(WriteFileAtomically(models / id / "manifest.json", manifest));
}

void WriteWeights(const fs::path& models, const std::string& id, std::string_view weights = kWeights) {
  ASSERT_TRUE(WriteFileAtomically(models / id / "net.onnx", weights));
}

TEST(ModelPackage, IsFoundInTheFirstFolderThatHasItsWeights) {
  const TemporaryFolder first;
  const TemporaryFolder second;
  WriteManifest(first.path(), "net");
  WriteManifest(second.path(), "net");
  WriteWeights(second.path(), "net");
  const auto package = FindPackage("net", {first / "missing", first.path(), second.path()});
  ASSERT_TRUE(package) << package.error().message;
  EXPECT_EQ(package->folder, second / "net");
  EXPECT_EQ(package->file("embedder"), second / "net" / "net.onnx");
  EXPECT_TRUE(VerifyPackage(*package));
}

TEST(ModelPackage, WithoutWeightsSaysWhatToType) {
  const TemporaryFolder models;
  WriteManifest(models.path(), "net");
  const auto package = FindPackage("net", {models.path()});
  ASSERT_FALSE(package);
  EXPECT_EQ(package.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(package.error().message,
            "the model net is not installed (net.onnx is missing): put it in place with `kinfolder models install net "
            "--from FOLDER`");
}

TEST(ModelPackage, WeightsThatAreOnTheWebNeedNoFolder) {
  const auto package = FindPackage("mtcnn", {fs::path(KINFOLDER_SOURCE_DIR) / "models"});
  ASSERT_FALSE(package) << "the repository holds no weights of others";
  EXPECT_TRUE(package.error().message.ends_with("put it in place with `kinfolder models install mtcnn`"));
}

TEST(ModelPackage, UnknownNamesAreAnsweredWithTheKnownOnes) {
  const TemporaryFolder models;
  WriteManifest(models.path(), "net");
  WriteManifest(models.path(), "other");
  EXPECT_EQ(FindPackage("nett", {models.path()}).error().message,
            "there is no model named nett; known are: net, other");
  EXPECT_EQ(FindPackage("x", {}).error().message, "there is no model named x; known are: none");
  EXPECT_EQ(FindPackage("../net", {models.path()}).error().code, ErrorCode::kInvalidArgument);
}

TEST(ModelPackage, CutWeightsAreNotUsed) {
  const TemporaryFolder models;
  WriteManifest(models.path(), "net");
  WriteWeights(models.path(), "net", "ab");
  const auto package = FindPackage("net", {models.path()});
  ASSERT_FALSE(package);
  EXPECT_EQ(package.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(package.error().message, HasSubstr("net.onnx has 2 bytes instead of 3: install the model again with"));
}

TEST(ModelPackage, TheBestIsTheMostAccurateOneThatIsInstalled) {
  const TemporaryFolder models;
  const auto best = [&] { return FindBestPackage(ModelKind::kEmbedder, {models.path()}); };
  EXPECT_THAT(best().error().message, HasSubstr("no model package that tells faces apart"));
  WriteManifest(models.path(), "fair", 0.9);
  WriteManifest(models.path(), "good", 0.98);
  WriteManifest(models.path(), "unmeasured");
  EXPECT_THAT(best().error().message, HasSubstr("kinfolder models install good"));
  WriteWeights(models.path(), "unmeasured");
  EXPECT_EQ(best()->manifest.id, "unmeasured");
  WriteWeights(models.path(), "fair");
  EXPECT_EQ(best()->manifest.id, "fair");
  WriteWeights(models.path(), "good", "ab");
  EXPECT_EQ(best().error().code, ErrorCode::kCorrupt) << "not silently another model";
  WriteWeights(models.path(), "good");
  EXPECT_EQ(best()->manifest.id, "good");
  EXPECT_EQ(FindBestPackage(ModelKind::kDetector, {models.path()}).error().code, ErrorCode::kNotFound);
  fs::remove(models / "good" / kManifestName);
  fs::create_directory(models / "good" / kManifestName);
  EXPECT_EQ(best().error().code, ErrorCode::kUnsupported) << "what can't be read may be the best";
}

TEST(ModelPackage, VerifyComparesHashes) {
  const TemporaryFolder models;
  WriteManifest(models.path(), "net");
  WriteWeights(models.path(), "net", "abd");
  const auto package = FindPackage("net", {models.path()});
  ASSERT_TRUE(package) << "sizes agree, hashes are looked at later";
  const Status verified = VerifyPackage(*package);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(verified.error().message, HasSubstr("its SHA-256 is a52d159f262b2c6ddb724a61840befc3"));
  fs::remove(models / "net" / "net.onnx");
  EXPECT_EQ(VerifyPackage(*package).error().code, ErrorCode::kNotFound);
}

TEST(ModelPackage, TheManifestsIdIsTheFoldersName) {
  const TemporaryFolder models;
  WriteManifest(models.path(), "net");
  fs::rename(models / "net", models / "net2");
  const auto package = FindPackage("net2", {models.path()});
  ASSERT_FALSE(package);
  EXPECT_THAT(package.error().message, EndsWith("manifest.json: its id net is not the name of its folder"));
}

TEST(ModelPackage, ListsAllWithTheirProblems) {
  const TemporaryFolder first;
  const TemporaryFolder second;
  WriteManifest(first.path(), "net");
  WriteManifest(second.path(), "net");
  WriteWeights(second.path(), "net");
  WriteManifest(second.path(), "bare");
  ASSERT_TRUE(MakeFolders(second / "broken"));
  ASSERT_TRUE(WriteFileAtomically(second / "broken" / "manifest.json", "{"));
  ASSERT_TRUE(MakeFolders(second / "no-package"));
  const auto packages = ListPackages({first.path(), second.path()});
  ASSERT_THAT(packages, SizeIs(3));
  EXPECT_EQ(packages[0].package.manifest.id, "bare");
  EXPECT_EQ(packages[0].problem->code, ErrorCode::kNotFound);
  EXPECT_EQ(packages[1].package.manifest.id, "broken");
  EXPECT_EQ(packages[1].problem->code, ErrorCode::kCorrupt);
  EXPECT_EQ(packages[2].package.manifest.id, "net");
  EXPECT_FALSE(packages[2].problem);
  EXPECT_EQ(packages[2].package.folder, second / "net");
}

TEST(ModelPackage, TheRepositorysManifestsDescribeTheRealWeights) {
  SKIP_WITHOUT_TEST_DATA(weights, "models/mtcnn-pnet.onnx");
  for (const std::string id : {"mtcnn", "facenet-vggface2"}) {
    auto package = ReadPackage(fs::path(KINFOLDER_SOURCE_DIR) / "models" / id);
    ASSERT_TRUE(package) << package.error().message;
    package->folder = weights.parent_path();
    const Status verified = VerifyPackage(*package);
    EXPECT_TRUE(verified) << verified.error().message;
  }
}

}  // namespace
}  // namespace kinfolder
