#include "app/evaluate_clustering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/test_scanner.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

TEST(EvaluateClustering, ScoresEveryMethodOnTheSamePeople) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(images, "lfw/images");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "pairs.txt",
                                  "2 1\nAbel_Pacheco 1 4\nAbel_Pacheco 1 Amber_Tamblyn 1\n"
                                  "Abdullah_Gul 1 6\nAbdullah_Gul 7 Dave_Odom 1\n"));
  const auto evaluate = [&](int least) {
    return EvaluateClustering(*scanner, {}, folder / "pairs.txt", images, least, {2, {}, nullptr});
  };
  const auto scores = evaluate(2);
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_GE(scores->size(), 4U);
  for (const ClusteringScores& method : *scores) {
    EXPECT_EQ(method.scores.faces, 5) << "of the two people with two pictures and more";
    EXPECT_DOUBLE_EQ(method.scores.pair_precision, 1) << method.method;
  }
  EXPECT_THAT(evaluate(4).error().message, HasSubstr("nobody has 4 pictures"));
}

}  // namespace
}  // namespace kinfolder
