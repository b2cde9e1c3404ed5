#include "image/encode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "image/decode.h"
#include "image/painted_photos.h"

namespace kinfolder {
namespace {

TEST(EncodePng, KeepsEveryPixel) {
  const Image image = PaintQuarters(33, 21);
  const auto bytes = EncodePng(image);
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto photo = Decode(*bytes, {});
  ASSERT_TRUE(photo) << photo.error().message;
  EXPECT_EQ(photo->format, "png");
  EXPECT_EQ(photo->image, image);
}

TEST(EncodeJpeg, KeepsTheLookAndIsSmallerAtLowerQuality) {
  const Image image = PaintQuarters(64, 64);
  const auto good = EncodeJpeg(image, 95);
  const auto poor = EncodeJpeg(image, 20);
  ASSERT_TRUE(good && poor);
  EXPECT_LT(poor->size(), good->size());
  const auto photo = Decode(*good, {});
  ASSERT_TRUE(photo) << photo.error().message;
  EXPECT_EQ(photo->format, "jpeg");
  ExpectQuarters(photo->image, 4);
}

TEST(EncodeWebp, KeepsTheLookAndIsSmallerAtLowerQuality) {
  const Image image = PaintQuarters(64, 64);
  const auto good = EncodeWebp(image, 95);
  const auto poor = EncodeWebp(image, 20);
  ASSERT_TRUE(good && poor);
  EXPECT_LT(poor->size(), good->size());
  const auto photo = Decode(*good, {});
  ASSERT_TRUE(photo) << photo.error().message;
  EXPECT_EQ(photo->format, "webp");
  ExpectQuarters(photo->image, 4);
}

TEST(EncodeJpeg, WritesNoMetadata) {
  const auto bytes = EncodeJpeg(PaintQuarters(64, 64), 80);
  ASSERT_TRUE(bytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  for (const char* metadata : {"Exif", "ICC_PROFILE", "http://ns.adobe.com/xap"}) {
    EXPECT_EQ(text.find(metadata), std::string_view::npos) << metadata;
  }
}

TEST(Encode, RefusesWhatCannotBe) {
  const auto empty = EncodePng(Image());
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error(), (Error{ErrorCode::kInvalidArgument, "an empty picture can't be written as PNG"}));
  for (const int quality : {0, 101}) {
    const auto bytes = EncodeJpeg(PaintQuarters(4, 4), quality);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().message, fmt::format("the quality is a number from 1 to 100, not {}", quality));
  }
  const auto wide = EncodeJpeg(Image(70000, 1), 80);
  ASSERT_FALSE(wide);
  EXPECT_EQ(wide.error().message, "a picture of 70000 x 1 pixels can't be written as JPEG");
}

constexpr std::array<std::uint8_t, 3> kInk{250, 0, 250};

int CountInk(const Image& image, int x1, int y1, int x2, int y2) {
  int count = 0;
  for (int y = y1; y < y2; ++y) {
    for (int x = x1; x < x2; ++x) count += PixelAt(image, x, y) == kInk ? 1 : 0;
  }
  return count;
}

TEST(Annotate, DrawsTheFrameAndTheLandmarksAndLeavesTheRest) {
  const Image photo(200, 150);
  Annotation face;
  face.box = {50, 60, 100, 120};
  face.landmarks = {{{65, 80}, {85, 80}, {75, 90}, {67, 105}, {83, 105}}};
  face.color = kInk;
  const auto drawn = Annotate(photo, {face});
  ASSERT_TRUE(drawn) << drawn.error().message;
  EXPECT_EQ(drawn->size(), photo.size());
  for (const auto& [x, y] : {std::pair(50, 60), std::pair(99, 60), std::pair(50, 119), std::pair(99, 119),
                             std::pair(75, 60), std::pair(65, 80), std::pair(75, 90), std::pair(83, 105)}) {
    EXPECT_EQ(PixelAt(*drawn, x, y), kInk) << x << ", " << y;
  }
  EXPECT_EQ(CountInk(*drawn, 0, 0, 200, 60), 0);
  EXPECT_EQ(CountInk(*drawn, 100, 0, 200, 150), 0);
}

TEST(Annotate, WritesTheLabelAboveTheBoxOrInsideAtTheTop) {
  Annotation face;
  face.box = {50, 60, 100, 120};
  face.label = "Ada";
  face.color = kInk;
  const auto above = Annotate(Image(200, 150), {face});
  ASSERT_TRUE(above) << above.error().message;
  EXPECT_GT(CountInk(*above, 50, 35, 90, 60), 200);
  face.box = {50, 0, 100, 120};
  const auto inside = Annotate(Image(200, 150), {face});
  ASSERT_TRUE(inside);
  EXPECT_GT(CountInk(*inside, 52, 2, 90, 20), 100);
}

TEST(Annotate, TakesAnyNameAndAnyBox) {
  const Image photo(120, 90);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string long_name(5000, 'W');
  for (const std::string& label :
       {std::string("<b>&amp;"), std::string("\xFF\xC0"), std::string(" "), std::string("李 Ðörte"), long_name}) {
    for (const Box& box : {Box{-50, -50, -20, -20}, Box{500, 500, 900, 900}, Box{100, 80, 20, 10},
                           Box{-1e30F, nan, 1e30F, 4}, Box{0, 0, 120, 90}}) {
      Annotation face;
      face.box = box;
      face.label = label;
      const auto drawn = Annotate(photo, {face});
      ASSERT_TRUE(drawn) << drawn.error().message;
      EXPECT_EQ(drawn->size(), photo.size());
    }
  }
}

}  // namespace
}  // namespace kinfolder
