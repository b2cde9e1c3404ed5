#include "app/evaluate_detection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/test_scanner.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"

namespace kinfolder {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

// Where faces are on these photos of the album, whole pixels.
constexpr std::string_view kBoxes =
    "image\tx\ty\twidth\theight\n"
    "detection1.jpg\t446\t69\t221\t293\n"
    "detection2.jpg\t261\t82\t144\t186\n";

TEST(HeightBins, CoverEveryCountedHeightOnceBesidesTheSum) {
  for (const float height : {8.0F, 15.9F, 16.0F, 31.0F, 32.0F, 64.0F, 127.0F, 128.0F, 5000.0F}) {
    const auto bins = std::ranges::count_if(
        kHeightBins, [&](const NamedHeights& bin) { return bin.name != "32+" && bin.heights.contains(height); });
    EXPECT_EQ(bins, 1) << height;
    EXPECT_TRUE(kCountedHeights.contains(height));
  }
}

TEST(EvaluateDetection, FindsTheFacesOfTheAlbumAtAnyWorkingSize) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(images, "photos/album/inbox");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "boxes.tsv", kBoxes));
  for (const int longest_side : {0, 500}) {
    const auto report =
        EvaluateDetection(scanner->detector(), {.longest_side = longest_side}, images, folder / "boxes.tsv", {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->images, 2);
    EXPECT_EQ(report->all.faces, 2);
    EXPECT_DOUBLE_EQ(report->all.ap, 1.0) << longest_side;
  }
}

TEST(EvaluateDetection, NamesTheFileThatIsWrong) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const TemporaryFolder folder;
  const auto message = [&] {
    const auto report = EvaluateDetection(scanner->detector(), {}, folder.path(), folder / "boxes.tsv", {});
    return report ? "accepted" : report.error().message;
  };
  EXPECT_THAT(message(), HasSubstr("boxes.tsv"));
  ASSERT_TRUE(WriteFileAtomically(folder / "boxes.tsv", "image\tx\n"));
  EXPECT_THAT(message(), EndsWith("boxes.tsv: line 1 names no column \"y\""));
  ASSERT_TRUE(WriteFileAtomically(folder / "boxes.tsv", kBoxes));
  EXPECT_THAT(message(), HasSubstr("detection1.jpg"));
}

}  // namespace
}  // namespace kinfolder
