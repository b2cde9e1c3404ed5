#include "filing/new_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

TEST(WriteNewFile, TakesTheFirstNameThatIsFree) {
  const TemporaryFolder folder;
  const std::filesystem::path made = folder / "a/b";
  EXPECT_EQ(*WriteNewFile(made, "x.jpg", AsBytes("one")), made / "x.jpg");
  EXPECT_EQ(*WriteNewFile(made, "x.jpg", AsBytes("two")), made / "x (2).jpg");
  EXPECT_EQ(*WriteNewFile(made, "x.jpg", AsBytes("three")), made / "x (3).jpg");
  EXPECT_EQ(*ReadTextFile(made / "x.jpg", 100), "one");
  EXPECT_EQ(*ReadTextFile(made / "x (3).jpg", 100), "three");
}

TEST(WriteNewFile, SaysWhyNot) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", std::string_view("x")));
  EXPECT_FALSE(WriteNewFile(folder / "file", "x.jpg", AsBytes("one")));
}

}  // namespace
}  // namespace kinfolder
