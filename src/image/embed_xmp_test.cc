#include "image/embed_xmp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/file.h"
#include "base/test_data.h"
#include "image/face_tags.h"
#include "image/painted_photos.h"
#include "image/test_xmp.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

const std::string kPacket = Xmp(MwgRegions({{"Anna"}}));
const std::string kOtherPacket = Xmp(MwgRegions({{"Ben"}, {"Cleo"}}));

std::vector<std::byte> MustEmbed(const std::vector<std::byte>& photo, const std::string& packet) {
  auto written = WithEmbeddedXmp(photo, packet);
  if (!written) ADD_FAILURE() << written.error().message;
  return written ? *std::move(written) : photo;
}

std::vector<std::string> PeopleIn(const std::vector<std::byte>& photo) {
  std::vector<std::string> names;
  const auto tags = ParseFaceTags(EmbeddedXmp(photo), {{400, 300}, 1});
  if (!tags) ADD_FAILURE() << tags.error().message;
  for (const FaceRegion& region : tags ? tags->regions : std::vector<FaceRegion>()) names.push_back(region.name);
  return names;
}

// What libvips writes of one picture in every format and kind that Kinfolder writes into.
const std::vector<const char*> kSuffixes = {".jpg[strip]",
                                            ".jpg",
                                            ".png[strip]",
                                            ".png",
                                            ".webp[strip]",
                                            ".webp",
                                            ".webp[lossless]",
                                            ".tif[strip]",
                                            ".tif",
                                            ".tif[compression=lzw,tile]"};

TEST(WithEmbeddedXmp, IsReadBackFromEveryFormat) {
  for (const char* suffix : kSuffixes) {
    const auto bare = Save(PaintQuarters(41, 30), suffix);
    const auto once = MustEmbed(bare, kPacket);
    EXPECT_THAT(PeopleIn(once), testing::ElementsAre("Anna")) << suffix;
    Status same = CheckOnlyXmpDiffers(bare, once);
    EXPECT_TRUE(same) << suffix << ": " << same.error().message;
    const auto twice = MustEmbed(once, kOtherPacket);
    EXPECT_THAT(PeopleIn(twice), testing::ElementsAre("Ben", "Cleo")) << suffix;
    same = CheckOnlyXmpDiffers(once, twice);
    EXPECT_TRUE(same) << suffix << ": " << same.error().message;
    EXPECT_EQ(MustDecode(twice).image, MustDecode(bare).image) << suffix;
  }
}

TEST(WithEmbeddedXmp, ReplacesThePacketAndNothingElse) {
  for (const char* suffix : {".jpg", ".png", ".webp"}) {
    const auto once = MustEmbed(Save(PaintQuarters(40, 30), suffix), kPacket);
    EXPECT_EQ(MustEmbed(MustEmbed(once, kOtherPacket), kPacket), once) << suffix;
  }
}

TEST(WithEmbeddedXmp, KeepsTransparencyOfWebp) {
  const Image image = PaintQuarters(40, 30);
  VipsImage* with_alpha = nullptr;
  ASSERT_EQ(vips_bandjoin_const1(ToVips(image).get(), &with_alpha, 120, nullptr), 0);
  const VipsImagePtr picture(with_alpha);
  for (const char* suffix : {".webp[strip]", ".webp[strip,lossless]"}) {
    const auto bare = Save(picture, suffix);
    const auto written = MustEmbed(bare, kPacket);
    EXPECT_TRUE(CheckOnlyXmpDiffers(bare, written)) << suffix;
    EXPECT_THAT(PeopleIn(written), testing::ElementsAre("Anna")) << suffix;
  }
}

TEST(WithEmbeddedXmp, KeepsBytesBehindThePicture) {
  for (const char* suffix : {".jpg", ".png", ".webp"}) {
    auto photo = Save(PaintQuarters(40, 30), suffix);
    const auto film = BytesOf("a film of the moment");
    photo.insert(photo.end(), film.begin(), film.end());
    EXPECT_TRUE(AsText(MustEmbed(photo, kPacket)).ends_with("a film of the moment")) << suffix;
  }
}

