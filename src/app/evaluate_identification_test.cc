#include "app/evaluate_identification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/test_scanner.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"

namespace kinfolder {
namespace {

using ::testing::HasSubstr;

TEST(EvaluateIdentification, NamesEverybodyOfTheAlbumAndNobodyElse) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(album, "photos/album");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const auto report = EvaluateIdentification(*scanner, {}, scanner->embedder().threshold(), album / "known",
                                             album / "inbox", album / "truth.json", {2, {}, nullptr});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->people, 8);
  EXPECT_EQ(report->photos, 11);
  EXPECT_EQ(report->scores.right, 11);
  EXPECT_EQ(report->scores.wrong, 0);
  EXPECT_EQ(report->scores.missed, 0);
  EXPECT_EQ(report->scores.strangers_named, 0);
  // Another crop of the same network gives 0.80; strangers are at 1.10 and more with either.
  EXPECT_NEAR(report->scores.farthest_right.value(), 0.74F, 0.03F);
  EXPECT_GT(report->scores.margin().value(), 0.1F);
}

TEST(EvaluateIdentification, SaysWhatIsMissing) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const TemporaryFolder folder;
  const auto message = [&] {
    const auto report = EvaluateIdentification(*scanner, {}, 1, folder / "known", folder.path(), folder / "truth", {});
    return report ? "accepted" : report.error().message;
  };
  EXPECT_THAT(message(), HasSubstr("known"));
  ASSERT_TRUE(MakeFolders(folder / "known" / "Ann"));
  EXPECT_THAT(message(), HasSubstr("holds no folder of pictures of a person"));
  ASSERT_TRUE(WriteFileAtomically(folder / "known/Ann/1.jpg", "no photo"));
  EXPECT_THAT(message(), HasSubstr("truth"));
  ASSERT_TRUE(WriteFileAtomically(folder / "truth", "{\"people\": [1]}"));
  EXPECT_THAT(message(), HasSubstr("should be JSON like"));
  ASSERT_TRUE(WriteFileAtomically(folder / "truth", "{\"people\": {}}"));
  EXPECT_THAT(message(), HasSubstr("Ann/1.jpg: "));
}

}  // namespace
}  // namespace kinfolder
