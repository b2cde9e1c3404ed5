#include "app/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace kinfolder {
namespace {

TEST(JsonTest, WritesEveryKindOfValue) {
  const Json json = Json::Object({{"text", "a\"b\\c\n\x01"},
                                  {"flag", true},
                                  {"number", std::int64_t{-5}},
                                  {"ratio", 0.25},
                                  {"nothing", nullptr},
                                  {"absent", std::optional<int>()},
                                  {"list", Json::Array({1, "two"})},
                                  {"empty", Json::Object({})}});
  EXPECT_EQ(json.text(),
            R"({"text":"a\"b\\c\n\u0001","flag":true,"number":-5,"ratio":0.25,"nothing":null,"absent":null,)"
            R"("list":[1,"two"],"empty":{}})");
}

TEST(JsonTest, NumbersReadBackAsTheSame) {
  for (const float value : {0.1F, 1.1F, 3.4e38F, -1e-30F, 1.0F}) {
    EXPECT_EQ(nlohmann::json::parse(Json(value).text()).get<float>(), value);
  }
  EXPECT_EQ(Json(std::numeric_limits<float>::quiet_NaN()).text(), "null");
  EXPECT_EQ(Json(std::numeric_limits<double>::infinity()).text(), "null");
}

TEST(JsonTest, KeepsUnicodeAndReplacesWhatIsNone) {
  const std::string good = "Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x98\x80";
  EXPECT_EQ(nlohmann::json::parse(Json(good).text()).get<std::string>(), good);
  for (const std::string bad : {"\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
    const auto parsed = nlohmann::json::parse(Json("a" + bad + "b").text(), nullptr, false);
    ASSERT_FALSE(parsed.is_discarded());
    const std::string text = parsed.get<std::string>();
    EXPECT_TRUE(text.starts_with("a\xEF\xBF\xBD") && text.ends_with('b')) << text;
  }
}

}  // namespace
}  // namespace kinfolder
