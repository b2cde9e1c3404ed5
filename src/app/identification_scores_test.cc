#include "app/identification_scores.h"

#include <gtest/gtest.h>

#include <vector>

namespace kinfolder {
namespace {

NamedFace Face(std::optional<std::string> name, float to_ann, float to_bo) {
  return {std::move(name), {{"Ann", to_ann}, {"Bo", to_bo}}};
}

TEST(ScoreIdentification, CountsRightNamesAndTheGapBetweenRightAndWrong) {
  const std::vector<NamedPhoto> photos = {{{"Bo", "Ann"}, {Face("Ann", 0.5F, 1.2F), Face("Bo", 1.3F, 0.8F)}},
                                          {{}, {Face({}, 1.25F, 1.15F)}}};
  const IdentificationScores scores = ScoreIdentification(photos);
  EXPECT_EQ(scores.faces, 3);
  EXPECT_EQ(scores.right, 2);
  EXPECT_EQ(scores.wrong + scores.missed + scores.strangers_named, 0);
  EXPECT_FLOAT_EQ(scores.farthest_right.value(), 0.8F);
  EXPECT_FLOAT_EQ(scores.nearest_wrong.value(), 1.15F);
  EXPECT_FLOAT_EQ(scores.margin().value(), 0.35F);
}

TEST(ScoreIdentification, TellsAWrongNameFromANamedStranger) {
  const std::vector<NamedPhoto> wrong = {{{"Ann"}, {Face("Bo", 1.0F, 0.7F)}}};
  EXPECT_EQ(ScoreIdentification(wrong).wrong, 1);
  EXPECT_EQ(ScoreIdentification(wrong).strangers_named, 0);
  EXPECT_LT(ScoreIdentification(wrong).margin().value(), 0);

  const std::vector<NamedPhoto> stranger = {{{}, {Face("Bo", 1.0F, 0.7F)}}};
  EXPECT_EQ(ScoreIdentification(stranger).wrong, 0);
  EXPECT_EQ(ScoreIdentification(stranger).strangers_named, 1);
}

TEST(ScoreIdentification, MissesTheUnnamedAndTheUnfound) {
  const std::vector<NamedPhoto> photos = {{{"Ann", "Bo"}, {Face({}, 1.05F, 1.2F)}}};
  EXPECT_EQ(ScoreIdentification(photos).missed, 2);
}

TEST(ScoreIdentification, GivesEachPersonOneFaceOnly) {
  // Two faces are called Ann; the farther one must be a stranger.
  const std::vector<NamedPhoto> photos = {{{"Ann"}, {Face("Ann", 0.9F, 1.2F), Face("Ann", 0.5F, 1.2F)}}};
  const IdentificationScores scores = ScoreIdentification(photos);
  EXPECT_EQ(scores.right, 1);
  EXPECT_EQ(scores.strangers_named, 1);
  EXPECT_FLOAT_EQ(scores.farthest_right.value(), 0.5F);
  EXPECT_FLOAT_EQ(scores.nearest_wrong.value(), 0.9F);
}

TEST(ScoreIdentification, HasNoMarginWithoutFaces) {
  const std::vector<NamedPhoto> photos = {{{"Ann"}, {}}};
  const IdentificationScores scores = ScoreIdentification(photos);
  EXPECT_EQ(scores.missed, 1);
  EXPECT_FALSE(scores.margin());
}

}  // namespace
}  // namespace kinfolder
