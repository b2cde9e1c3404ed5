#include "train/training_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/facenet_options.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

const History kHistory{{0, 0, 0, 0.5, 0, 0, 0, ValidationResult{0.55, 0.52, 0.9F}},
                       {10, 1280, 99.5, 0.25, 0.5, 0.125, 1e-3, {}},
                       {20, 2560, 101, 0.125, 0.25, 0.0625, 5e-4, ValidationResult{0.75, 0.625, 1.1F}}};

TEST(TrainingHistory, IsCsv) {
  EXPECT_EQ(HistoryCsv(kHistory),
            "step,images,images_per_second,triplet,cosine,similarity,learning_rate,accuracy_clean,accuracy_damaged\n"
            "0,0,0.0,0.5,0,0,0,0.5500,0.5200\n"
            "10,1280,99.5,0.25,0.5,0.125,0.001,,\n"
            "20,2560,101.0,0.125,0.25,0.0625,0.0005,0.7500,0.6250\n");
}

TEST(TrainingHistory, IsAPlot) {
  const std::string svg = HistorySvg(kHistory);
  EXPECT_THAT(svg, HasSubstr("2560 images"));
  // Clean, from the left edge at 0.55 to the right edge at 0.75, half of the height.
  EXPECT_THAT(svg, HasSubstr("M50.0 292.0L610.0 180.0"));
  EXPECT_THAT(HistorySvg({}), HasSubstr("</svg>"));
}

TEST(TrainingHistory, ComesBackFromJson) {
  for (const HistoryRow& row : kHistory) {
    const auto back = HistoryRowFrom(ToJson(row));
    ASSERT_TRUE(back);
    EXPECT_EQ(HistoryCsv({*back}), HistoryCsv({row}));
  }
  EXPECT_FALSE(HistoryRowFrom(nlohmann::json::parse("[1, 2, 3]")));
  EXPECT_FALSE(HistoryRowFrom(nlohmann::json::parse("[1, 2, 3, 4, 5, 6, \"7\"]")));
}

TEST(FacenetOptions, ComeBackFromJson) {
  FacenetOptions options;
  options.steps = 123;
  options.learning_rate = 0.01;
  EXPECT_EQ(FacenetOptionsFrom(ToJson(options)).value(), options);
}

TEST(FacenetOptions, SayWhatIsWrong) {
  nlohmann::json json = ToJson(FacenetOptions());
  json["steps"] = 1.5;
  EXPECT_EQ(FacenetOptionsFrom(json).error().message, "steps must be a whole number from 1 to 1e+09");
  json["steps"] = 10;
  json["dropout"] = 2;
  EXPECT_EQ(FacenetOptionsFrom(json).error().message, "dropout must be a number from 0 to 0.9");
  json.erase("dropout");
  EXPECT_FALSE(FacenetOptionsFrom(json));
}

}  // namespace
}  // namespace kinfolder
