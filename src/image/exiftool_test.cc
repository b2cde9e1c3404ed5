// What Kinfolder writes, read by exiftool, and the other way round: another program is the judge.
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "base/file.h"
#include "base/number.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"
#include "image/embed_xmp.h"
#include "image/painted_photos.h"
#include "image/write_face_tags.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;

// Its lines; nullopt where it is not installed or fails.
std::optional<std::vector<std::string>> Exiftool(const std::string& options, const std::filesystem::path& file) {
  const std::string command = fmt::format("exiftool {} '{}' 2>/dev/null", options, file.string());
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> block{};
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), pipe)) text.append(block.data(), count);
  if (::pclose(pipe) != 0) return std::nullopt;
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool HasExiftool() { return std::system("command -v exiftool >/dev/null") == 0; }

#define SKIP_WITHOUT_EXIFTOOL() \
  if (!HasExiftool()) GTEST_SKIP() << "needs exiftool (packaging/packages.txt)"

std::vector<std::string> Read(const std::string& options, const std::filesystem::path& file) {
  auto lines = Exiftool(options, file);
  if (!lines) ADD_FAILURE() << "exiftool " << options << " " << file;
  return lines ? *std::move(lines) : std::vector<std::string>();
}

// Every tag but those of people, and of the file itself.
std::vector<std::string> OtherTags(const std::filesystem::path& file) {
  std::vector<std::string> others;
  for (const std::string& line : Read("-a -G1 -s -n -u", file)) {
    const bool is_meant =
        std::ranges::any_of(std::array{"[ExifTool]", "[System]", "[XMP-mwg-rs]", "[XMP-MP]", "[XMP-x]"},
                            [&](const char* group) { return line.starts_with(group); });
    const auto has = [&](const char* group, const char* tag) {
      return line.starts_with(group) && line.find(std::string(" ") + tag + " ") != std::string::npos;
    };
    if (is_meant || has("[XMP-dc]", "Subject") || has("[XMP-lr]", "HierarchicalSubject") ||
        has("[XMP-digiKam]", "TagsList") || has("[XMP-iptcExt]", "PersonInImage")) {
      continue;
    }
    // The header of an extended WebP file, which a simple one has not.
    if (has("[RIFF]", "WebP_Flags")) continue;
    others.push_back(line);
  }
  std::ranges::sort(others);  // XMP has no order
  return others;
}

// Numbers with anything between them.
std::vector<double> Numbers(const std::string& text) {
  std::vector<double> numbers;
  std::string word;
  for (const char c : text + " ") {
    if ((c >= '0' && c <= '9') || c == '.' || c == '-') {
      word += c;
    } else if (!word.empty()) {
      numbers.push_back(ParseNumber<double>(word).value_or(-1));
      word.clear();
    }
  }
  return numbers;
}

constexpr Size kStored{240, 160};
const Box kPainted{30, 20, 90, 100};  // in pixels of the stored picture

// White, with a red box, which says by EXIF how it was held.
std::vector<std::byte> PaintedPhoto(int orientation, const std::string& suffix) {
  Image image(kStored.width, kStored.height);
  std::ranges::fill(image.pixels(), std::uint8_t{255});
  for (int y = 20; y < 100; ++y) {
    for (int x = 30; x < 90; ++x) std::copy(kRed.begin(), kRed.end(), image.row(y) + std::ptrdiff_t{3} * x);
  }
  VipsImagePtr picture = ToVips(image);
  vips_image_set_int(picture.get(), VIPS_META_ORIENTATION, orientation);
  vips_image_set_string(picture.get(), "exif-ifd0-Make", "Kin (Kin, ASCII, 4 components, 4 bytes)");
  return Save(picture, suffix);
}

// Where the red box is seen in the upright picture, in fractions of it.
Box SeenBox(const Image& image) {
  Box seen{1e9F, 1e9F, 0, 0};
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      if (PixelAt(image, x, y)[1] > 140) continue;
      seen = {std::min(seen.x1, static_cast<float>(x)), std::min(seen.y1, static_cast<float>(y)),
              std::max(seen.x2, static_cast<float>(x + 1)), std::max(seen.y2, static_cast<float>(y + 1))};
    }
  }
  return Scaled(seen, 1 / static_cast<float>(image.width()), 1 / static_cast<float>(image.height()));
}

