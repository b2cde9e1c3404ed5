#include "image/write_face_tags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/test_data.h"
#include "image/test_xmp.h"
#include "image/xmp_regions.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr PictureShape kShape{{400, 300}, 1};
const TaggedFace kAnna{"Anna", {0.2F, 0.2F, 0.4F, 0.6F}};
const TaggedFace kBen{"Ben & Co", {0.6F, 0.2F, 0.8F, 0.6F}};

// The XMP with the faces, which passes its own check, and says all then.
std::string MustWrite(const std::string& xmp, const std::vector<TaggedFace>& faces, const PictureShape& shape = kShape,
                      const std::string& inherited = "") {
  const auto written = WithFaceTags(xmp, inherited, faces, shape, XmpForm::kSidecar);
  if (!written || !*written) {
    ADD_FAILURE() << (written ? "nothing was written" : written.error().message);
    return xmp;
  }
  const Status right = CheckFaceTags(xmp, **written, inherited, faces, shape);
  EXPECT_TRUE(right) << right.error().message;
  return **written;
}

std::vector<std::string> WordsOf(const std::string& xmp, const char* key) { return TextsOf(*ParseXmp(xmp), key); }

std::string ValueOf(const std::string& xmp, const char* key) {
  const Exiv2::XmpData data = *ParseXmp(xmp);
  const auto found = data.findKey(Exiv2::XmpKey(key));
  return found == data.end() ? "none" : found->toString();
}

TEST(WithFaceTags, WritesEveryField) {
  const std::string xmp = MustWrite("", {kAnna, kBen});
  const FaceTags tags = *ParseFaceTags(xmp, kShape);
  ASSERT_THAT(tags.regions, SizeIs(2));
  EXPECT_EQ(tags.regions[1].name, "Ben & Co");
  EXPECT_NEAR(tags.regions[1].box.x1, 0.6, 1e-6);
  EXPECT_NEAR(tags.regions[1].box.y2, 0.6, 1e-6);
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:AppliedToDimensions/stDim:w"), "400");
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Type"), "Face");
  EXPECT_EQ(ValueOf(xmp, "Xmp.MP.RegionInfo/MPRI:Regions[2]/MPReg:PersonDisplayName"), "Ben & Co");
  EXPECT_THAT(WordsOf(xmp, "Xmp.dc.subject"), ElementsAre("Anna", "Ben & Co"));
  EXPECT_THAT(WordsOf(xmp, "Xmp.iptcExt.PersonInImage"), ElementsAre("Anna", "Ben & Co"));
  EXPECT_THAT(WordsOf(xmp, "Xmp.lr.hierarchicalSubject"), ElementsAre("People|Anna", "People|Ben & Co"));
  EXPECT_THAT(WordsOf(xmp, "Xmp.digiKam.TagsList"), ElementsAre("People/Anna", "People/Ben & Co"));
}

TEST(WithFaceTags, IsReadBackInEveryOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const PictureShape shape{{400, 300}, orientation};
    const FaceTags tags = *ParseFaceTags(MustWrite("", {kAnna}, shape), shape);
    ASSERT_THAT(tags.regions, SizeIs(1));
    EXPECT_NEAR(tags.regions[0].box.x1, 0.2, 1e-5) << orientation;
    EXPECT_NEAR(tags.regions[0].box.y1, 0.2, 1e-5) << orientation;
    EXPECT_NEAR(tags.regions[0].box.x2, 0.4, 1e-5) << orientation;
    EXPECT_NEAR(tags.regions[0].box.y2, 0.6, 1e-5) << orientation;
  }
}

TEST(WithFaceTags, KeepsWhatOthersWrote) {
  const std::string before = Xmp(
      R"(<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Sea</rdf:li><rdf:li xml:lang="de">Meer</rdf:li></rdf:Alt></dc:title>)"
      R"(<xmp:Rating>4</xmp:Rating><own:Thing xmlns:own="http://example.org/own/"><rdf:Seq><rdf:li own:a="1"/></rdf:Seq></own:Thing>)" +
      MwgRegions(
          {{"Rex", MwgRegion{}.area, "<mwg-rs:Type>Pet</mwg-rs:Type><mwg-rs:Description>a dog</mwg-rs:Description>"},
           {"Zoe", R"(stArea:x="0.1" stArea:y="0.1" stArea:w="0.1" stArea:h="0.1" stArea:unit="normalized")"}}) +
      Words("dc:subject", "Bag", {"beach", "Zoe"}) + Words("digiKam:TagsList", "Seq", {"Places/Rome"}));
  const std::string xmp = MustWrite(before, {kAnna});
  EXPECT_EQ(ValueOf(xmp, "Xmp.xmp.Rating"), "4");
  EXPECT_THAT(ValueOf(xmp, "Xmp.dc.title"), HasSubstr("Meer"));
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Name"), "Rex");
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Description"), "a dog");
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:RegionList[3]/mwg-rs:Name"), "Anna");
  EXPECT_THAT(WordsOf(xmp, "Xmp.dc.subject"), ElementsAre("beach", "Zoe", "Anna"));
  EXPECT_THAT(WordsOf(xmp, "Xmp.digiKam.TagsList"), ElementsAre("Places/Rome", "People/Anna"));
}

