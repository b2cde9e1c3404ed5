#include "app/metadata_write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "app/photo_metadata.h"
#include "app/test_album.h"
#include "image/embed_xmp.h"
#include "image/test_xmp.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

MetadataOutcome Write(TestAlbum& album, MetadataPlace place = MetadataPlace::kSidecars) {
  return WriteMetadata(*album.catalog, place, {}, StopFlag()).value();
}

std::vector<std::byte> BytesAt(const std::filesystem::path& path) { return ReadFile(path, kMaxPhotoBytes).value(); }

std::vector<std::string> NamesIn(const std::string& xmp) {
  std::vector<std::string> names;
  const FaceTags tags = ParseFaceTags(xmp, {{400, 300}, 1}).value();
  for (const FaceRegion& region : tags.regions) names.push_back(region.name);
  return names;
}

std::vector<std::string> NamesInSidecar(const TestAlbum& album, const std::string& name) {
  return NamesIn(ReadSidecar(album.PathOf(name)).value());
}

struct stat StatOf(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status;
}

bool IsSameFile(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

TEST(WriteMetadata, PutsConfirmedNamesIntoSidecars) {
  TestAlbum album;
  album.Add("a.jpg", {1, 4, 7}, ".jpg");
  album.Add("b.jpg", {1}, ".jpg", 1);
  album.Say("a.jpg", 0, "Anna");
  album.Say("a.jpg", 1, "Sam", kKnownFolderOrigin);
  album.Say("a.jpg", 2, "Claimed", kMetadataOrigin);
  const auto before = BytesAt(album.PathOf("a.jpg"));
  const MetadataOutcome plan = PlanMetadata(*album.catalog, MetadataPlace::kSidecars, {}, StopFlag()).value();
  ASSERT_THAT(plan.changes, SizeIs(1));
  EXPECT_EQ(plan.changes[0].target, album.PathOf("a.jpg.xmp"));
  EXPECT_TRUE(plan.changes[0].is_new);
  EXPECT_THAT(plan.changes[0].names, UnorderedElementsAre("Anna", "Sam"));
  EXPECT_FALSE(std::filesystem::exists(album.PathOf("a.jpg.xmp"))) << "it was only planned";

  EXPECT_THAT(Write(album).changes, SizeIs(1));
  EXPECT_THAT(NamesInSidecar(album, "a.jpg.xmp"), UnorderedElementsAre("Anna", "Sam"));
  EXPECT_FALSE(std::filesystem::exists(album.PathOf("b.jpg.xmp")));
  EXPECT_EQ(BytesAt(album.PathOf("a.jpg")), before);

  const auto sidecar = StatOf(album.PathOf("a.jpg.xmp"));
  const MetadataOutcome again = Write(album);
  EXPECT_THAT(again.changes, IsEmpty());
  EXPECT_EQ(again.up_to_date, 1);
  EXPECT_TRUE(IsSameFile(StatOf(album.PathOf("a.jpg.xmp")), sidecar));
}

TEST(WriteMetadata, ChangesTheSidecarThatIsThere) {
  TestAlbum album;
  album.Add("a.jpg", {1}, ".jpg");
  album.Say("a.jpg", 0, "Anna");
  ASSERT_TRUE(WriteFileAtomically(
      album.PathOf("a.xmp"),
      Xmp("<xmp:Rating>4</xmp:Rating>" +
          MwgRegions(
              {{"Zoe", R"(stArea:x="0.8" stArea:y="0.8" stArea:w="0.1" stArea:h="0.1" stArea:unit="normalized")"}}))));
  std::filesystem::permissions(album.PathOf("a.xmp"), std::filesystem::perms(0640));
  const MetadataOutcome outcome = Write(album);
  ASSERT_THAT(outcome.changes, SizeIs(1));
  EXPECT_FALSE(outcome.changes[0].is_new);
  EXPECT_THAT(NamesInSidecar(album, "a.xmp"), ElementsAre("Zoe", "Anna"));
  EXPECT_THAT(ReadSidecar(album.PathOf("a.xmp")).value(), HasSubstr("Rating"));
  EXPECT_EQ(std::filesystem::status(album.PathOf("a.xmp")).permissions(), std::filesystem::perms(0640));
  EXPECT_FALSE(std::filesystem::exists(album.PathOf("a.jpg.xmp")));
}

TEST(WriteMetadata, GoesIntoPhotosWhichKeepAllElse) {
  for (const auto& [name, suffix] :
       {std::pair("a.jpg", ".jpg"), {"a.png", ".png"}, {"a.webp", ".webp"}, {"a.tif", ".tif"}}) {
    TestAlbum album;
    album.Add(name, {1, 4}, suffix);
    album.Say(name, 0, "Anna");
    const auto path = album.PathOf(name);
    std::filesystem::permissions(path, std::filesystem::perms(0640));
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) - std::chrono::hours(9999));
    album.Scan(name, {1, 4});
    const auto before = BytesAt(path);
    const auto old_stat = StatOf(path);
    ASSERT_THAT(Write(album, MetadataPlace::kPhotoFiles).changes, SizeIs(1)) << name;
    const auto after = BytesAt(path);
    EXPECT_THAT(NamesIn(EmbeddedXmp(after)), ElementsAre("Anna")) << name;
    EXPECT_TRUE(CheckOnlyXmpDiffers(before, after)) << name;
    const auto new_stat = StatOf(path);
    EXPECT_EQ(new_stat.st_mtim.tv_sec, old_stat.st_mtim.tv_sec) << name;
    EXPECT_EQ(new_stat.st_mtim.tv_nsec, old_stat.st_mtim.tv_nsec) << name;
    EXPECT_EQ(new_stat.st_mode, old_stat.st_mode) << name;
    EXPECT_FALSE(std::filesystem::exists(album.PathOf(std::string(name) + ".xmp"))) << name;
    EXPECT_EQ(Write(album, MetadataPlace::kPhotoFiles).up_to_date, 1) << name;
    EXPECT_TRUE(IsSameFile(StatOf(path), new_stat)) << name;
  }
}

