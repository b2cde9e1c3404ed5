#include "image/face_tags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/file.h"
#include "base/test_data.h"
#include "image/decode.h"
#include "image/painted_photos.h"
#include "image/test_xmp.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr PictureShape kLandscape{{400, 300}, 1};

FaceTags MustParse(const std::string& xmp, const PictureShape& shape = kLandscape) {
  auto tags = ParseFaceTags(xmp, shape);
  if (!tags) ADD_FAILURE() << tags.error().message;
  return tags ? *std::move(tags) : FaceTags{};
}

void ExpectBox(const Box& seen, const Box& expected) {
  EXPECT_NEAR(seen.x1, expected.x1, 1e-5);
  EXPECT_NEAR(seen.y1, expected.y1, 1e-5);
  EXPECT_NEAR(seen.x2, expected.x2, 1e-5);
  EXPECT_NEAR(seen.y2, expected.y2, 1e-5);
}

std::vector<std::string> NamesOf(const FaceTags& tags) {
  std::vector<std::string> names;
  for (const FaceRegion& region : tags.regions) names.push_back(region.name);
  return names;
}

TEST(ParseFaceTags, ReadsBothKindsOfRegions) {
  const FaceTags mwg = MustParse(Xmp(MwgRegions({{"Änne"}})));
  ASSERT_THAT(mwg.regions, SizeIs(1));
  EXPECT_EQ(mwg.regions[0].name, "Änne");
  EXPECT_EQ(mwg.regions[0].field, TagField::kMwgRegion);
  ExpectBox(mwg.regions[0].box, {0.2F, 0.2F, 0.4F, 0.6F});
  const FaceTags mp = MustParse(Xmp(MpRegions({{"Änne"}})));
  ASSERT_THAT(mp.regions, SizeIs(1));
  EXPECT_EQ(mp.regions[0].field, TagField::kMpRegion);
  ExpectBox(mp.regions[0].box, {0.2F, 0.2F, 0.4F, 0.6F});
}

TEST(ParseFaceTags, TurnsBoxesUpright) {
  const FaceTags tags = MustParse(Xmp(MwgRegions({{"Anna"}})), {{300, 400}, 6});
  ASSERT_THAT(tags.regions, SizeIs(1));
  ExpectBox(tags.regions[0].box, {0.4F, 0.2F, 0.8F, 0.4F});
}

std::string IptcRegion(const std::string& boundary, const std::string& more) {
  return "<Iptc4xmpExt:ImageRegion><rdf:Bag><rdf:li rdf:parseType='Resource'><Iptc4xmpExt:RegionBoundary "
         "rdf:parseType='Resource'>" +
         boundary + "</Iptc4xmpExt:RegionBoundary>" + more + "</rdf:li></rdf:Bag></Iptc4xmpExt:ImageRegion>";
}

std::string IptcBoundary(const std::vector<std::pair<std::string, std::string>>& values) {
  std::string boundary;
  for (const auto& [name, value] : values)
    boundary += fmt::format("<Iptc4xmpExt:{0}>{1}</Iptc4xmpExt:{0}>", name, value);
  return boundary;
}

std::string IptcPeople(const std::vector<std::string>& names) {
  return Words("Iptc4xmpExt:PersonInImage", "Bag", names);
}

const std::string kIptcRectangle = IptcBoundary(
    {{"rbShape", "rectangle"}, {"rbUnit", "relative"}, {"rbX", "0.2"}, {"rbY", "0.2"}, {"rbW", "0.2"}, {"rbH", "0.4"}});