// The XMP of the photo with the face, as it is written into it.
std::string XmpFor(const std::vector<std::byte>& photo, const DecodedPhoto& decoded, const Box& box) {
  return WithFaceTags(EmbeddedXmp(photo), "", std::vector<TaggedFace>{{"Änne \"A\" O'Hara", box}},
                      {decoded.full_size, decoded.orientation}, XmpForm::kPacket)
      .value()
      .value();
}

void ExpectPaintedBox(const std::filesystem::path& file) {
  const auto lines = Read(
      "-n -s3 -RegionAreaX -RegionAreaY -RegionAreaW -RegionAreaH -RegionRectangle -RegionName "
      "-RegionPersonDisplayName -RegionType -Subject -PersonInImage -HierarchicalSubject -TagsList "
      "-RegionAppliedToDimensionsW -RegionAppliedToDimensionsH -RegionAppliedToDimensionsUnit -RegionAreaUnit",
      file);
  ASSERT_EQ(lines.size(), 16);
  const auto number = [&](std::size_t i) { return Numbers(lines[i]).at(0); };
  EXPECT_NEAR((number(0) - number(2) / 2) * kStored.width, kPainted.x1, 1);
  EXPECT_NEAR((number(1) - number(3) / 2) * kStored.height, kPainted.y1, 1);
  EXPECT_NEAR(number(2) * kStored.width, kPainted.width(), 1);
  EXPECT_NEAR(number(3) * kStored.height, kPainted.height(), 1);
  const auto rectangle = Numbers(lines[4]);
  ASSERT_EQ(rectangle.size(), 4);
  EXPECT_NEAR(rectangle[0] * kStored.width, kPainted.x1, 1);
  EXPECT_NEAR(rectangle[1] * kStored.height, kPainted.y1, 1);
  EXPECT_NEAR(rectangle[2] * kStored.width, kPainted.width(), 1);
  EXPECT_NEAR(rectangle[3] * kStored.height, kPainted.height(), 1);
  EXPECT_THAT(std::vector(lines.begin() + 5, lines.end()),
              ElementsAre("Änne \"A\" O'Hara", "Änne \"A\" O'Hara", "Face", "Änne \"A\" O'Hara", "Änne \"A\" O'Hara",
                          "People|Änne \"A\" O'Hara", "People/Änne \"A\" O'Hara", "240", "160", "pixel", "normalized"));
}

TEST(Exiftool, ReadsTheBoxInEveryOrientationAndFormat) {
  SKIP_WITHOUT_EXIFTOOL();
  const TemporaryFolder folder;
  for (const char* suffix : {".jpg", ".png", ".webp", ".tif"}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      if (suffix != std::string(".jpg") && orientation != 1 && orientation != 6) continue;  // exiftool takes its time
      SCOPED_TRACE(fmt::format("{} {}", suffix, orientation));
      const auto photo = PaintedPhoto(orientation, suffix);
      const DecodedPhoto decoded = MustDecode(photo);
      const auto before = folder / (std::string("before") + suffix);
      const auto after = folder / (std::string("after") + suffix);
      ASSERT_TRUE(WriteFileAtomically(before, photo));
      const std::string xmp = XmpFor(photo, decoded, SeenBox(decoded.image));
      ASSERT_TRUE(WriteFileAtomically(after, WithEmbeddedXmp(photo, xmp).value()));
      ExpectPaintedBox(after);
      EXPECT_EQ(OtherTags(after), OtherTags(before));
    }
  }
}

