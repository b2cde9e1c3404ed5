#include "app/lfw_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseLfwPairs, ReadsMatchedThenMismatchedPairsOfEachFold) {
  const auto pairs = ParseLfwPairs(
      "2\t1\nAnn_Lee\t1\t12\nAnn_Lee\t2\tBo\t1\n"
      "Cy\t3\t4\r\nCy\t3\tDi\t1000\n");
  ASSERT_TRUE(pairs) << pairs.error().message;
  EXPECT_THAT(*pairs, ElementsAre(PhotoPair{"Ann_Lee/Ann_Lee_0001.jpg", "Ann_Lee/Ann_Lee_0012.jpg", true, 0},
                                  PhotoPair{"Ann_Lee/Ann_Lee_0002.jpg", "Bo/Bo_0001.jpg", false, 0},
                                  PhotoPair{"Cy/Cy_0003.jpg", "Cy/Cy_0004.jpg", true, 1},
                                  PhotoPair{"Cy/Cy_0003.jpg", "Di/Di_1000.jpg", false, 1}));
}

TEST(ParseLfwPairs, NamesTheLineThatIsWrong) {
  const auto message = [](std::string_view text) {
    const auto pairs = ParseLfwPairs(text);
    return pairs ? "accepted" : pairs.error().message;
  };
  EXPECT_THAT(message(""), HasSubstr("line 1 should be \"FOLDS COUNT\""));
  EXPECT_THAT(message("10"), HasSubstr("line 1"));
  EXPECT_THAT(message("0 300"), HasSubstr("line 1"));
  EXPECT_THAT(message("1 99999999999"), HasSubstr("line 1"));
  EXPECT_EQ(message("1 1\nAnn 1\nAnn 1 Bo 1\n"), "line 2 should be \"NAME I J\"");
  EXPECT_EQ(message("1 1\nAnn 1 x\nAnn 1 Bo 1\n"), "line 2 should be \"NAME I J\"");
  EXPECT_EQ(message("1 1\nAnn 1 2\nAnn 1 2\n"), "line 3 should be \"NAME I OTHER J\"");
  EXPECT_EQ(message("1 1\nAnn 1 2\n"), "line 3 should be \"NAME I OTHER J\"");
}

TEST(ParseLfwPairs, RefusesNamesThatLeadOutOfTheFolder) {
  EXPECT_FALSE(ParseLfwPairs("1 1\n.. 1 2\nAnn 1 Bo 1\n"));
  EXPECT_FALSE(ParseLfwPairs("1 1\na/b 1 2\nAnn 1 Bo 1\n"));
}

}  // namespace
}  // namespace kinfolder