TEST(WithFaceTags, NamesTheRegionOfTheSameFace) {
  const std::string before = Xmp(
      MwgRegions({{"Anny", R"(stArea:x="0.31" stArea:y="0.4" stArea:w="0.25" stArea:h="0.4" stArea:unit="normalized")"},
                  {"", R"(stArea:x="0.7" stArea:y="0.4" stArea:w="0.2" stArea:h="0.4" stArea:unit="normalized")"}}));
  const std::string xmp = MustWrite(before, {kBen, kAnna});
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Name"), "Anna");
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Area/stArea:w"), "0.25") << "its box stays";
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:RegionList[2]/mwg-rs:Name"), "Ben & Co");
  EXPECT_EQ(ValueOf(xmp, "Xmp.mwg-rs.Regions/mwg-rs:RegionList[3]/mwg-rs:Name"), "none");
}

TEST(WithFaceTags, WritesNothingTwice) {
  const std::string xmp = MustWrite("", {kAnna, kBen});
  const auto again = WithFaceTags(xmp, "", std::vector{kBen, kAnna}, kShape, XmpForm::kSidecar);
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
  const auto none = WithFaceTags(xmp, "", {}, kShape, XmpForm::kSidecar);
  EXPECT_TRUE(none && !*none);
}

TEST(WithFaceTags, BeginsWithWhatThePhotoSays) {
  const std::string photo =
      Xmp(MwgRegions({{"Zoe", R"(stArea:x="0.1" stArea:y="0.1" stArea:w="0.1" stArea:h="0.1")"}}) +
          Words("dc:subject", "Bag", {"beach"}) + "<xmp:Rating>3</xmp:Rating>");
  const std::string xmp = MustWrite("", {kAnna}, kShape, photo);
  EXPECT_THAT(WordsOf(xmp, "Xmp.dc.subject"), ElementsAre("beach", "Anna"));
  EXPECT_THAT(ParseFaceTags(xmp, kShape)->regions, SizeIs(2));
  EXPECT_EQ(ValueOf(xmp, "Xmp.xmp.Rating"), "none") << "which the photo says still";

  const std::string says_all = MustWrite("", {kAnna});
  const auto nothing = WithFaceTags("", says_all, std::vector{kAnna}, kShape, XmpForm::kSidecar);
  EXPECT_TRUE(nothing && !*nothing);
}

TEST(WithFaceTags, LeavesNamesThatWouldBePathsOutOfHierarchies) {
  const std::string xmp = MustWrite("", {{"A/B", kAnna.box}, {"C|D", kBen.box}});
  EXPECT_THAT(WordsOf(xmp, "Xmp.dc.subject"), ElementsAre("A/B", "C|D"));
  EXPECT_THAT(WordsOf(xmp, "Xmp.lr.hierarchicalSubject"), ElementsAre("People|A/B"));
  EXPECT_THAT(WordsOf(xmp, "Xmp.digiKam.TagsList"), ElementsAre("People/C|D"));
}

TEST(WithFaceTags, RefusesWhatItCantPlace) {
  const auto written =
      WithFaceTags(Xmp(MwgRegions({{"Zoe"}}, 300, 300)), "", std::vector{kAnna}, kShape, XmpForm::kSidecar);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(written.error().message, HasSubstr("before the picture was cropped or turned"));
  EXPECT_FALSE(WithFaceTags("<a>", "", std::vector{kAnna}, kShape, XmpForm::kSidecar));
}

// Lightroom's, in UTF-16.
TEST(WithFaceTags, OfRealSidecars) {
  SKIP_WITHOUT_TEST_DATA(folder, "photos/formats/metadata/xmp/dates");
  for (const char* name : {"2000.xmp", "2010.xmp", "2020.xmp"}) {
    const std::string before = ReadTextFile(folder / name, 1 << 20).value();
    const std::string after = MustWrite(before, {kAnna});
    EXPECT_THAT(ValueOf(after, "Xmp.xmp.CreateDate"), HasSubstr(std::string(name).substr(0, 4)));
  }
}

TEST(CheckFaceTags, SeesEveryLoss) {
  const std::string before = Xmp("<xmp:Rating>4</xmp:Rating>" + Words("dc:subject", "Bag", {"beach"}) +
                                 MwgRegions({{"Rex", MwgRegion{}.area, "<mwg-rs:Type>Pet</mwg-rs:Type>"}}));
  const std::string after = MustWrite(before, {kAnna});
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = after;
    const auto at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) changed.replace(at, from.size(), to);
    return changed;
  };
  for (const std::string& bad :
       {with("xmp:Rating=\"4\"", ""), with("xmp:Rating=\"4\"", "xmp:Rating=\"5\""), with("beach", "peach"),
        with("\"Pet\"", "\"Face\""), with("People/Anna", "People/Ann"), std::string()}) {
    const Status status = CheckFaceTags(before, bad, "", std::vector{kAnna}, kShape);
    ASSERT_FALSE(status) << bad;
    EXPECT_EQ(status.error().code, ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(CheckFaceTags(Xmp(""), with("People|Anna", "People|Anna"), "", std::vector{kAnna}, kShape))
      << "a rating came of itself";
}

}  // namespace
}  // namespace kinfolder
