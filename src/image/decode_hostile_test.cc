// Decode on what is no photo, or no longer one: a clear error, never a crash, never much memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "image/decode.h"
#include "image/painted_photos.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

// Texture, so that no format can hide a missing half in a few bytes.
Image PaintTexture(int width, int height) {
  Image image(width, height);
  std::mt19937 random(7);
  for (int y = 0; y < height; ++y) {
    for (int i = 0; i < 3 * width; ++i) {
      image.row(y)[i] =
          static_cast<std::uint8_t>(128 + 80 * std::sin(0.1 * (i + 7 * y)) + static_cast<double>(random() % 40));
    }
  }
  return image;
}

Error MustFail(std::span<const std::byte> bytes, const DecodeOptions& options = {}) {
  const auto photo = Decode(bytes, options);
  EXPECT_FALSE(photo);
  return photo ? Error{} : photo.error();
}

class EveryFormatDamaged : public testing::TestWithParam<const char*> {
 protected:
  const std::vector<std::byte> whole_ = Save(PaintTexture(320, 200), GetParam());
};

TEST_P(EveryFormatDamaged, CutAnywhereIsCorrupt) {
  for (int percent = 1; percent <= 97; percent += 4) {
    const std::span cut = std::span(whole_).first(whole_.size() * percent / 100);
    for (const int longest : {0, 100}) {
      const auto photo = Decode(cut, {.longest_side = longest});
      ASSERT_FALSE(photo) << GetParam() << " cut to " << percent << " %";
      EXPECT_EQ(photo.error().code, ErrorCode::kCorrupt) << photo.error().message;
      EXPECT_THAT(photo.error().message, HasSubstr("photo is cut short or damaged"));
    }
  }
}

