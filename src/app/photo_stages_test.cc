#include "app/photo_stages.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "app/test_scanner.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"
#include "faces/align.h"
#include "image/encode.h"

namespace kinfolder {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ImageLibrary : public ::testing::Environment {
  void SetUp() override { ASSERT_TRUE(InitializeImageLibrary("test")); }
};
[[maybe_unused]] const ::testing::Environment* const kImageLibrary =
    ::testing::AddGlobalTestEnvironment(new ImageLibrary);

std::filesystem::path WritePhoto(const std::filesystem::path& path, int width, int height) {
  EXPECT_TRUE(WriteFileAtomically(path, *EncodePng(Image(width, height))));
  return path;
}

TEST(FindPhotoFile, GivesAnAbsolutePath) {
  const TemporaryFolder folder;
  WritePhoto(folder / "a.png", 4, 4);
  const auto found = FindPhotoFile(std::filesystem::relative(folder / "a.png"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->path.is_absolute());
  EXPECT_EQ(found->path.filename(), "a.png");
  EXPECT_EQ(found->stamp.bytes, std::filesystem::file_size(folder / "a.png"));
}

TEST(FindPhotoFile, NamesWhatIsNotThere) {
  const TemporaryFolder folder;
  const auto found = FindPhotoFile(folder / "gone.jpg");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(found.error().message, HasSubstr("gone.jpg"));
}

TEST(FindPhotoFile, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe.jpg").c_str(), 0600), 0);
  for (const auto& path : {folder.path(), folder / "pipe.jpg"}) {
    const auto found = FindPhotoFile(path);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(found.error().message, HasSubstr(path.string()));
  }
}

TEST(LoadPhotoFile, KeepsWhatThePhotoIsAndShrinksItsPixels) {
  const TemporaryFolder folder;
  const std::filesystem::path path = WritePhoto(folder / "wide.png", 400, 200);
  const auto photo = LoadPhotoFile(path, {.longest_side = 100});
  ASSERT_TRUE(photo) << photo.error().message;
  EXPECT_EQ(photo->file.path, path);
  EXPECT_EQ(photo->content, *Sha256OfFile(path));
  EXPECT_EQ(photo->info.bytes, std::filesystem::file_size(path));
  EXPECT_EQ(photo->info.format, "png");
  EXPECT_EQ(photo->info.upright_size, (Size{400, 200}));
  EXPECT_EQ(photo->image.size(), (Size{100, 50}));
}

TEST(LoadPhotoFile, TakesTheFilesTimeWhereNoFieldTells) {
  const TemporaryFolder folder;
  const std::filesystem::path path = WritePhoto(folder / "a.png", 4, 4);
  // Noon of 2020-02-03, UTC: that day in every zone from -12 to +11.
  const timespec noon{1580731200, 0};
  const timespec times[2] = {noon, noon};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  const auto photo = LoadPhotoFile(path, {});
  ASSERT_TRUE(photo) << photo.error().message;
  EXPECT_EQ(photo->info.taken_from, "file time");
  ASSERT_TRUE(photo->info.taken_at);
  EXPECT_THAT(ToString(*photo->info.taken_at), StartsWith("2020-02-03T"));
}

TEST(LoadPhotoFile, NamesTheFileThatIsNoPhoto) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "notes.jpg", "not a photo at all"));
  const auto photo = LoadPhotoFile(folder / "notes.jpg", {});
  ASSERT_FALSE(photo);
  EXPECT_EQ(photo.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(photo.error().message, StartsWith((folder / "notes.jpg").string() + ": "));
}

// A crowd is embedded in parts, by whoever has time.
TEST(FaceScanner, GivesTheFacesOfACrowdTheVectorsThatTheyHaveAlone) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(inbox, "photos/album/inbox");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const auto photo = LoadPhotoFile(inbox / "detection1.jpg", {});
  ASSERT_TRUE(photo) << photo.error().message;
  std::vector<Box> crowd;  // somebody said that they are there
  for (float x = 0; x < 0.8F; x += 0.2F) {
    for (float y = 0; y < 0.8F; y += 0.2F) crowd.push_back({x, y, x + 0.15F, y + 0.15F});
  }
  const auto scanned = scanner->Scan(*photo, crowd);
  ASSERT_TRUE(scanned) << scanned.error().message;
  ASSERT_GT(scanned->faces.size(), 16U);
  for (const ScannedFace& face : scanned->faces) {
    const Image crop = CropFace(photo->image, face.detection, scanner->embedder().crop_rule());
    const auto alone = scanner->embedder().Embed({&crop, 1});
    ASSERT_TRUE(alone) << alone.error().message;
    EXPECT_THAT(face.embedding.values, testing::Pointwise(testing::FloatNear(1e-3F), alone->front().values));
  }
}

TEST(Detail, ShrinksToTheLongestSideOrKeepsAsStored) {
  EXPECT_LT(LongestSide(Detail::kFast), LongestSide(Detail::kNormal));
  EXPECT_EQ(LongestSide(Detail::kFull), 0);
}

TEST(DetectorId, NamesWhatChangesWhatIsFound) {
  EXPECT_EQ(DetectorId("mtcnn", Detail::kNormal, {}), "mtcnn/normal/min20");
  EXPECT_EQ(DetectorId("mtcnn", Detail::kFull, {.min_face = 12}), "mtcnn/full/min12");
  EXPECT_EQ(DetectorId("mtcnn", Detail::kFast, {.pyramid_factor = 0.8}), "mtcnn/fast/min20/factor0.8");
  EXPECT_EQ(DetectorId("mtcnn", Detail::kNormal, {.rnet_threshold = 0.75F}),
            "mtcnn/normal/min20/thresholds0.6,0.75,0.7");
}

}  // namespace
}  // namespace kinfolder
