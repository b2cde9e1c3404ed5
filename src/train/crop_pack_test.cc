#include "train/crop_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "image/decode.h"
#include "image/encode.h"
#include "train/test_faces.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

void Write(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  ASSERT_TRUE(MakeFolders(path.parent_path()));
  ASSERT_TRUE(WriteFileAtomically(path, bytes));
}

// Two people of one family, one of another, and a crop of nobody known.
class CropPackTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(InitializeImageLibrary("test"));
    Write(folder_ / "people/F1_A/b.png", EncodePng(PaintFace(2, 20)).value());
    Write(folder_ / "people/F1_A/a.png", EncodePng(PaintFace(1, 20)).value());
    Write(folder_ / "people/F1_B/c.jpg", EncodeJpeg(PaintFace(3, 20), 90).value());
    Write(folder_ / "people/Solo/d.png", EncodePng(PaintFace(4, 20)).value());
    Write(folder_ / "people/Solo/notes.txt", AsBytes("no picture"));
    Write(folder_ / "people/Solo/broken.jpg", AsBytes("no picture either"));
    Write(folder_ / "anybody/e.png", EncodePng(PaintFace(5, 20)).value());
  }

  CropFolders folders() const { return {{folder_ / "people"}, {folder_ / "anybody"}}; }
  std::filesystem::path pack() const { return folder_ / "faces.kfpack"; }

  TemporaryFolder folder_;
};

TEST_F(CropPackTest, HoldsThePicturesAsTheyWere) {
  const auto summary = WriteCropPack(folders(), TakenAsItIs, pack(), {});
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->crops, 5U);
  EXPECT_EQ(summary->people, 3U);
  EXPECT_EQ(summary->groups, 2U);
  ASSERT_EQ(summary->left_out.size(), 1U);
  EXPECT_THAT(summary->left_out[0], HasSubstr("broken.jpg"));
  const auto read = ReadCropPack(pack());
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->crops.size(), 5U);
  EXPECT_EQ(read->crops[0].source, "people/F1_A/a.png");
  EXPECT_EQ(read->crops[0].person, "F1_A");
  EXPECT_EQ(read->crops[0].group, "F1");
  EXPECT_EQ(read->crops[3].group, "Solo");
  EXPECT_EQ(read->crops[4].person, "");
  for (const PackedCrop& crop : read->crops) {
    const auto original = ReadFile(folder_ / crop.source, 1 << 20).value();
    EXPECT_TRUE(std::ranges::equal(read->picture(crop), original)) << crop.source;
  }
}

TEST_F(CropPackTest, ComesBackFromItsParts) {
  ASSERT_TRUE(WriteCropPack(folders(), TakenAsItIs, pack(), {}));
  const auto whole = ReadCropPack(pack()).value();
  const auto parts = SplitIntoParts(pack(), 500);
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_EQ(*parts, static_cast<int>((whole.file.bytes.size() + 499) / 500));
  ASSERT_TRUE(std::filesystem::remove(pack()));
  const auto again = ReadCropPack(pack());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->file.sha256, whole.file.sha256);
  ASSERT_TRUE(std::filesystem::remove(pack().string() + fmt::format(".{:03}", *parts - 1)));
  EXPECT_FALSE(ReadCropPack(pack()));
}

TEST_F(CropPackTest, RefusesWhatIsCutAtAnyPlace) {
  ASSERT_TRUE(WriteCropPack(folders(), TakenAsItIs, pack(), {}));
  const auto bytes = ReadFile(pack(), 1 << 20).value();
  for (std::size_t size = 0; size < bytes.size(); size += 37) {
    ASSERT_TRUE(WriteFileAtomically(pack(), std::span(bytes).first(size)));
    const auto read = ReadCropPack(pack());
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt) << size;
  }
}

TEST_F(CropPackTest, SaysWhatIsMissing) {
  EXPECT_EQ(WriteCropPack({{folder_ / "nowhere"}, {}}, TakenAsItIs, pack(), {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(WriteCropPack({}, TakenAsItIs, pack(), {}).error().message, "there is no JPEG or PNG picture to pack");
  EXPECT_EQ(SplitIntoParts(folder_ / "anybody/e.png", 0).error().code, ErrorCode::kInvalidArgument);
}

TEST(IsForValidation, TakesAboutItsShareAlwaysTheSame) {
  int taken = 0;
  for (int i = 0; i < 2000; ++i) taken += IsForValidation(fmt::format("F{:04}", i), 0.1) ? 1 : 0;
  EXPECT_NEAR(taken, 200, 45);
  EXPECT_TRUE(IsForValidation("F0001", 1));
  EXPECT_FALSE(IsForValidation("F0001", 0));
}

}  // namespace
}  // namespace kinfolder
