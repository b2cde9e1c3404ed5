#include "app/metadata_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/labels.h"
#include "app/test_album.h"
#include "image/embed_xmp.h"
#include "image/test_xmp.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// A region around the face in this column, drawn somewhat larger than ours, as others do.
MwgRegion RegionAt(int column, const std::string& name) {
  return {name,
          fmt::format(R"(stArea:x="0.{}5" stArea:y="0.31" stArea:w="0.14" stArea:h="0.15" stArea:unit="normalized")",
                      column)};
}

MetadataLabels Find(TestAlbum& album) { return LabelsInMetadata(*album.catalog, 1, {}, StopFlag()).value(); }

LabelsTaken Import(TestAlbum& album) { return TakeLabels(*album.catalog, Find(album).labels).value(); }

void AddSidecar(const TestAlbum& album, const std::string& name, const std::string& xmp) {
  ASSERT_TRUE(WriteFileAtomically(album.PathOf(name), xmp));
}

TEST(LabelsInMetadata, FindTheFacesOfRegions) {
  TestAlbum album;
  album.Add("a.jpg", {1, 4, 7}, ".jpg");
  AddSidecar(album, "a.jpg.xmp", Xmp(MwgRegions({RegionAt(4, "Anna"), RegionAt(1, "Ben"), RegionAt(9, "Nobody")})));
  EXPECT_EQ(Import(album), (LabelsTaken{.people = 2, .faces = 2, .without_face = 1}));
  EXPECT_THAT(album.NamesOn("a.jpg"), ElementsAre("Ben", "Anna", ""));
  EXPECT_EQ(Import(album), (LabelsTaken{.already = 2, .without_face = 1})) << "and again";
  EXPECT_EQ(LabelsOf(*album.catalog)->faces[0].origin, "metadata");
}

TEST(LabelsInMetadata, ReadPhotosAndPreferSidecars) {
  TestAlbum album;
  album.Add("a.jpg", {1, 4}, ".jpg");
  const auto bytes = ReadFile(album.PathOf("a.jpg"), kMaxPhotoBytes).value();
  const auto named = WithEmbeddedXmp(bytes, Xmp(MwgRegions({RegionAt(1, "Old"), RegionAt(4, "Cleo")}))).value();
  ASSERT_TRUE(WriteFileAtomically(album.PathOf("a.jpg"), named));
  album.Scan("a.jpg", {1, 4});
  AddSidecar(album, "a.xmp", Xmp(MwgRegions({RegionAt(1, "New")})));
  Import(album);
  EXPECT_THAT(album.NamesOn("a.jpg"), ElementsAre("New", "Cleo"));
}

TEST(LabelsInMetadata, TakeANameWithoutABoxOnlyWhereItIsClear) {
  TestAlbum album;
  const auto in_image = [](const std::vector<std::string>& names) {
    return Xmp(Words("Iptc4xmpExt:PersonInImage", "Bag", names));
  };
  album.Add("one.jpg", {1}, ".jpg", 1);
  album.Add("two-faces.jpg", {1, 4}, ".jpg", 2);
  album.Add("two-names.jpg", {1}, ".jpg", 3);
  album.Add("same-name.jpg", {4}, ".jpg", 4);
  album.Add("cropped.jpg", {4}, ".jpg", 5);
  AddSidecar(album, "one.jpg.xmp", in_image({"Anna"}));
  AddSidecar(album, "two-faces.jpg.xmp", in_image({"Ben"}));
  AddSidecar(album, "two-names.jpg.xmp", in_image({"Cleo", "Dan"}));
  AddSidecar(album, "same-name.jpg.xmp", in_image({"Eve", "EVE"}));
  AddSidecar(album, "cropped.jpg.xmp",
             Xmp(MwgRegions({RegionAt(4, "Fay")}, 100, 100) + Words("digiKam:TagsList", "Seq", {"People/Fay"})));
  const MetadataLabels found = Find(album);
  EXPECT_EQ(found.photos, 5);
  EXPECT_EQ(found.ambiguous, 3);
  EXPECT_EQ(found.unplaced, 1);
  EXPECT_THAT(found.labels.faces, SizeIs(2));
  EXPECT_EQ(Import(album), (LabelsTaken{.people = 2, .faces = 2}));
  EXPECT_THAT(album.NamesOn("one.jpg"), ElementsAre("Anna"));
  EXPECT_THAT(album.NamesOn("same-name.jpg"), ElementsAre("Eve"));
}