TEST_P(EveryFormatDamaged, WithWrongBytesNeverCrashes) {
  std::mt19937 random(3);
  for (int i = 0; i < 60; ++i) {
    auto bytes = whole_;
    for (int j = 0; j <= i % 8; ++j) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    const auto photo = Decode(bytes, {.longest_side = i % 2 == 0 ? 0 : 64, .max_pixels = 1'000'000});
    if (photo) {
      EXPECT_LE(photo->image.pixels().size(), 3'000'000U);
    } else {
      EXPECT_FALSE(photo.error().message.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Decode, EveryFormatDamaged,
                         testing::Values(".jpg", ".jpg[interlace]", ".png", ".png[interlace]", ".webp",
                                         ".webp[lossless]", ".tif", ".tif[compression=deflate,tile]", ".gif",
                                         ".heic[compression=hevc]", ".avif[compression=av1,speed=9]", ".jxl"));

TEST(DecodeHostile, WhatIsNoPhotoIsSaidToBeWhatItIs) {
  const auto error_of = [](std::string_view content) { return MustFail(BytesOf(content)); };
  EXPECT_EQ(error_of(""), (Error{ErrorCode::kCorrupt, "the file is empty"}));
  EXPECT_EQ(error_of("BM is how BMP files begin"),
            (Error{ErrorCode::kUnsupported, "this is a BMP picture, not a photo that Kinfolder reads"}));
  EXPECT_EQ(error_of(std::string_view("PK\3\4....", 8)).message,
            "this is a zip archive, not a photo that Kinfolder reads");
  EXPECT_EQ(error_of("Dear diary").message, "this is no photo in a format that Kinfolder reads");
  EXPECT_EQ(error_of("%PDF-1.7").code, ErrorCode::kUnsupported);
  EXPECT_EQ(error_of(std::string_view("\0\0\0\x18"
                                      "ftypmp42",
                                      12))
                .message,
            "this is a video, not a photo that Kinfolder reads");
  EXPECT_EQ(error_of("\xFF\xD8\xFF").code, ErrorCode::kCorrupt);
  EXPECT_EQ(error_of("II*").code, ErrorCode::kUnsupported);
}

TEST(DecodeHostile, LoadersForOtherThingsStayClosed) {
  for (const char* suffix : {".ppm", ".hdr", ".jp2"}) {
    EXPECT_EQ(MustFail(Save(PaintTexture(8, 8), suffix)).code, ErrorCode::kUnsupported) << suffix;
  }
  EXPECT_EQ(MustFail(BytesOf("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")).code,
            ErrorCode::kUnsupported);
}

TEST(DecodeHostile, MorePixelsThanAllowedAreTooLarge) {
  const auto bytes = Save(PaintTexture(320, 200), ".jpg");
  const Error error = MustFail(bytes, {.max_pixels = 63'999});
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_THAT(error.message, HasSubstr("320 x 200 pixels"));
  EXPECT_TRUE(Decode(bytes, {.max_pixels = 64'000}));
}

void PutBigEndian(std::vector<std::byte>& bytes, std::size_t at, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes[at + i] = static_cast<std::byte>(value >> 8 * (count - 1 - i));
}

// Of PNG (specification 1.2, appendix D): the check sum of the header chunk, without which it would not be read.
std::uint32_t PngCheckSum(std::span<const std::byte> bytes) {
  std::uint32_t sum = 0xFFFFFFFF;
  for (const std::byte byte : bytes) {
    sum ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = (sum & 1) != 0 ? 0xEDB88320 ^ sum >> 1 : sum >> 1;
  }
  return ~sum;
}

TEST(DecodeHostile, APngThatClaimsToBeHugeIsTooLarge) {
  auto bytes = Save(PaintTexture(32, 32), ".png");
  PutBigEndian(bytes, 16, 60000, 4);
  PutBigEndian(bytes, 20, 60000, 4);
  PutBigEndian(bytes, 29, PngCheckSum(std::span(bytes).subspan(12, 17)), 4);
  const Error error = MustFail(bytes);
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_THAT(error.message, HasSubstr("60000 x 60000 pixels, more than the 500 million allowed"));
}

TEST(DecodeHostile, AJpegThatClaimsToBeHugeIsTooLarge) {
  auto bytes = Save(PaintTexture(32, 32), ".jpg");
  for (std::size_t i = 0; i + 9 < bytes.size(); ++i) {
    if (bytes[i] != std::byte{0xFF} || bytes[i + 1] != std::byte{0xC0}) continue;
    PutBigEndian(bytes, i + 5, 65000, 2);
    PutBigEndian(bytes, i + 7, 65000, 2);
    break;
  }
  EXPECT_EQ(MustFail(bytes).code, ErrorCode::kTooLarge);
}

TEST(DecodeHostile, AGifThatClaimsToBeHugeIsTooLarge) {
  auto bytes = Save(PaintTexture(32, 32), ".gif");
  // The size stands in the header, where libvips mistrusts it, and in the frame's descriptor, after a comma.
  const auto comma = std::find(bytes.begin() + 13 + 3, bytes.end(), std::byte{','});
  ASSERT_LT(comma, bytes.end() - 9);
  for (int i = 0; i < 4; ++i) bytes[6 + i] = comma[5 + i] = std::byte{0xEA};
  EXPECT_EQ(MustFail(bytes).code, ErrorCode::kTooLarge);
}

TEST(DecodeHostile, ATiffThatClaimsToBeHugeIsTooLarge) {
  const auto huge = [](int width_or_height) {
    auto bytes = Save(PaintTexture(32, 32), ".tif[compression=lzw]");
    std::uint32_t at = 0;
    std::memcpy(&at, bytes.data() + 4, 4);
    for (std::size_t entry = at + 2; entry + 12 < bytes.size(); entry += 12) {
      std::uint16_t tag = 0;
      std::memcpy(&tag, bytes.data() + entry, 2);
      // Image width is tag 256, length 257, rows per strip 278: a short each, now longs.
      if (tag < 256 || tag > 278 || (tag > 257 && tag < 278)) continue;
      const std::uint16_t type = 4;
      const std::uint32_t value = static_cast<std::uint32_t>(width_or_height);
      std::memcpy(bytes.data() + entry + 2, &type, 2);
      std::memcpy(bytes.data() + entry + 8, &value, 4);
    }
    return bytes;
  };
  EXPECT_EQ(MustFail(huge(60000)).code, ErrorCode::kTooLarge);
  EXPECT_EQ(MustFail(huge(20000)).code, ErrorCode::kCorrupt);
  MustFail(huge(2'000'000'000));
}

}  // namespace
}  // namespace kinfolder