TEST(WithEmbeddedXmp, RefusesWhatItCantDoSafely) {
  const auto jpeg = Save(PaintQuarters(40, 30), ".jpg[strip]");
  const auto reason = [](const std::vector<std::byte>& photo, const std::string& packet = kPacket) {
    const auto written = WithEmbeddedXmp(photo, packet);
    EXPECT_FALSE(written);
    return written ? "" : written.error().message;
  };
  EXPECT_THAT(reason(jpeg, std::string(70'000, ' ')), HasSubstr("too large"));
  EXPECT_THAT(reason(Save(PaintQuarters(64, 64), ".heic[compression=hevc]")), HasSubstr("HEIC"));
  EXPECT_THAT(reason(BytesOf("Dear diary")), HasSubstr("no photo"));
  const auto with_segment = [&](std::vector<std::byte> photo, const std::string& payload, char marker) {
    std::string segment = {'\xFF', marker, '\0', static_cast<char>(payload.size() + 2)};
    segment += payload;
    const auto bytes = BytesOf(segment);
    photo.insert(photo.begin() + 2, bytes.begin(), bytes.end());
    return photo;
  };
  const std::string extension("http://ns.adobe.com/xmp/extension/\0abc", 38);
  EXPECT_THAT(reason(with_segment(jpeg, extension, '\xE1')), HasSubstr("several parts"));
  EXPECT_THAT(reason(with_segment(MustEmbed(jpeg, kPacket), std::string("MPF\0II", 6), '\xE2')),
              HasSubstr("several pictures"));
  const std::string second("http://ns.adobe.com/xap/1.0/\0<a/>", 33);
  EXPECT_THAT(reason(with_segment(MustEmbed(jpeg, kPacket), second, '\xE1')), HasSubstr("several parts"));
}

TEST(WithEmbeddedXmp, OfDamagedPhotosNeverCrashes) {
  std::mt19937 random(5);
  for (const char* suffix : kSuffixes) {
    const auto whole = MustEmbed(Save(PaintQuarters(40, 30), suffix), kPacket);
    for (int i = 0; i < 300; ++i) {
      auto bytes = whole;
      for (int j = 0; j < 3; ++j)
        bytes[random() % std::min<std::size_t>(bytes.size(), 600)] = static_cast<std::byte>(random());
      if (i % 2 == 0) bytes.resize(random() % bytes.size());
      const auto written = WithEmbeddedXmp(bytes, kOtherPacket);
      if (written) {
        EXPECT_GE(written->size() + kPacket.size() + 600, bytes.size());
      }
    }
  }
}

TEST(CheckOnlyXmpDiffers, SeesEveryOtherDifference) {
  for (const char* suffix : {".jpg", ".png", ".webp[lossless]", ".tif"}) {
    const auto photo = Save(PaintQuarters(40, 30), suffix);
    Image other = PaintQuarters(40, 30);
    other.row(10)[30] ^= 0x40;
    EXPECT_FALSE(CheckOnlyXmpDiffers(photo, MustEmbed(Save(other, suffix), kPacket))) << suffix;
    EXPECT_TRUE(CheckOnlyXmpDiffers(photo, photo)) << suffix;
  }
}

TEST(WithEmbeddedXmp, OfRealPhotos) {
  SKIP_WITHOUT_TEST_DATA(folder, "photos/formats");
  int written = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = ReadFile(entry.path(), kMaxPhotoBytes).value();
    const auto with_xmp = WithEmbeddedXmp(bytes, kPacket);
    if (!with_xmp) continue;
    ++written;
    const Status same = CheckOnlyXmpDiffers(bytes, *with_xmp);
    EXPECT_TRUE(same) << entry.path() << ": " << same.error().message;
    EXPECT_THAT(PeopleIn(*with_xmp), testing::ElementsAre("Anna")) << entry.path();
  }
  EXPECT_GE(written, 10);
}

}  // namespace
}  // namespace kinfolder
