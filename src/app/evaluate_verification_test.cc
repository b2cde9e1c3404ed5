#include "app/evaluate_verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/test_scanner.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"

namespace kinfolder {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(EvaluateVerification, TellsAFewPeopleApart) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(images, "lfw/images");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "pairs.txt",
                                  "2 2\n"
                                  "Abel_Pacheco 1 4\nAmber_Tamblyn 1 2\n"
                                  "Abel_Pacheco 1 Amber_Tamblyn 1\nAbel_Pacheco 4 Amber_Tamblyn 2\n"
                                  "Abdullah_Gul 1 6\nAbdullah_Gul 7 14\n"
                                  "Adolfo_Rodriguez_Saa 1 Dave_Odom 1\nAdrien_Brody 3 Damon_Dash 1\n"));
  int reports = 0;
  const ParallelRun run{2, [&](const ProgressUpdate&) { ++reports; }, nullptr};
  const auto report = EvaluateVerification(*scanner, {}, folder / "pairs.txt", images, run);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->scores.pairs, 8);
  EXPECT_EQ(report->photos, 12);
  EXPECT_EQ(reports, 12);
  EXPECT_EQ(report->undetected, 0);
  EXPECT_DOUBLE_EQ(report->scores.folds.accuracy, 1.0);
  EXPECT_DOUBLE_EQ(report->scores.at_far_1e3.true_accept_rate, 1.0);
  EXPECT_GT(report->scores.threshold, 0.6F);
  EXPECT_LT(report->scores.threshold, 1.3F);
}

TEST(EvaluateVerification, NamesTheFileThatIsWrong) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const TemporaryFolder folder;
  const auto message = [&] {
    const auto report = EvaluateVerification(*scanner, {}, folder / "pairs.txt", folder.path(), {});
    return report ? "accepted" : report.error().message;
  };
  EXPECT_THAT(message(), HasSubstr("pairs.txt"));
  ASSERT_TRUE(WriteFileAtomically(folder / "pairs.txt", "1 1\nAnn 1\n"));
  EXPECT_THAT(message(), EndsWith("pairs.txt: line 2 should be \"NAME I J\""));
  ASSERT_TRUE(WriteFileAtomically(folder / "pairs.txt", "1 1\nAnn 1 2\nAnn 1 Bo 1\n"));
  EXPECT_THAT(message(), HasSubstr("Ann/Ann_0001.jpg"));
}

}  // namespace
}  // namespace kinfolder