TEST(WriteMetadata, LeavesTheCatalogueKnowingThePhoto) {
  TestAlbum album;
  album.Add("a.jpg", {1, 4, 7}, ".jpg");
  album.Add("copy.jpg", {1, 4, 7}, ".jpg");
  album.Say("a.jpg", 0, "Anna");
  const PersonId ben = album.catalog->AddPerson("Ben", kUserOrigin)->id;
  ASSERT_TRUE(album.catalog->Reject(album.FaceIn("a.jpg", 1), ben, kUserOrigin));
  ASSERT_TRUE(album.catalog->SetAside(album.FaceIn("a.jpg", 2), Decision::kStranger, kUserOrigin));
  const PhotoId before = album.PhotoAt("a.jpg");
  EXPECT_THAT(Write(album, MetadataPlace::kPhotoFiles).changes, SizeIs(2));
  EXPECT_NE(album.PhotoAt("a.jpg"), before);
  EXPECT_EQ(album.PhotoAt("a.jpg"), album.PhotoAt("copy.jpg"));
  EXPECT_THAT(album.NamesOn("a.jpg"), ElementsAre("Anna", "", ""));
  EXPECT_THAT(album.catalog->References().value(), SizeIs(1)) << "no face teaches twice how a person looks";
  std::vector<Decision> said;
  const auto decisions = album.catalog->Decisions().value();
  for (const FaceDecision& decision : decisions) {
    for (std::size_t i = 0; i < 3; ++i) {
      if (decision.face == album.FaceIn("a.jpg", i)) said.push_back(decision.decision);
    }
  }
  EXPECT_THAT(said, ElementsAre(Decision::kConfirmed, Decision::kRejected, Decision::kStranger));
  const auto file = album.catalog->FindFile(album.PathOf("a.jpg")).value().value();
  EXPECT_EQ(file.stamp, StampOf(album.PathOf("a.jpg")).value()) << "or the next scan reads it again";
  EXPECT_TRUE(
      album.catalog->IsScanned(album.catalog->GetPhoto(album.PhotoAt("a.jpg"))->content, kDetectorId, kModel).value());
  EXPECT_TRUE(album.catalog->Check());
}

