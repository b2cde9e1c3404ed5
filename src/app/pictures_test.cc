#include "app/pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "image/decode.h"
#include "image/encode.h"

namespace kinfolder {
namespace {

// A WebP file as far as its length goes.
Picture PictureOf(std::uint32_t bytes) {
  std::vector<std::byte> picture(bytes);
  const std::uint32_t rest = bytes - 8;
  std::memcpy(picture.data(), "RIFF", 4);
  std::memcpy(&picture[4], &rest, sizeof rest);
  return std::make_shared<const std::vector<std::byte>>(std::move(picture));
}

class PictureCacheTest : public testing::Test {
 protected:
  void LookedAt(const std::string& key, std::chrono::hours ago) {
    const auto file = folder_ / key.substr(0, 2) / (key + ".webp");
    std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) - ago);
  }

  TemporaryFolder data_;
  std::filesystem::path folder_ = PictureFolderIn(data_.path());
};

TEST_F(PictureCacheTest, KeepsPicturesFromOneStartToTheNext) {
  const Picture picture = PictureOf(40);
  EXPECT_EQ(PictureCache(folder_, 1000).Find("aa 1"), nullptr);
  PictureCache(folder_, 1000).Put("aa 1", picture);
  const PictureCache cache(folder_, 1000);
  ASSERT_NE(cache.Find("aa 1"), nullptr);
  EXPECT_EQ(*cache.Find("aa 1"), *picture);
  EXPECT_EQ(cache.Find("aa 2"), nullptr);
  EXPECT_EQ(cache.Find("ab 1"), nullptr);
}

TEST_F(PictureCacheTest, OfTooManyThoseLookedAtLongAgoGo) {
  PictureCache cache(folder_, 1000);
  const std::vector<std::string> keys = {"aa 0", "ab 1", "ac 2", "ad 3", "ae 4"};
  int hours = 10;
  for (const std::string& key : keys) {
    cache.Put(key, PictureOf(200));
    LookedAt(key, std::chrono::hours(hours--));
  }
  for (const std::string& key : keys) {
    if (key != "ab 1" && key != "ac 2") {
      EXPECT_NE(cache.Find(key), nullptr) << "there is room for all, and now it is looked at";
    }
  }
  cache.Put("af 5", PictureOf(200));
  for (const char* const key : {"aa 0", "ad 3", "ae 4", "af 5"}) EXPECT_NE(cache.Find(key), nullptr) << key;
  for (const char* const key : {"ab 1", "ac 2"}) EXPECT_EQ(cache.Find(key), nullptr) << key;
}

TEST_F(PictureCacheTest, WhatWasCutShortIsNotThere) {
  PictureCache cache(folder_, 1000);
  cache.Put("aa 1", PictureOf(40));
  std::filesystem::resize_file(folder_ / "aa" / "aa 1.webp", 39);
  EXPECT_EQ(cache.Find("aa 1"), nullptr);
  std::filesystem::resize_file(folder_ / "aa" / "aa 1.webp", 0);
  EXPECT_EQ(cache.Find("aa 1"), nullptr);
}

TEST_F(PictureCacheTest, IsPurgedWhileOthersUseIt) {
  PictureCache cache(folder_, 1000);
  EXPECT_TRUE(PurgePictures(data_.path())) << "fine where there are none";
  cache.Put("aa 1", PictureOf(40));
  cache.Put("ab 1", PictureOf(40));
  cache.Remove("ab 1");
  EXPECT_EQ(cache.Find("ab 1"), nullptr);
  EXPECT_TRUE(PurgePictures(data_.path()));
  EXPECT_EQ(cache.Find("aa 1"), nullptr);
  EXPECT_TRUE(std::filesystem::is_empty(data_.path()));
  cache.Put("aa 1", PictureOf(40));
  EXPECT_NE(cache.Find("aa 1"), nullptr);
}

class PicturesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(InitializeImageLibrary("test"));
    ASSERT_TRUE(WriteFileAtomically(photo_, *EncodePng(Image(400, 200))));
  }
  static Size SizeOf(const Picture& picture) {
    const auto decoded = Decode(*picture, {});
    EXPECT_TRUE(decoded);
    EXPECT_EQ(decoded->format, "webp");
    return decoded->full_size;
  }

  TemporaryFolder folder_;
  std::filesystem::path photo_ = folder_ / "photo.png";
};

TEST_F(PicturesTest, APhotoIsMadeSmallerButNeverLarger) {
  EXPECT_EQ(SizeOf(*PhotoPicture({photo_}, 100)), (Size{100, 50}));
  EXPECT_EQ(SizeOf(*PhotoPicture({photo_}, 1000)), (Size{400, 200}));
}

TEST_F(PicturesTest, TheFirstFileThatIsStillThereIsShown) {
  EXPECT_TRUE(PhotoPicture({folder_ / "gone.png", photo_}, 100));
  const auto gone = PhotoPicture({folder_ / "gone.png"}, 100);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(PhotoPicture({}, 100).error().code, ErrorCode::kNotFound);
}

TEST_F(PicturesTest, FacesAreSquareEvenAtTheBorder) {
  const auto pictures =
      PicturesOfFaces({photo_}, {{FaceId{3}, {0.1F, 0.2F, 0.3F, 0.6F}}, {FaceId{4}, {0.9F, 0.8F, 1.1F, 1.2F}}});
  ASSERT_TRUE(pictures) << pictures.error().message;
  ASSERT_EQ(pictures->size(), 2);
  EXPECT_EQ(pictures->front().face, FaceId{3});
  for (const FacePicture& face : *pictures) {
    EXPECT_EQ(SizeOf(face.picture), (Size{kFacePictureSide, kFacePictureSide}));
  }
}

}  // namespace
}  // namespace kinfolder
