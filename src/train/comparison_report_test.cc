#include "train/comparison_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kinfolder {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

VerificationScores Scores(double accuracy) {
  VerificationScores scores;
  scores.pairs = 100;
  scores.folds = {accuracy, 0.01};
  scores.threshold = 1;
  scores.at_far_1e2.true_accept_rate = accuracy - 0.1;
  scores.at_far_1e3.true_accept_rate = accuracy - 0.2;
  return scores;
}

VerificationComparison Comparison() {
  return {{std::nullopt, Damage{DamageKind::kDarker, 4}, Damage{DamageKind::kDarker, 6}, Damage{DamageKind::kMask, 0}},
          {{"facenet", {Scores(0.99), Scores(0.95), Scores(0.75), Scores(0.8)}},
           {"a<b", {Scores(0.6), Scores(0.55), Scores(0.5), Scores(0.5)}}}};
}

TEST(VerificationMarkdown, HasARowForEachCondition) {
  const std::string markdown = VerificationMarkdown(Comparison());
  EXPECT_THAT(markdown, HasSubstr("|  | facenet | a<b |\n|---|---|---|\n"));
  EXPECT_THAT(markdown, HasSubstr("| clean | 0.990 (0.946-0.998) | 0.600 (0.502-0.691) |\n"));
  EXPECT_THAT(markdown, HasSubstr("| 6 stops darker | 0.750 ("));
  EXPECT_THAT(markdown, HasSubstr("| mask | 0.700 / 0.600 | 0.400 / 0.300 |\n"));
}

TEST(VerificationJson, IsJson) {
  const auto json = nlohmann::json::parse(VerificationJson(Comparison()).text());
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["method"], "facenet");
  EXPECT_EQ(json[0]["conditions"][2]["condition"], "dark 6");
  EXPECT_DOUBLE_EQ(json[0]["conditions"][2]["accuracy"], 0.75);
  EXPECT_LT(json[0]["conditions"][2]["interval_95"][0], 0.75);
  EXPECT_DOUBLE_EQ(json[1]["conditions"][0]["tar_at_far"]["0.01"], 0.5);
}

TEST(VerificationSvg, HasAPanelForEachKindAndALineForEachMethod) {
  const std::string svg = VerificationSvg(Comparison());
  const auto count = [&](std::string_view text) {
    int found = 0;
    for (auto at = svg.find(text); at != std::string::npos; at = svg.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("<g "), 2);
  EXPECT_EQ(count("</g>"), 2);
  EXPECT_EQ(count("stroke-width=\"1.5\""), 4);
  EXPECT_EQ(count(">clean<"), 2);
  EXPECT_EQ(count(">dark 6<"), 1);
  EXPECT_EQ(count("r=\"3\""), 2 * (3 + 2));
  EXPECT_THAT(svg, HasSubstr("a&lt;b"));
  EXPECT_THAT(svg, Not(HasSubstr("a<b")));
}

TEST(VerificationSvg, OfNothingIsStillAPicture) {
  EXPECT_THAT(VerificationSvg({{std::nullopt}, {}}), HasSubstr("</svg>"));
}

TEST(DetectionMarkdown, HasAColumnForEachPackage) {
  DetectionReport report;
  report.all = {40, 0.9, 0.95};
  report.by_height[5] = {30, 0.812, 0.9};
  const std::string markdown = DetectionMarkdown({{"mtcnn", report}, {"other", report}});
  EXPECT_THAT(markdown, HasSubstr("| faces by height in pixels | faces | mtcnn | other |\n"));
  EXPECT_THAT(markdown, HasSubstr("| 32+ | 30 | 0.812 | 0.812 |\n"));
  const auto json = nlohmann::json::parse(DetectionJson({{"mtcnn", report}}).text());
  EXPECT_DOUBLE_EQ(json[0]["average_precision"]["all"], 0.9);
}

TEST(IdentificationMarkdown, HasARowForEachPackage) {
  IdentificationReport report;
  report.threshold = 0.9F;
  report.scores.faces = 12;
  report.scores.right = 10;
  report.scores.missed = 2;
  EXPECT_THAT(IdentificationMarkdown({{"facenet", report}}),
              HasSubstr("| facenet | 12 | 10 | 0 | 2 | 0 | 0.900 | - |\n"));
  const auto json = nlohmann::json::parse(IdentificationJson({{"facenet", report}}).text());
  EXPECT_EQ(json[0]["missed"], 2);
  EXPECT_TRUE(json[0]["margin"].is_null());
}

}  // namespace
}  // namespace kinfolder