TEST(ParseFaceTags, ReadsIptcRegionsOfAllShapes) {
  const std::string vertices =
      "<Iptc4xmpExt:rbVertices><rdf:Seq><rdf:li Iptc4xmpExt:rbX='80' Iptc4xmpExt:rbY='90'/><rdf:li "
      "Iptc4xmpExt:rbX='160' Iptc4xmpExt:rbY='60'/><rdf:li Iptc4xmpExt:rbX='100' "
      "Iptc4xmpExt:rbY='180'/></rdf:Seq></Iptc4xmpExt:rbVertices>";
  const std::string circle =
      IptcBoundary({{"rbShape", "circle"}, {"rbUnit", "relative"}, {"rbX", "0.3"}, {"rbY", "0.4"}, {"rbRx", "0.1"}});
  const std::string pixels = IptcBoundary(
      {{"rbShape", "rectangle"}, {"rbUnit", "pixel"}, {"rbX", "80"}, {"rbY", "60"}, {"rbW", "80"}, {"rbH", "120"}});
  const Box upright{0.2F, 0.2F, 0.4F, 0.6F};
  for (const auto& [boundary, box] : std::vector<std::pair<std::string, Box>>{
           {kIptcRectangle, upright},
           {pixels, upright},
           {IptcBoundary({{"rbShape", "polygon"}, {"rbUnit", "pixel"}}) + vertices, upright},
           {circle, {0.2F, 0.4F - 0.4F / 3, 0.4F, 0.4F + 0.4F / 3}}}) {
    const FaceTags tags = MustParse(Xmp(IptcRegion(boundary, IptcPeople({"Änne"}))));
    ASSERT_THAT(NamesOf(tags), ElementsAre("Änne")) << boundary;
    EXPECT_EQ(tags.regions[0].field, TagField::kIptcRegion);
    ExpectBox(tags.regions[0].box, box);
  }
  const FaceTags turned = MustParse(Xmp(IptcRegion(kIptcRectangle, IptcPeople({"Änne"}))), {{300, 400}, 6});
  ASSERT_THAT(turned.regions, SizeIs(1));
  ExpectBox(turned.regions[0].box, {0.4F, 0.2F, 0.8F, 0.4F});
}

TEST(ParseFaceTags, TakesTheNameOfAnIptcRegionOnlyWhereItIsSomebodys) {
  const std::string name =
      "<Iptc4xmpExt:Name><rdf:Alt><rdf:li xml:lang='x-default'>Bob</rdf:li></rdf:Alt></Iptc4xmpExt:Name>";
  const auto type = [](const std::string& of) {
    return "<Iptc4xmpExt:rCtype><rdf:Bag><rdf:li rdf:parseType='Resource'><xmp:Identifier><rdf:Bag><rdf:li>" + of +
           "</rdf:li></rdf:Bag></xmp:Identifier></rdf:li></rdf:Bag></Iptc4xmpExt:rCtype>";
  };
  const auto names = [&](const std::string& more) { return NamesOf(MustParse(Xmp(IptcRegion(kIptcRectangle, more)))); };
  EXPECT_THAT(names(name), IsEmpty()) << "of anything";
  EXPECT_THAT(names(name + type("http://cv.iptc.org/newscodes/imageregiontype/animal")), IsEmpty());
  EXPECT_THAT(names(name + type("http://cv.iptc.org/newscodes/imageregiontype/human")), ElementsAre("Bob"));
  EXPECT_THAT(names(name + IptcPeople({"Ann, the elder"})), ElementsAre("Ann, the elder"));
  EXPECT_THAT(names(IptcPeople({"Ann", "Ben"})), IsEmpty()) << "nothing tells who of them";
}

TEST(ParseFaceTags, PassesOverIptcRegionsThatCantBe) {
  for (const std::string& boundary :
       {IptcBoundary({{"rbShape", "rectangle"},
                      {"rbUnit", "relative"},
                      {"rbX", "0.2"},
                      {"rbY", "0.2"},
                      {"rbW", "-1"},
                      {"rbH", "1"}}),
        IptcBoundary({{"rbShape", "rectangle"}, {"rbX", "0.2"}, {"rbY", "0.2"}, {"rbW", "0.2"}, {"rbH", "0.4"}}),
        IptcBoundary({{"rbShape", "circle"}, {"rbUnit", "pixel"}, {"rbX", "10"}, {"rbY", "many"}, {"rbRx", "3"}}),
        IptcBoundary({{"rbShape", "polygon"}, {"rbUnit", "pixel"}}),
        IptcBoundary({{"rbShape", "star"}, {"rbUnit", "pixel"}}), std::string()}) {
    EXPECT_THAT(NamesOf(MustParse(Xmp(IptcRegion(boundary, IptcPeople({"Ann"}))))), IsEmpty()) << boundary;
  }
}

TEST(ParseFaceTags, PrefersTheRegionsOfTheMwg) {
  const FaceTags tags = MustParse(
      Xmp(MpRegions({{"Anny", "0.22, 0.2, 0.2, 0.4"}, {"Ben", "0.6, 0.2, 0.2, 0.4"}, {"Anna", "0.8, 0.7, 0.1, 0.1"}}) +
          MwgRegions({{"Anna"}})));
  EXPECT_THAT(NamesOf(tags), ElementsAre("Anna", "Ben")) << "Anny is the same face, and Anna's other box is an old one";
  ExpectBox(tags.regions[0].box, {0.2F, 0.2F, 0.4F, 0.6F});
}