// A face of Anna at the box, as Picasa has it.
std::string PicasaIni(const std::string& photo, const Box& box) {
  const auto side = [](float fraction) { return static_cast<int>(fraction * 65535); };
  return fmt::format(
      "[Contacts2]\r\nd10a8325c557b085=Anna;;\r\n[{}]\r\nfaces=rect64({:x}{:04x}{:04x}{:04x}),"
      "d10a8325c557b085\r\n",
      photo, side(box.x1), side(box.y1), side(box.x2), side(box.y2));
}

TEST(LabelsInMetadata, OfPicasaCountWhereThePhotoSaysNothing) {
  TestAlbum album;
  album.Add("a.jpg", {1, 4}, ".jpg");
  AddSidecar(album, ".picasa.ini", PicasaIni("a.jpg", FaceAt(1).detection.box));
  Import(album);
  EXPECT_THAT(album.NamesOn("a.jpg"), ElementsAre("Anna", ""));
  AddSidecar(album, "a.jpg.xmp", Xmp(MwgRegions({RegionAt(1, "Ben"), RegionAt(4, "Cleo")})));
  const MetadataLabels found = Find(album);
  ASSERT_THAT(found.labels.faces, SizeIs(2));
  EXPECT_EQ(found.labels.faces[0].person, "Ben");
}

TEST(LabelsInMetadata, TellOfADamagedFileOfPicasaOnce) {
  TestAlbum album;
  for (const char* name : {"a.jpg", "b.jpg"}) {
    album.Add(name, {1}, ".jpg", name[0]);
    AddSidecar(album, name + std::string(".xmp"), Xmp(MwgRegions({RegionAt(1, "Anna")})));
  }
  AddSidecar(album, ".picasa.ini", "\xFF\xFF");
  const MetadataLabels found = Find(album);
  ASSERT_THAT(found.failed, SizeIs(1));
  EXPECT_EQ(found.failed[0].error.message,
            album.PathOf(".picasa.ini").string() + ": it is no text as Picasa writes it");
  EXPECT_THAT(found.labels.faces, SizeIs(2)) << "what else is said is taken over";
}

TEST(LabelsInMetadata, OfCopiesAreSaidOnce) {
  TestAlbum album;
  album.Add("a.jpg", {1}, ".jpg");
  album.Add("b.jpg", {1}, ".jpg");
  for (const char* name : {"a.jpg.xmp", "b.jpg.xmp"}) AddSidecar(album, name, Xmp(MwgRegions({RegionAt(1, "Anna")})));
  EXPECT_EQ(Import(album), (LabelsTaken{.people = 1, .faces = 1}));
}

TEST(LabelsInMetadata, TellWhatCantBeRead) {
  TestAlbum album;
  for (const char* name : {"changed.jpg", "gone.jpg", "hurt.jpg", "well.jpg"}) album.Add(name, {1}, ".jpg", name[0]);
  ASSERT_TRUE(WriteFileAtomically(album.PathOf("changed.jpg"), Save(PaintQuarters(10, 10), ".jpg")));
  std::filesystem::remove(album.PathOf("gone.jpg"));
  AddSidecar(album, "hurt.jpg.xmp", "<x");
  AddSidecar(album, "well.jpg.xmp", Xmp(MwgRegions({RegionAt(1, "Anna")})));
  const MetadataLabels found = Find(album);
  ASSERT_THAT(found.failed, SizeIs(3));
  EXPECT_EQ(found.failed[0].error.message,
            album.PathOf("changed.jpg").string() + " was changed since it was scanned: scan it again");
  EXPECT_THAT(found.failed[1].error.message, HasSubstr("gone.jpg"));
  EXPECT_THAT(found.failed[2].error.message, HasSubstr("hurt.jpg.xmp: its XMP is damaged"));
  EXPECT_THAT(found.labels.faces, SizeIs(1));
}

}  // namespace
}  // namespace kinfolder
