#include "app/pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "image/decode.h"
#include "image/encode.h"

namespace kinfolder {
namespace {

Picture PictureOf(std::size_t bytes) { return std::make_shared<const std::vector<std::byte>>(bytes); }

TEST(PictureCacheTest, KeepsWhatWasUsedLast) {
  PictureCache cache(100);
  const Picture a = PictureOf(40);
  cache.Put("a", a);
  cache.Put("b", PictureOf(40));
  EXPECT_EQ(cache.Find("a"), a);
  cache.Put("c", PictureOf(40));
  EXPECT_EQ(cache.Find("b"), nullptr);
  EXPECT_EQ(cache.Find("a"), a);
  cache.Put("a", PictureOf(10));
  EXPECT_NE(cache.Find("c"), nullptr);
  EXPECT_EQ(cache.Find("a")->size(), 10);
  cache.Put("large", PictureOf(101));
  EXPECT_EQ(cache.Find("large"), nullptr) << "what is larger than all is not kept";
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