TEST(ParseFaceTags, PassesOverWhatIsNoFaceOrHasNoName) {
  EXPECT_THAT(MustParse(Xmp(MwgRegions({{"Rex", MwgRegion{}.area, "<mwg-rs:Type>Pet</mwg-rs:Type>"},
                                        {""},
                                        {"  "},
                                        {"unknown"},
                                        {std::string(300, 'x')},
                                        {"Anna", MwgRegion{}.area, ""}})))
                  .regions,
              SizeIs(1));
  EXPECT_THAT(MustParse(Xmp(MpRegions({{""}, {"Unknown"}}))).regions, IsEmpty());
}

TEST(ParseFaceTags, PassesOverBoxesThatCantBe) {
  const auto area = [](const char* x, const char* y, const char* w, const char* h, const char* unit = "normalized") {
    return MwgRegion{"Anna", fmt::format(R"(stArea:x="{}" stArea:y="{}" stArea:w="{}" stArea:h="{}" stArea:unit="{}")",
                                         x, y, w, h, unit)};
  };
  for (const MwgRegion& region :
       {area("nan", "0.5", "0.1", "0.1"), area("0.5", "inf", "0.1", "0.1"), area("1.5", "0.5", "0.1", "0.1"),
        area("0.5", "-0.1", "0.1", "0.1"), area("0.5", "0.5", "0", "0.1"), area("0.5", "0.5", "0.1", "-0.1"),
        area("0.5", "0.5", "2", "0.1"), area("0,5", "0.5", "0.1", "0.1"), area("", "0.5", "0.1", "0.1"),
        area("1e999", "0.5", "0.1", "0.1"), area("200", "100", "50", "50", "pixel")}) {
    EXPECT_THAT(MustParse(Xmp(MwgRegions({region}))).regions, IsEmpty()) << region.area;
  }
  for (const char* rectangle : {"", "0.1", "0.1, 0.2, 0.3", "0.1, 0.2, 0.3, 0.4, 0.5", "a, b, c, d", "0.1, 0.2, 0, 0.4",
                                "0.9, 0.9, 0.9, 0.9", "nan, 0, 1, 1"}) {
    EXPECT_THAT(MustParse(Xmp(MpRegions({{"Anna", rectangle}}))).regions, IsEmpty()) << rectangle;
  }
  const FaceTags over = MustParse(Xmp(MwgRegions({area("0.05", "0.5", "0.2", "0.2")})));
  ASSERT_THAT(over.regions, SizeIs(1)) << "a face that the border cuts";
  ExpectBox(over.regions[0].box, {0, 0.4F, 0.15F, 0.6F});
}

TEST(ParseFaceTags, PlacesNothingInAPictureOfAnotherShape) {
  const std::string regions = MwgRegions({{"Anna"}}) + MpRegions({{"Ben", "0.6, 0.2, 0.2, 0.4"}});
  for (const PictureShape& shape : {PictureShape{{300, 300}, 1}, {{300, 400}, 1}, {{400, 300}, 6}}) {
    const FaceTags tags = MustParse(Xmp(regions), shape);
    EXPECT_THAT(tags.regions, IsEmpty());
    EXPECT_EQ(tags.unplaced, 2);
  }
  EXPECT_THAT(MustParse(Xmp(regions), {{133, 100}, 1}).regions, SizeIs(2)) << "made smaller";
  EXPECT_THAT(MustParse(Xmp(MwgRegions({{"Anna"}}, 0, 0))).regions, SizeIs(1)) << "for no size that can be";
}

TEST(ParseFaceTags, ReadsNamesWithoutABox) {
  const FaceTags tags = MustParse(
      Xmp(Words("Iptc4xmpExt:PersonInImage", "Bag", {"Anna", "Unknown", " "}) +
          Words("lr:hierarchicalSubject", "Bag", {"People|Anna", "People|Ben", "Places|Rome", "People|Family|Eve"}) +
          Words("digiKam:TagsList", "Seq", {"People/Cleo", "People", "Peoples/Dan"})));
  EXPECT_THAT(tags.names, ElementsAre(NameWithoutBox{"Anna", TagField::kPersonInImage},
                                      NameWithoutBox{"Ben", TagField::kLightroomKeyword},
                                      NameWithoutBox{"Cleo", TagField::kDigikamTag}));
  EXPECT_THAT(
      MustParse(Xmp("<Iptc4xmpExt:PersonInImage>" + std::string(200, 'a') + "</Iptc4xmpExt:PersonInImage>")).names,
      SizeIs(1))
      << "one text where a list should be";
}

