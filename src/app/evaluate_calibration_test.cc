#include "app/evaluate_calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/test_scanner.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

Reference OnLine(std::int64_t face, std::int64_t person, float place) {
  return {FaceId{face}, PersonId{person}, {"test", {place, 0}}};
}

TEST(AsStrangers, AreComparedWithTheKnownAndWithTheirOwn) {
  const auto trials =
      AsStrangers({OnLine(1, 1, 0), OnLine(2, 1, 0.25F), OnLine(3, 2, 0.125F)}, {OnLine(4, 3, 1), OnLine(5, 4, 1.5F)});
  ASSERT_TRUE(trials) << trials.error().message;
  ASSERT_EQ(trials->size(), 3U);
  EXPECT_FLOAT_EQ((*trials)[0].own->distance, 0.25F);
  EXPECT_FLOAT_EQ((*trials)[0].other->distance, 1) << "not the nearer face of another stranger";
  EXPECT_EQ((*trials)[0].other->person, PersonId{3});
  EXPECT_FALSE((*trials)[2].own);
}

TEST(CalibrationRound, APromiseHoldsUpToTheRateAskedForAndAnIntervalUpToItsEnd) {
  CalibrationRound round;
  round.unseen.wrong_names = {0.02, {0.015, 0.03}};
  round.chosen.rates.wrong_names.interval = {0.005, 0.01};
  round.chosen.promised = true;
  EXPECT_TRUE(round.Held(0.02));
  EXPECT_FALSE(round.Held(0.019));
  EXPECT_FALSE(round.Refuted(0.015)) << "so many may be so by chance";
  EXPECT_TRUE(round.Refuted(0.014));
  round.chosen.promised = false;
  EXPECT_FALSE(round.Held(0.5));
  EXPECT_TRUE(round.Refuted(0.5));
  round.chosen.rates.wrong_names.interval = {0, 0.02};
  EXPECT_TRUE(round.Held(0.001));
}

TEST(EvaluateCalibration, ChecksEachFoldByTheOthers) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(images, "lfw/images");
  const auto scanner = ScannerForTests(weights);
  ASSERT_TRUE(scanner) << scanner.error().message;
  const TemporaryFolder folder;
  const auto evaluate = [&](int known) {
    return EvaluateCalibration(*scanner, {}, folder / "pairs.txt", images, known, {2, {}, nullptr});
  };
  ASSERT_TRUE(WriteFileAtomically(folder / "pairs.txt", "1 1\nAbel_Pacheco 1 4\nAbel_Pacheco 1 Amber_Tamblyn 1\n"));
  EXPECT_THAT(evaluate(0).error().message, HasSubstr("people of 2 folds"));
  ASSERT_TRUE(WriteFileAtomically(folder / "pairs.txt",
                                  "2 1\nAbel_Pacheco 1 4\nAbel_Pacheco 1 Amber_Tamblyn 1\n"
                                  "Abdullah_Gul 1 6\nAbdullah_Gul 7 Dave_Odom 1\n"));
  const auto evaluation = evaluate(0);
  ASSERT_TRUE(evaluation) << evaluation.error().message;
  EXPECT_EQ(evaluation->people, 4);
  EXPECT_EQ(evaluation->photos, 7);
  for (const CalibrationChecks& checks : evaluation->checks) {
    EXPECT_EQ(checks.rounds, 2);
    EXPECT_EQ(checks.promised, 0) << "two people promise nothing";
    EXPECT_EQ(checks.held, 2);
    EXPECT_FLOAT_EQ(static_cast<float>(checks.threshold), scanner->embedder().threshold());
    EXPECT_DOUBLE_EQ(checks.unseen, 0);
    EXPECT_GT(checks.at_most, 0.5);
  }
  EXPECT_EQ(evaluate(1)->checks.front().rounds, 40);
  EXPECT_THAT(evaluate(2).error().message, HasSubstr("only 1 people of the other folds have two pictures"));
}

}  // namespace
}  // namespace kinfolder
