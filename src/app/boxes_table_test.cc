#include "app/boxes_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ParseBoxesTable, FindsColumnsByName) {
  const auto boxes = ParseBoxesTable(
      "easy\timage\theight\twidth\ty\tx\n"
      "1\ta/1.jpg\t40\t30\t20\t10\n"
      "0\tb.jpg\t4\t3\t2.5\t1\r\n"
      "\n"
      "0\ta/1.jpg\t8\t6\t4\t2");
  ASSERT_TRUE(boxes) << boxes.error().message;
  EXPECT_THAT(*boxes, ElementsAre(Pair("a/1.jpg", ElementsAre(Box{10, 20, 40, 60}, Box{2, 4, 8, 12})),
                                  Pair("b.jpg", ElementsAre(Box{1, 2.5F, 4, 6.5F}))));
}

TEST(ParseBoxesTable, KeepsPhotosWithoutFaces) {
  const auto boxes = ParseBoxesTable("image\tx\ty\twidth\theight\nempty.jpg\t0\t0\t0\t0\n");
  ASSERT_TRUE(boxes);
  EXPECT_THAT(*boxes, ElementsAre(Pair("empty.jpg", IsEmpty())));
}

TEST(ParseBoxesTable, SaysWhatIsWrong) {
  const auto message = [](std::string_view text) {
    const auto boxes = ParseBoxesTable(text);
    return boxes ? "accepted" : boxes.error().message;
  };
  EXPECT_EQ(message(""), "line 1 names no column \"image\"");
  EXPECT_EQ(message("image\tx\ty\twidth\n"), "line 1 names no column \"height\"");
  constexpr std::string_view kHeader = "image\tx\ty\twidth\theight\n";
  for (const std::string_view row :
       {"a.jpg\t1\t2\t3", "a.jpg\t1\t2\t3\tx", "a.jpg\t1\t2\t3\tnan", "a.jpg\t1\t2\t-3\t4", "\t1\t2\t3\t4",
        "../a.jpg\t1\t2\t3\t4", "/a.jpg\t1\t2\t3\t4", "a.jpg\t1\t2\t3\t4e99"}) {
    EXPECT_EQ(message(std::string(kHeader) + "ok.jpg\t1\t2\t3\t4\n" + std::string(row)),
              "line 3 is no photo with a box")
        << row;
  }
}

}  // namespace
}  // namespace kinfolder
