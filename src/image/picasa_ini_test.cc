#include "image/picasa_ini.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kContacts =
    "[Contacts2]\r\n8e62398ebda8c1a5=\xC3\x84nne O'Hara;aenne@example.org;;\r\nd10a8325c557b085=Ben;;\r\n";

FaceTags MustParse(std::string_view ini, std::string_view photo = "IMG_1.jpg") {
  auto tags = ParsePicasaIni(ini, photo);
  if (!tags) ADD_FAILURE() << tags.error().message;
  return tags ? *std::move(tags) : FaceTags{};
}

// Of the photo with one face of Ben in this rectangle.
FaceTags OneFace(std::string_view rectangle, std::string_view more = "") {
  return MustParse(fmt::format("{}[IMG_1.jpg]\nfaces=rect64({}),d10a8325c557b085\n{}", kContacts, rectangle, more));
}

void ExpectBox(const Box& seen, const Box& expected) {
  EXPECT_NEAR(seen.x1, expected.x1, 2e-5);
  EXPECT_NEAR(seen.y1, expected.y1, 2e-5);
  EXPECT_NEAR(seen.x2, expected.x2, 2e-5);
  EXPECT_NEAR(seen.y2, expected.y2, 2e-5);
}

TEST(ParsePicasaIni, ReadsTheFacesOfThePhoto) {
  const std::string ini = "\xEF\xBB\xBF[Picasa]\r\nname=Party\r\n" + std::string(kContacts) +
                          "[img_1.JPG]\r\nbackuphash=1\r\nfaces=rect64(333333336666999a),8E62398EBDA8C1A5;"
                          "rect64(80000000c0004000),ffffffffffffffff;rect64(80000000c0004000),d10a8325c557b085\r\n"
                          "[IMG_2.jpg]\r\nfaces=rect64(0000000040004000),d10a8325c557b085\r\n";
  const FaceTags tags = MustParse(ini);
  ASSERT_THAT(tags.regions, SizeIs(2)) << "and not the one that nobody named";
  EXPECT_EQ(tags.regions[0].name, "\xC3\x84nne O'Hara");
  EXPECT_EQ(tags.regions[0].field, TagField::kPicasaFace);
  ExpectBox(tags.regions[0].box, {0.2F, 0.2F, 0.4F, 0.6F});
  EXPECT_EQ(tags.regions[1].name, "Ben");
  EXPECT_THAT(MustParse(ini, "IMG_2.jpg").regions, SizeIs(1));
  EXPECT_THAT(MustParse(ini, "IMG_3.jpg").regions, IsEmpty());
}

TEST(ParsePicasaIni, FillsUpZerosThatWereLeftOut) {
  const FaceTags tags = OneFace("333366669999");
  ASSERT_THAT(tags.regions, SizeIs(1));
  ExpectBox(tags.regions[0].box, {0, 0.2F, 0.4F, 0.6F});
}

TEST(ParsePicasaIni, TurnsBoxesBack) {
  // What lies at the upper left comes to the upper right with a quarter clockwise.
  const Box seen[] = {
      {0.2F, 0.2F, 0.4F, 0.6F}, {0.2F, 0.6F, 0.6F, 0.8F}, {0.6F, 0.4F, 0.8F, 0.8F}, {0.4F, 0.2F, 0.8F, 0.4F}};
  for (int quarters = 0; quarters < 4; ++quarters) {
    const FaceTags tags = OneFace("333333336666999a", fmt::format("rotate=rotate({})\n", quarters));
    ASSERT_THAT(tags.regions, SizeIs(1));
    ExpectBox(tags.regions[0].box, seen[quarters]);
  }
  ExpectBox(OneFace("333333336666999a", "rotate=rotate(9)\n").regions.at(0).box, seen[0]);
}

TEST(ParsePicasaIni, TakesNamesOfOlderFilesWhereThereAreAny) {
  const std::string face = "[IMG_1.jpg]\nfaces=rect64(333333336666999a),cb989580bc43a91\n";
  EXPECT_THAT(MustParse("[Contacts]\ncb989580bc43a91=joe_lh,4bd750800fb6a6b8\n" + face).regions, IsEmpty());
  const FaceTags tags = MustParse("[Contacts]\ncb989580bc43a91=Joe\n" + face);
  ASSERT_THAT(tags.regions, SizeIs(1));
  EXPECT_EQ(tags.regions[0].name, "Joe");
  EXPECT_EQ(MustParse("[Contacts2]\ncb989580bc43a91=Jo;;\n[Contacts]\ncb989580bc43a91=Joe\n" + face).regions.at(0).name,
            "Jo");
}

TEST(ParsePicasaIni, PassesOverWhatCantBe) {
  for (const char* rectangle : {"", "x", "666633336666999a", "3333333366663333", "1333333336666999a1", "-1"}) {
    EXPECT_THAT(OneFace(rectangle).regions, IsEmpty()) << rectangle;
  }
  for (const char* faces :
       {"faces", "faces=", "faces=;;,;", "faces=rect64(333333336666999a", "faces=rect64(333333336666999a),"}) {
    EXPECT_THAT(MustParse(fmt::format("{}[IMG_1.jpg]\n{}", kContacts, faces)).regions, IsEmpty()) << faces;
  }
  EXPECT_THAT(MustParse("").regions, IsEmpty());
}

TEST(ParsePicasaIni, RefusesWhatIsNoText) {
  EXPECT_EQ(ParsePicasaIni("\xFF\xFE[", "a.jpg").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(ParsePicasaIni(std::string_view("[a\0]", 4), "a.jpg").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace kinfolder
