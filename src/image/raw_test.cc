#include "image/raw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <random>
#include <variant>

#include "image/orientation.h"
#include "image/painted_photos.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

// Writes a TIFF file entry by entry: little-endian, one directory after the other.
class TiffWriter {
 public:
  struct Entry {
    std::uint16_t tag;
    std::uint16_t type;  // 1 byte, 2 text, 3 short, 4 long, 5 rational
    std::vector<std::uint32_t> values;
  };

  // Places `content` and says where.
  std::uint32_t Append(std::span<const std::byte> content) {
    bytes_.resize((bytes_.size() + 1) / 2 * 2);
    const auto at = static_cast<std::uint32_t>(bytes_.size());
    bytes_.insert(bytes_.end(), content.begin(), content.end());
    return at;
  }

  // Entries must come by rising tag. Rationals are given as thousandths.
  std::uint32_t AppendDirectory(const std::vector<Entry>& entries) {
    std::vector<std::byte> directory;
    Put(directory, static_cast<std::uint32_t>(entries.size()), 2);
    for (const Entry& entry : entries) {
      std::vector<std::byte> values;
      for (const std::uint32_t value : entry.values) {
        Put(values, value, entry.type <= 2 ? 1 : entry.type == 3 ? 2 : 4);
        if (entry.type == 5) Put(values, 1000, 4);
      }
      if (values.size() > 4) {
        const std::uint32_t at = Append(values);
        values.clear();
        Put(values, at, 4);
      }
      values.resize(4);
      Put(directory, entry.tag, 2);
      Put(directory, entry.type, 2);
      Put(directory, static_cast<std::uint32_t>(entry.values.size()), 4);
      directory.insert(directory.end(), values.begin(), values.end());
    }
    Put(directory, 0, 4);
    return Append(directory);
  }

  std::vector<std::byte> Finish(std::uint32_t first_directory) {
    std::vector<std::byte> first;
    Put(first, first_directory, 4);
    std::copy(first.begin(), first.end(), bytes_.begin() + 4);
    return bytes_;
  }

 private:
  static void Put(std::vector<std::byte>& bytes, std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(value >> 8 * i));
  }

  std::vector<std::byte> bytes_ = BytesOf(std::string_view("II*\0\0\0\0\0", 8));
};

std::vector<std::uint32_t> Text(std::string_view text) {
  std::vector<std::uint32_t> values(text.begin(), text.end());
  values.push_back(0);
  return values;
}

// A DNG file whose sensor saw `stored` through red, green and blue filters, with a JPEG beside it.
std::vector<std::byte> PaintDng(const Image& stored, int orientation, const std::optional<Image>& preview) {
  const auto width = static_cast<std::uint32_t>(stored.width());
  const auto height = static_cast<std::uint32_t>(stored.height());
  std::vector<std::byte> sensor;
  for (int y = 0; y < stored.height(); ++y) {
    for (int x = 0; x < stored.width(); ++x) {
      const std::uint32_t value = PixelAt(stored, x, y)[static_cast<std::size_t>(y % 2 + x % 2)] * 200U;
      sensor.push_back(static_cast<std::byte>(value));
      sensor.push_back(static_cast<std::byte>(value >> 8));
    }
  }
  TiffWriter tiff;
  const std::uint32_t strip = tiff.Append(sensor);
  std::vector<TiffWriter::Entry> entries = {
      {254, 4, {0}},
      {256, 4, {width}},
      {257, 4, {height}},
      {258, 3, {16}},
      {259, 3, {1}},
      {262, 3, {32803}},
      {271, 2, Text("Kinfolder")},
      {272, 2, Text("Kinfolder Pinhole")},
      {273, 4, {strip}},
      {274, 3, {static_cast<std::uint32_t>(orientation)}},
      {277, 3, {1}},
      {278, 4, {height}},
      {279, 4, {static_cast<std::uint32_t>(sensor.size())}},
  };
  if (preview) {
    const auto jpeg = Save(*preview, ".jpg[Q=95,strip]");
    const std::uint32_t at = tiff.Append(jpeg);
    const std::uint32_t directory = tiff.AppendDirectory({{254, 4, {1}},
                                                          {256, 4, {static_cast<std::uint32_t>(preview->width())}},
                                                          {257, 4, {static_cast<std::uint32_t>(preview->height())}},
                                                          {258, 3, {8, 8, 8}},
                                                          {259, 3, {7}},
                                                          {262, 3, {6}},
                                                          {273, 4, {at}},
                                                          {277, 3, {3}},
                                                          {278, 4, {static_cast<std::uint32_t>(preview->height())}},
                                                          {279, 4, {static_cast<std::uint32_t>(jpeg.size())}}});
    entries.push_back({330, 4, {directory}});
  }
  entries.push_back({33421, 3, {2, 2}});
  entries.push_back({33422, 1, {0, 1, 1, 2}});
  entries.push_back({50706, 1, {1, 4, 0, 0}});
  entries.push_back({50708, 2, Text("Kinfolder Pinhole")});
  entries.push_back({50717, 4, {51000}});
  entries.push_back({50728, 5, {1000, 1000, 1000}});
  return tiff.Finish(tiff.AppendDirectory(entries));
}

