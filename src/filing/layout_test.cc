#include "filing/layout.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

const LocalTime kMay4 = {.year = 2019, .month = 5, .day = 4, .hour = 12};

std::vector<std::string> Fill(std::string_view layout, const std::optional<LocalTime>& taken_at) {
  return Layout::Parse(layout)->Fill("Ann", taken_at, "IMG_1.jpg");
}

TEST(Layout, FillsItsFields) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(Fill("{person}/{name}", kMay4), (Names{"Ann", "IMG_1.jpg"}));
  EXPECT_EQ(Fill("{person}/{year}/{month}-{day} of {person}/{name}", kMay4),
            (Names{"Ann", "2019", "05-04 of Ann", "IMG_1.jpg"}));
  EXPECT_EQ(Fill("{person}/{year}-{month}-{day} {name}", kMay4), (Names{"Ann", "2019-05-04 IMG_1.jpg"}));
}

TEST(Layout, LeavesOutWhatHasNoDate) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(Fill("{person}/{year}/{month}/{day}/{name}", {}), (Names{"Ann", "undated", "IMG_1.jpg"}));
  EXPECT_EQ(Fill("{person}/{year}-{month}-{day}/{name}", {}), (Names{"Ann", "undated", "IMG_1.jpg"}));
  EXPECT_EQ(Fill("{person}/{year}-{month} {name}", {}), (Names{"Ann", "undated IMG_1.jpg"}));
}

TEST(Layout, MakesNamesSafe) {
  EXPECT_EQ(Layout::Parse("{person}/a:b/{name}")->Fill("Ann", {}, "x?\n.jpg").at(2), "x__.jpg");
  EXPECT_EQ(Fill("{person}/a:b/{name}", {}).at(1), "a_b");
}

TEST(Layout, SaysWhatIsWrong) {
  const auto message = [](std::string_view layout) {
    const auto parsed = Layout::Parse(layout);
    EXPECT_FALSE(parsed) << layout;
    return parsed ? std::string() : parsed.error().message;
  };
  for (const char* layout : {"{name}", "photos/{person}/{name}", "{person} {year}/{name}"}) {
    EXPECT_EQ(message(layout), fmt::format("the layout \"{}\" does not start with {{person}}/", layout));
  }
  EXPECT_EQ(message("{person}/{year}"), "the layout \"{person}/{year}\" does not hold {name} in its last part");
  for (const char* layout : {"{person}/{camera}/{name}", "{person}/{year/{name}", "{person}/year}/{name}"}) {
    EXPECT_NE(message(layout).find("has a field other than"), std::string::npos) << layout;
  }
  for (const char* layout : {"", "/{person}/{name}", "{person}//{name}", "{person}/../{name}", "{person}/{name}/"}) {
    EXPECT_NE(message(layout).find("has an empty part"), std::string::npos) << layout;
  }
}

}  // namespace
}  // namespace kinfolder