TEST(ParseFaceTags, FailsForWhatIsNoXmp) {
  for (const std::string& text :
       {std::string("Dear diary"), std::string("<a><b></a>"), "<!DOCTYPE x [<!ENTITY a \"b\">]>" + Xmp("")}) {
    const auto tags = ParseFaceTags(text, kLandscape);
    ASSERT_FALSE(tags) << text;
    EXPECT_EQ(tags.error().code, ErrorCode::kCorrupt);
  }
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "<a b='/>'>";
  EXPECT_FALSE(ParseFaceTags(Xmp(deep), kLandscape));
  EXPECT_TRUE(ParseFaceTags("", kLandscape));
}

TEST(ParseFaceTags, OfDamagedXmpNeverCrashes) {
  const std::string whole =
      Xmp(MwgRegions({{"Anna"}, {"Ben"}}) + MpRegions({{"Cleo", "0.6, 0.2, 0.2, 0.4"}}) +
          Words("Iptc4xmpExt:PersonInImage", "Bag", {"Anna"}) + Words("digiKam:TagsList", "Seq", {"People/Ben"}));
  std::mt19937 random(7);
  int read = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = whole;
    for (unsigned j = random() % 4; j > 0; --j) text[random() % text.size()] = static_cast<char>(random());
    if (i % 3 == 0) text.resize(random() % text.size());
    if (i % 3 == 1) text.insert(random() % text.size(), text.substr(random() % text.size(), random() % 300));
    const auto tags = ParseFaceTags(text, kLandscape);
    if (!tags) continue;
    ++read;
    for (const FaceRegion& region : tags->regions) {
      EXPECT_GT(region.box.area(), 0);
      EXPECT_TRUE(region.box.x1 >= 0 && region.box.y1 >= 0 && region.box.x2 <= 1 && region.box.y2 <= 1);
      EXPECT_NE(region.name, "");
    }
  }
  EXPECT_GT(read, 30) << "the damage is too great to try anything";
}

TEST(Joined, LetsTheFirstGoBefore) {
  const FaceTags first{{{"Anna", {0, 0, 0.2F, 0.2F}}}, {{"Dan"}}, 0};
  const FaceTags second{{{"Anny", {0, 0, 0.21F, 0.2F}}, {"Ben", {0.5F, 0, 0.7F, 0.2F}}}, {{"Dan"}, {"Eve"}}, 1};
  const FaceTags joined = Joined(first, second);
  EXPECT_THAT(NamesOf(joined), ElementsAre("Anna", "Ben"));
  EXPECT_THAT(joined.names, ElementsAre(NameWithoutBox{"Dan"}, NameWithoutBox{"Eve"}));
  EXPECT_EQ(joined.unplaced, 1);
}

TEST(IsSameFace, TakesLooseBoxesAndNoNeighbours) {
  const Box face{0.4F, 0.4F, 0.5F, 0.5F};
  EXPECT_TRUE(IsSameFace(face, {0.37F, 0.36F, 0.53F, 0.53F})) << "with hair and chin";
  EXPECT_FALSE(IsSameFace(face, {0.47F, 0.4F, 0.57F, 0.5F})) << "beside it";
  EXPECT_FALSE(IsSameFace(face, {0.1F, 0.1F, 0.8F, 0.8F})) << "in front of a large one";
}

// The same two people on one photo, which was turned in one of the files; that one's MP regions were left as they were.
TEST(ParseFaceTags, OfRealPhotos) {
  SKIP_WITHOUT_TEST_DATA(folder, "photos/formats/metadata/faces");
  std::vector<FaceTags> found;
  for (const char* name : {"portrait.jpg", "portrait-orientation-6.jpg"}) {
    const auto bytes = ReadFile(folder / name, kMaxPhotoBytes).value();
    const DecodedPhoto photo = MustDecode(bytes, 64);
    found.push_back(MustParse(EmbeddedXmp(bytes), {photo.full_size, photo.orientation}));
    EXPECT_THAT(NamesOf(found.back()), ElementsAre("Marie Curie", "Pierre Curie"));
    EXPECT_THAT(found.back().names, SizeIs(2));
  }
  for (int i = 0; i < 2; ++i) ExpectBox(found[1].regions[i].box, found[0].regions[i].box);
}

}  // namespace
}  // namespace kinfolder