// All kinds, as exiftool writes them into a photo of its own.
TEST(Exiftool, WritesRegionsThatAreRead) {
  SKIP_WITHOUT_EXIFTOOL();
  const TemporaryFolder folder;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto photo = PaintedPhoto(orientation, ".jpg");
    const DecodedPhoto decoded = MustDecode(photo);
    const Box seen = SeenBox(decoded.image);
    const auto file = folder / fmt::format("{}.jpg", orientation);
    for (const char* options :
         {"'-RegionInfo={AppliedToDimensions={W=240,H=160,Unit=pixel},RegionList=[{Area={X=0.25,Y=0.375,W=0.25,H=0.5,"
          "Unit=normalized},Name=Änne,Type=Face}]}'",
          "'-RegionInfoMP={Regions=[{PersonDisplayName=Änne,Rectangle=0.125|, 0.125|, 0.25|, 0.5}]}'",
          "'-ImageRegion=[{PersonInImage=[Änne],RegionBoundary={RbShape=rectangle,RbUnit=relative,RbX=0.125,RbY=0.125,"
          "RbW=0.25,RbH=0.5}}]'",
          "'-ImageRegion=[{Name=Änne,RCtype=[{Identifier=[http://cv.iptc.org/newscodes/imageregiontype/human]}],"
          "RegionBoundary={RbShape=polygon,RbUnit=pixel,RbVertices=[{RbX=30,RbY=50},{RbX=60,RbY=20},{RbX=90,RbY=100}]}}"
          "]"
          "'"}) {
      ASSERT_TRUE(WriteFileAtomically(file, photo));
      Read(fmt::format("-overwrite_original {}", options), file);
      const auto written = ReadFile(file, kMaxPhotoBytes).value();
      const FaceTags tags = ParseFaceTags(EmbeddedXmp(written), {decoded.full_size, decoded.orientation}).value();
      ASSERT_EQ(tags.regions.size(), 1) << options;
      EXPECT_EQ(tags.regions[0].name, "Änne");
      const Box box = tags.regions[0].box;
      const auto width = static_cast<float>(decoded.full_size.width);
      const auto height = static_cast<float>(decoded.full_size.height);
      EXPECT_NEAR(box.x1 * width, seen.x1 * width, 1) << orientation;
      EXPECT_NEAR(box.y1 * height, seen.y1 * height, 1) << orientation;
      EXPECT_NEAR(box.x2 * width, seen.x2 * width, 1) << orientation;
      EXPECT_NEAR(box.y2 * height, seen.y2 * height, 1) << orientation;
    }
  }
}

TEST(Exiftool, SeesNothingElseChangedInRealPhotos) {
  SKIP_WITHOUT_EXIFTOOL();
  SKIP_WITHOUT_TEST_DATA(data, "photos/formats");
  const TemporaryFolder folder;
  int written = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    if (!entry.is_regular_file()) continue;
    SCOPED_TRACE(entry.path());
    const auto photo = ReadFile(entry.path(), kMaxPhotoBytes).value();
    const auto decoded = Decode(photo, {.longest_side = 64});
    if (!decoded) continue;
    const std::string xmp = XmpFor(photo, *decoded, {0.7F, 0.7F, 0.9F, 0.9F});
    const auto after = WithEmbeddedXmp(photo, xmp);
    if (!after) continue;
    ++written;
    const auto file = folder / ("after" + entry.path().extension().string());
    ASSERT_TRUE(WriteFileAtomically(file, *after));
    EXPECT_EQ(OtherTags(file), OtherTags(entry.path()));
    EXPECT_THAT(Read("-s3 -RegionName", file), ElementsAre(testing::HasSubstr("Änne \"A\" O'Hara")));
  }
  EXPECT_GE(written, 10) << "photos";
}

// Sidecars with all that the photos of others hold, as exiftool writes it as XMP.
TEST(Exiftool, FindsNothingLostInSidecars) {
  SKIP_WITHOUT_EXIFTOOL();
  SKIP_WITHOUT_TEST_DATA(data, "photos/formats/metadata");
  const TemporaryFolder folder;
  int written = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    if (entry.path().extension() != ".jpg") continue;
    SCOPED_TRACE(entry.path());
    const auto sidecar = folder / (entry.path().stem().string() + ".xmp");
    Exiftool("-all:all -o '" + sidecar.string() + "'", entry.path());
    if (!std::filesystem::exists(sidecar)) continue;  // a photo without metadata
    const auto shape = Decode(ReadFile(entry.path(), kMaxPhotoBytes).value(), {.longest_side = 64}).value();
    const std::string before = ReadTextFile(sidecar, kMaxPhotoBytes).value();
    const auto others = OtherTags(sidecar);
    const auto after = WithFaceTags(before, "", std::vector<TaggedFace>{{"Anna", {0.7F, 0.7F, 0.9F, 0.9F}}},
                                    {shape.full_size, shape.orientation}, XmpForm::kSidecar);
    ASSERT_TRUE(after && *after) << after.error().message;
    ASSERT_TRUE(WriteFileAtomically(sidecar, **after));
    EXPECT_EQ(OtherTags(sidecar), others);
    written += static_cast<int>(others.size());
  }
  EXPECT_GT(written, 60) << "tags in all";
}

}  // namespace
}  // namespace kinfolder