// The blue and sand quarters lie in the other diagonal than in the sensor's picture, to tell which of both was read.
Image PaintPreview(int width, int height) { return Upright(PaintQuarters(width, height), 2); }

TEST(Raw, WithoutAPreviewIsDevelopedAtHalfSize) {
  const auto photo = MustDecode(PaintDng(PaintQuarters(640, 480), 1, std::nullopt));
  EXPECT_EQ(photo.format, "raw");
  EXPECT_EQ(photo.full_size, (Size{640, 480}));
  EXPECT_EQ(photo.image.size(), (Size{320, 240}));
  // Developing brightens and applies gamma: the hues stay.
  const auto strongest = [&](int x, int y) {
    const Rgb color = PixelAt(photo.image, x, y);
    return std::max_element(color.begin(), color.end()) - color.begin();
  };
  EXPECT_EQ(strongest(80, 60), 0);
  EXPECT_EQ(strongest(240, 60), 1);
  EXPECT_EQ(strongest(80, 180), 2);
}

TEST(Raw, APreviewThatIsLargeEnoughIsTaken) {
  const auto bytes = PaintDng(PaintQuarters(640, 480), 1, PaintPreview(320, 240));
  for (const auto& [longest, size] : {std::pair(0, Size{320, 240}), std::pair(200, Size{200, 150})}) {
    const auto photo = MustDecode(bytes, longest);
    EXPECT_EQ(photo.image.size(), size);
    EXPECT_EQ(photo.full_size, (Size{640, 480}));
    ExpectQuarters(Upright(photo.image, 2), 6);
  }
}

TEST(Raw, APreviewThatIsTooSmallIsNot) {
  const auto bytes = PaintDng(PaintQuarters(640, 480), 1, PaintPreview(160, 120));
  EXPECT_EQ(MustDecode(bytes).image.size(), (Size{320, 240}));
  EXPECT_EQ(MustDecode(bytes, 200).image.size(), (Size{200, 150}));
  ExpectQuarters(Upright(MustDecode(bytes, 160).image, 2), 6);
}

TEST(Raw, IsTurnedUpright) {
  for (const auto& [orientation, undo] : {std::pair(3, 3), std::pair(6, 8), std::pair(8, 6)}) {
    const Image stored = Upright(PaintQuarters(480, 640), undo);
    const auto preview = Upright(PaintQuarters(240, 320), undo);
    const auto photo = MustDecode(PaintDng(stored, orientation, preview));
    EXPECT_EQ(photo.orientation, orientation);
    EXPECT_EQ(photo.full_size, (Size{480, 640}));
    ASSERT_EQ(photo.image.size(), (Size{240, 320}));
    ExpectQuarters(photo.image, 6);
    const auto developed = MustDecode(PaintDng(stored, orientation, std::nullopt));
    ASSERT_EQ(developed.image.size(), (Size{240, 320}));
    const Rgb upper_left = PixelAt(developed.image, 60, 80);
    EXPECT_GT(upper_left[0], 2 * upper_left[1]) << "orientation " << orientation;
  }
}

TEST(Raw, APreviewThatStandsUprightAlreadyStaysSo) {
  const auto photo = MustDecode(PaintDng(Upright(PaintQuarters(480, 640), 8), 6, PaintQuarters(240, 320)));
  ASSERT_EQ(photo.image.size(), (Size{240, 320}));
  ExpectQuarters(photo.image, 6);
}

TEST(Raw, BeyondTheLimitIsTooLarge) {
  const auto photo = Decode(PaintDng(PaintQuarters(640, 480), 1, std::nullopt), {.max_pixels = 100'000});
  ASSERT_FALSE(photo);
  EXPECT_EQ(photo.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(photo.error().message, HasSubstr("640 x 480 pixels"));
}

TEST(Raw, CutOrDamagedNeverCrashes) {
  const auto whole = PaintDng(PaintQuarters(640, 480), 1, PaintPreview(320, 240));
  std::mt19937 random(5);
  for (int i = 0; i < 100; ++i) {
    auto bytes = whole;
    for (int j = 0; j <= i % 8; ++j) bytes[bytes.size() - 1 - random() % 600] = static_cast<std::byte>(random());
    bytes.resize(i % 3 == 0 ? bytes.size() * static_cast<std::size_t>(i) / 100 : bytes.size());
    const auto photo = Decode(bytes, {.longest_side = 100, .max_pixels = 10'000'000});
    if (!photo) {
      EXPECT_FALSE(photo.error().message.empty());
    }
  }
}

}  // namespace
}  // namespace kinfolder