TEST(WriteMetadata, GivesASidecarToWhatItDoesNotWriteInto) {
  TestAlbum album;
  album.Add("a.heic", {1}, ".heic[compression=hevc]");
  album.Say("a.heic", 0, "Anna");
  const MetadataOutcome outcome = Write(album, MetadataPlace::kPhotoFiles);
  ASSERT_THAT(outcome.changes, SizeIs(1));
  EXPECT_EQ(outcome.changes[0].target, album.PathOf("a.heic.xmp"));
  EXPECT_EQ(outcome.changes[0].note, "Kinfolder does not write into HEIC files");
}

TEST(WriteMetadata, ChangesASidecarThatWouldHideThePhoto) {
  TestAlbum album;
  album.Add("a.jpg", {1}, ".jpg");
  album.Say("a.jpg", 0, "Anna");
  ASSERT_TRUE(WriteFileAtomically(album.PathOf("a.jpg.xmp"), Xmp("<xmp:Rating>4</xmp:Rating>")));
  EXPECT_THAT(Write(album, MetadataPlace::kPhotoFiles).changes, SizeIs(2));
  EXPECT_THAT(NamesInSidecar(album, "a.jpg.xmp"), ElementsAre("Anna"));
  EXPECT_THAT(NamesIn(EmbeddedXmp(BytesAt(album.PathOf("a.jpg")))), ElementsAre("Anna"));
}

TEST(WriteMetadata, GoesThroughSymbolicLinks) {
  TestAlbum album;
  album.Add("real.jpg", {1}, ".jpg");
  std::filesystem::create_symlink(album.PathOf("real.jpg"), album.PathOf("link.jpg"));
  album.Scan("link.jpg", {1});
  ASSERT_TRUE(album.catalog->ForgetFile(album.PathOf("real.jpg")));
  album.Say("link.jpg", 0, "Anna");
  EXPECT_THAT(Write(album, MetadataPlace::kPhotoFiles).changes, SizeIs(1));
  EXPECT_TRUE(std::filesystem::is_symlink(album.PathOf("link.jpg")));
  EXPECT_THAT(NamesIn(EmbeddedXmp(BytesAt(album.PathOf("real.jpg")))), ElementsAre("Anna"));
}

TEST(WriteMetadata, TellsWhatItCantWriteAndGoesOn) {
  TestAlbum album;
  for (const char* name : {"changed.jpg", "fixed.jpg", "gone.jpg", "hurt.jpg", "well.jpg"}) {
    album.Add(name, {1}, ".jpg", name[0]);
    album.Say(name, 0, "Anna");
  }
  ASSERT_TRUE(WriteFileAtomically(album.PathOf("changed.jpg"), Save(PaintQuarters(10, 10), ".jpg")));
  std::filesystem::permissions(album.PathOf("fixed.jpg"), std::filesystem::perms(0444));
  std::filesystem::remove(album.PathOf("gone.jpg"));
  ASSERT_TRUE(WriteFileAtomically(album.PathOf("hurt.jpg.xmp"), "<x"));
  const auto fixed = BytesAt(album.PathOf("fixed.jpg"));
  const MetadataOutcome outcome = Write(album, MetadataPlace::kPhotoFiles);
  ASSERT_THAT(outcome.failed, SizeIs(4));
  EXPECT_EQ(outcome.failed[0].error.message,
            album.PathOf("changed.jpg").string() + " was changed since it was scanned: scan it again");
  EXPECT_EQ(outcome.failed[1].error.message, album.PathOf("fixed.jpg").string() + " is write-protected");
  EXPECT_THAT(outcome.failed[2].error.message, HasSubstr("gone.jpg"));
  EXPECT_THAT(outcome.failed[3].error.message, HasSubstr("hurt.jpg.xmp: its XMP is damaged"));
  EXPECT_EQ(BytesAt(album.PathOf("fixed.jpg")), fixed);
  EXPECT_EQ(ReadTextFile(album.PathOf("hurt.jpg.xmp"), 100).value(), "<x");
  ASSERT_THAT(outcome.changes, SizeIs(1));
  EXPECT_EQ(outcome.changes[0].photo, album.PathOf("well.jpg"));
  for (const auto& entry : std::filesystem::directory_iterator(album.folder.path())) {
    EXPECT_FALSE(IsTemporaryName(entry.path().filename().string())) << entry.path();
  }
}

}  // namespace
}  // namespace kinfolder
