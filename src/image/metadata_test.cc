#include "image/metadata.h"

#include <gtest/gtest.h>

#include <exiv2/exiv2.hpp>
#include <filesystem>
#include <random>
#include <thread>

#include "base/file.h"
#include "base/test_data.h"
#include "image/painted_photos.h"

namespace kinfolder {
namespace {

struct Field {
  std::string key;
  std::string value;
};

// A photo with these fields.
std::vector<std::byte> PhotoWith(const std::vector<Field>& fields, const char* suffix = ".jpg[strip]") {
  const auto bare = Save(PaintQuarters(16, 16), suffix);
  ReadMetadata(bare);  // exiv2 is set up by the code under test
  const auto image =
      Exiv2::ImageFactory::open(reinterpret_cast<const Exiv2::byte*>(bare.data()), static_cast<long>(bare.size()));
  for (const auto& [key, value] : fields) {
    if (key.starts_with("Exif")) image->exifData()[key] = value;
    if (key.starts_with("Xmp")) image->xmpData()[key] = value;
    if (key.starts_with("Iptc")) image->iptcData()[key] = value;
  }
  image->writeMetadata();
  const Exiv2::DataBuf written =
      image->io().read(static_cast<long>((image->io().seek(0, Exiv2::BasicIo::beg), image->io().size())));
  const auto* data = reinterpret_cast<const std::byte*>(written.pData_);
  return {data, data + written.size_};
}

// Of rising trust; the years tell them apart.
const std::vector<Field> kDates = {
    {"Exif.Image.DateTime", "2001:02:03 04:05:06"},          {"Iptc.Application2.DateCreated", "2002-02-03"},
    {"Xmp.xmp.CreateDate", "2003-02-03T04:05:06+02:00"},     {"Xmp.exif.DateTimeOriginal", "2004-02-03T04:05:06"},
    {"Exif.Photo.DateTimeDigitized", "2005:02:03 04:05:06"}, {"Exif.Photo.DateTimeOriginal", "2006:02:03 04:05:06"},
};

// exiv2 calls itself for each box in a box, and copies the rest of the file.
TEST(ReadMetadata, DoesNotFollowBoxesWithoutEnd) {
  std::string photo("\0\0\0\x0CJXL \r\n\x87\n", 12);
  photo += std::string(
      "\0\0\0\x14"
      "ftypjxl \0\0\0\0jxl ",
      20);
  constexpr std::uint32_t kBoxes = 100'000;
  for (std::uint32_t size = 8 * kBoxes; size > 0; size -= 8) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) photo.push_back(static_cast<char>(size >> shift & 0xFFU));
    photo += "ipco";
  }
  const PhotoMetadata metadata = ReadMetadata(AsBytes(photo));
  EXPECT_EQ(metadata.camera, "");
  EXPECT_FALSE(metadata.taken_at);
}

TEST(ReadMetadata, TakesTheMostTrustedDate) {
  std::vector<Field> fields;
  for (const Field& field : kDates) {
    fields.push_back(field);
    const auto metadata = ReadMetadata(PhotoWith(fields));
    ASSERT_TRUE(metadata.taken_at) << field.key;
    EXPECT_EQ(metadata.taken_from, field.key);
    EXPECT_EQ(metadata.taken_at->year, 2000 + static_cast<int>(fields.size()));
  }
}

TEST(ReadMetadata, PassesOverDatesThatAreNone) {
  const auto metadata = ReadMetadata(PhotoWith({{"Exif.Photo.DateTimeOriginal", "0000:00:00 00:00:00"},
                                                {"Exif.Photo.DateTimeDigitized", "    :  :     :  :  "},
                                                {"Exif.Image.DateTime", "2019:05:04 12:30:01"}}));
  EXPECT_EQ(metadata.taken_at, (LocalTime{2019, 5, 4, 12, 30, 1}));
  EXPECT_EQ(metadata.taken_from, "Exif.Image.DateTime");
}

