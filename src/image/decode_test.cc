#include "image/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/file.h"
#include "base/test_data.h"
#include "image/orientation.h"
#include "image/painted_photos.h"

namespace kinfolder {
namespace {

struct Stored {
  const char* suffix;
  const char* format;
  int tolerance;  // of the colours: what the format's compression takes
};

class EveryFormat : public testing::TestWithParam<Stored> {};

TEST_P(EveryFormat, ComesBackAsPainted) {
  const auto photo = MustDecode(Save(PaintQuarters(160, 96), GetParam().suffix));
  EXPECT_EQ(photo.format, GetParam().format);
  EXPECT_EQ(photo.image.size(), (Size{160, 96}));
  EXPECT_EQ(photo.full_size, (Size{160, 96}));
  EXPECT_EQ(photo.orientation, 1);
  ExpectQuarters(photo.image, GetParam().tolerance);
}

TEST_P(EveryFormat, ShrinksToTheLongestSideAndNeverEnlarges) {
  const auto bytes = Save(PaintQuarters(150, 100), GetParam().suffix);
  for (const auto& [longest, expected] : {std::pair(75, Size{75, 50}), std::pair(40, Size{40, 27}),
                                          std::pair(1, Size{1, 1}), std::pair(9000, Size{150, 100})}) {
    const auto photo = MustDecode(bytes, longest);
    EXPECT_EQ(photo.image.size(), expected);
    EXPECT_EQ(photo.full_size, (Size{150, 100}));
    if (longest > 1) ExpectQuarters(photo.image, GetParam().tolerance + 2);
  }
}

INSTANTIATE_TEST_SUITE_P(Decode, EveryFormat,
                         testing::Values(Stored{".jpg[Q=95]", "jpeg", 4}, Stored{".png", "png", 0},
                                         Stored{".webp[lossless]", "webp", 0}, Stored{".tif", "tiff", 0},
                                         Stored{".tif[compression=lzw,tile]", "tiff", 0}, Stored{".gif", "gif", 8},
                                         Stored{".heic[compression=hevc,Q=95]", "heif", 6},
                                         Stored{".avif[compression=av1,Q=90]", "avif", 6},
                                         Stored{".jxl[lossless]", "jxl", 2}));

class EveryOrientation : public testing::TestWithParam<int> {};

// How the pixels of an upright picture are stored by a camera held that way: `Upright` undone.
Image StoredBy(int orientation, const Image& upright) {
  return Upright(upright, orientation == 6 ? 8 : orientation == 8 ? 6 : orientation);
}

TEST_P(EveryOrientation, IsTurnedUpright) {
  const Image upright = PaintQuarters(96, 64);
  for (const char* suffix : {".jpg[Q=95]", ".webp[lossless]", ".tif"}) {
    const auto stored = ToVips(StoredBy(GetParam(), upright));
    vips_image_set_int(stored.get(), VIPS_META_ORIENTATION, GetParam());
    const auto bytes = Save(stored, suffix);
    for (const int longest : {0, 48}) {
      const auto photo = MustDecode(bytes, longest);
      EXPECT_EQ(photo.orientation, GetParam()) << suffix;
      EXPECT_EQ(photo.full_size, (Size{96, 64}));
      EXPECT_EQ(photo.image.size(), (longest == 0 ? Size{96, 64} : Size{48, 32}));
      ExpectQuarters(photo.image, 5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Decode, EveryOrientation, testing::Range(1, 9));

TEST(Decode, TakesAMeaninglessOrientationForUpright) {
  const auto stored = ToVips(PaintQuarters(96, 64));
  vips_image_set_int(stored.get(), VIPS_META_ORIENTATION, 6);
  auto bytes = Save(stored, ".jpg[Q=95]");
  // The tag as libvips writes it: 0x0112, a short, one of them, the value 6.
  const auto tag = BytesOf(std::string_view("\x12\x01\x03\x00\x01\x00\x00\x00\x06", 9));
  const auto found = std::search(bytes.begin(), bytes.end(), tag.begin(), tag.end());
  ASSERT_NE(found, bytes.end());
  for (const int value : {0, 9, 255}) {
    found[8] = static_cast<std::byte>(value);
    const auto photo = MustDecode(bytes);
    EXPECT_EQ(photo.orientation, 1);
    ExpectQuarters(photo.image, 5);
  }
}

// An EXIF block that holds nothing but orientation 6.
const std::string_view kExifOrientation6("MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0", 26);

void AppendBigEndian(std::vector<std::byte>& bytes, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::byte>(value >> shift));
}

void Append(std::vector<std::byte>& bytes, std::span<const std::byte> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

// JPEG XL says itself how the picture stands; EXIF beside it only repeats that for other programs (ISO 18181-2).
TEST(Decode, JpegXlIsNotTurnedByItsExif) {
  auto bytes =
      BytesOf(std::string_view("\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x14"
                               "ftypjxl \0\0\0\0jxl ",
                               32));
  AppendBigEndian(bytes, 8 + 4 + kExifOrientation6.size());
  Append(bytes, BytesOf(std::string_view("Exif\0\0\0\0", 8)));
  Append(bytes, BytesOf(kExifOrientation6));
  const auto codestream = Save(PaintQuarters(96, 64), ".jxl[lossless,strip]");
  if (codestream[0] != std::byte{0xFF}) GTEST_SKIP() << "this libvips writes JPEG XL in boxes of its own";
  AppendBigEndian(bytes, 8 + codestream.size());
  Append(bytes, BytesOf("jxlc"));
  Append(bytes, codestream);
  const auto photo = MustDecode(bytes);
  EXPECT_EQ(photo.image.size(), (Size{96, 64}));
  ExpectQuarters(photo.image, 2);
}

// `convert(VipsImage* in, VipsImage** out)`.
template <class Convert>
VipsImagePtr Converted(const VipsImagePtr& image, Convert convert) {
  VipsImage* out = nullptr;
  EXPECT_EQ(convert(image.get(), &out), 0) << vips_error_buffer();
  return VipsImagePtr(out);
}

VipsImagePtr InColours(VipsInterpretation interpretation) {
  return Converted(ToVips(PaintQuarters(64, 64)),
                   [&](VipsImage* in, VipsImage** out) { return vips_colourspace(in, out, interpretation, nullptr); });
}

TEST(DecodeColours, SixteenBits) {
  for (const char* suffix : {".png", ".tif"}) {
    ExpectQuarters(MustDecode(Save(InColours(VIPS_INTERPRETATION_RGB16), suffix)).image, 1);
  }
}

TEST(DecodeColours, Grey) {
  const int luminance_of_green = PixelAt(MustDecode(Save(InColours(VIPS_INTERPRETATION_B_W), ".png")).image, 48, 16)[0];
  EXPECT_NEAR(luminance_of_green, 172, 12);
  for (const auto& [kind, suffix] :
       {std::pair(VIPS_INTERPRETATION_B_W, ".jpg[Q=95]"), std::pair(VIPS_INTERPRETATION_B_W, ".tif"),
        std::pair(VIPS_INTERPRETATION_GREY16, ".png"), std::pair(VIPS_INTERPRETATION_GREY16, ".tif")}) {
    const auto photo = MustDecode(Save(InColours(kind), suffix));
    const auto value = static_cast<std::uint8_t>(luminance_of_green);
    ExpectColor(PixelAt(photo.image, 48, 16), {value, value, value}, 3);
  }
}

TEST(DecodeColours, Cmyk) {
  for (const char* suffix : {".jpg[Q=95]", ".tif"}) {
    // Inks can't print all of sRGB: the colours come back duller, but far from those of a wrong reading.
    ExpectQuarters(MustDecode(Save(InColours(VIPS_INTERPRETATION_CMYK), suffix)).image, 80);
  }
}

TEST(DecodeColours, Palette) { ExpectQuarters(MustDecode(Save(PaintQuarters(64, 64), ".png[palette]")).image, 8); }

TEST(DecodeColours, AlphaIsLaidOnWhite) {
  const auto transparent = Converted(ToVips(PaintQuarters(64, 64)), [](VipsImage* in, VipsImage** out) {
    return vips_bandjoin_const1(in, out, 0, nullptr);
  });
  for (const char* suffix : {".png", ".webp[lossless]", ".tif"}) {
    ExpectColor(PixelAt(MustDecode(Save(transparent, suffix)).image, 5, 5), {255, 255, 255}, 0);
  }
  const auto opaque = Converted(InColours(VIPS_INTERPRETATION_RGB16), [](VipsImage* in, VipsImage** out) {
    return vips_bandjoin_const1(in, out, 65535, nullptr);
  });
  ExpectQuarters(MustDecode(Save(opaque, ".png")).image, 1);
}

TEST(DecodeColours, AProfileIsAppliedAndABrokenOneIgnored) {
  const auto wide = Converted(ToVips(PaintQuarters(64, 64)), [](VipsImage* in, VipsImage** out) {
    return vips_icc_transform(in, out, "p3", "input_profile", "srgb", nullptr);
  });
  ExpectQuarters(MustDecode(Save(wide, ".png")).image, 3);
  const auto broken = ToVips(PaintQuarters(64, 64));
  const std::string nonsense(300, 'x');
  vips_image_set_blob_copy(broken.get(), VIPS_META_ICC_NAME, nonsense.data(), nonsense.size());
  ExpectQuarters(MustDecode(Save(broken, ".jpg[Q=95]")).image, 4);
}

TEST(DecodeColours, AnSrgbProfileChangesNoValue) {
  const auto tagged = Converted(ToVips(PaintQuarters(64, 64)), [](VipsImage* in, VipsImage** out) {
    return vips_icc_transform(in, out, "srgb", "input_profile", "srgb", nullptr);
  });
  EXPECT_NE(vips_image_get_typeof(tagged.get(), VIPS_META_ICC_NAME), 0);
  ExpectQuarters(MustDecode(Save(tagged, ".png")).image, 1);
}

TEST(Decode, TakesTheFirstPictureOfAnAnimation) {
  const auto frames = ToVips(PaintQuarters(64, 128));
  vips_image_set_int(frames.get(), VIPS_META_PAGE_HEIGHT, 64);
  for (const char* suffix : {".gif", ".webp[lossless]"}) {
    const auto photo = MustDecode(Save(frames, suffix));
    ASSERT_EQ(photo.image.size(), (Size{64, 64})) << suffix;
    ExpectColor(PixelAt(photo.image, 10, 32), kRed, 8);
  }
}

TEST(Decode, GivesTheSameFromManyThreads) {
  const auto bytes = Save(PaintQuarters(300, 200), ".jpg");
  const Image expected = MustDecode(bytes, 100).image;
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> same = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        const auto photo = Decode(bytes, {.longest_side = 100});
        if (photo && photo->image == expected) ++same;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(same, 40);
}

// Real photos, of which the first of each row is stored upright.
TEST(DecodeRealPhotos, EveryOrientationLooksAlike) {
  for (const std::string row : {"Landscape", "Portrait"}) {
    std::optional<Image> upright;
    for (int orientation = 0; orientation <= 8; ++orientation) {
      SKIP_WITHOUT_TEST_DATA(path, fmt::format("photos/orientation/{}_{}.jpg", row, orientation));
      const auto bytes = ReadFile(path, kMaxPhotoBytes);
      ASSERT_TRUE(bytes) << bytes.error().message;
      const auto photo = MustDecode(*bytes, 200);
      EXPECT_EQ(photo.orientation, std::max(orientation, 1));
      if (!upright) upright = photo.image;
      ASSERT_EQ(photo.image.size(), upright->size());
      double difference = 0;
      for (std::size_t i = 0; i < photo.image.pixels().size(); ++i) {
        difference += std::abs(photo.image.pixels()[i] - upright->pixels()[i]);
      }
      // A number painted into the middle tells them apart.
      EXPECT_LT(difference / static_cast<double>(photo.image.pixels().size()), 3) << path;
    }
  }
}

TEST(DecodeRealPhotos, EveryFormatDecodes) {
  SKIP_WITHOUT_TEST_DATA(folder, "photos/formats/formats");
  int photos = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = ReadFile(entry.path(), kMaxPhotoBytes);
    ASSERT_TRUE(bytes) << bytes.error().message;
    const auto photo = Decode(*bytes, {.longest_side = 300});
    EXPECT_TRUE(photo) << entry.path() << ": " << photo.error().message;
    ++photos;
  }
  EXPECT_GE(photos, 7);
}

}  // namespace
}  // namespace kinfolder