TEST(ReadMetadata, PutsIptcDateAndTimeTogether) {
  const auto metadata = ReadMetadata(PhotoWith(
      {{"Iptc.Application2.DateCreated", "2015-06-07"}, {"Iptc.Application2.TimeCreated", "08:09:10+00:00"}}));
  EXPECT_EQ(metadata.taken_at, (LocalTime{2015, 6, 7, 8, 9, 10}));
}

TEST(ReadMetadata, NamesTheCameraWithoutRepetition) {
  const auto camera = [](const char* make, const char* model) {
    return ReadMetadata(PhotoWith({{"Exif.Image.Make", make}, {"Exif.Image.Model", model}})).camera;
  };
  EXPECT_EQ(camera("Canon", "Canon EOS 5D"), "Canon EOS 5D");
  EXPECT_EQ(camera("NIKON CORPORATION", "NIKON D80"), "NIKON D80");
  EXPECT_EQ(camera("Apple", "iPhone 12"), "Apple iPhone 12");
  EXPECT_EQ(camera("SONY  ", "   "), "SONY");
  EXPECT_EQ(camera("\x01\xFF\n",
                   "X\xC3\xA9\x02"
                   "100"),
            "X100");
}

TEST(ReadMetadata, WorksForOtherFormats) {
  for (const char* suffix : {".png[strip]", ".webp[strip]", ".tif[strip]"}) {
    const auto metadata = ReadMetadata(PhotoWith({{"Exif.Photo.DateTimeOriginal", "2011:02:03 04:05:06"}}, suffix));
    EXPECT_EQ(metadata.taken_at, (LocalTime{2011, 2, 3, 4, 5, 6})) << suffix;
  }
}

void ExpectNothing(const PhotoMetadata& metadata) {
  EXPECT_FALSE(metadata.taken_at);
  EXPECT_EQ(metadata.taken_from, "");
  EXPECT_EQ(metadata.camera, "");
}

TEST(ReadMetadata, FindsNothingInWhatHasNone) {
  ExpectNothing(ReadMetadata({}));
  ExpectNothing(ReadMetadata(BytesOf("Dear diary")));
  for (const char* suffix :
       {".jpg[strip]", ".gif", ".heic[compression=hevc,strip]", ".avif[compression=av1,strip]", ".jxl[strip]"}) {
    ExpectNothing(ReadMetadata(Save(PaintQuarters(32, 32), suffix)));
  }
}

TEST(ReadMetadata, OfDamagedPhotosNeverCrashes) {
  auto fields = kDates;
  fields.push_back({"Exif.Image.Make", "Canon"});
  std::mt19937 random(11);
  for (const char* suffix : {".jpg", ".png", ".webp", ".tif"}) {
    const auto whole = PhotoWith(fields, suffix);
    for (int i = 0; i < 200; ++i) {
      auto bytes = whole;
      for (int j = 0; j < 5; ++j) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      if (i % 2 == 0) bytes.resize(random() % bytes.size());
      const auto metadata = ReadMetadata(bytes);
      EXPECT_EQ(metadata.taken_at.has_value(), !metadata.taken_from.empty());
    }
  }
}

TEST(ReadMetadata, MayBeCalledFromManyThreads) {
  const auto bytes = PhotoWith({kDates[2], kDates[3]});
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) right += ReadMetadata(bytes).taken_from == "Xmp.exif.DateTimeOriginal" ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 200);
}

TEST(ReadMetadata, OfRealPhotos) {
  const auto read = [](const std::filesystem::path& path) {
    const auto bytes = ReadFile(path, 1 << 30);
    EXPECT_TRUE(bytes);
    return ReadMetadata(*bytes);
  };
  SKIP_WITHOUT_TEST_DATA(folder, "photos/formats");
  const auto heic = read(folder / "formats/heic/IMG_2682.heic");
  EXPECT_EQ(heic.taken_from, "Exif.Photo.DateTimeOriginal");
  EXPECT_EQ(heic.taken_at, (LocalTime{2019, 3, 21, 11, 4, 22}));
  EXPECT_EQ(heic.camera, "Apple iPhone 7");
}

}  // namespace
}  // namespace kinfolder
