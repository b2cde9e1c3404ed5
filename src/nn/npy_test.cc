#include "nn/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "nn/test_sources.h"

namespace kinfolder {
namespace {

using ::testing::HasSubstr;

const Tensor kArray{{2, 3}, {1, 2, 3, -4, 5.5F, 6e-20F}};

// The array's file with one piece of its bytes replaced by another of the same length.
Result<Tensor> ReadWith(const std::string& piece, const std::string& replacement) {
  std::string bytes = NpyOf(kArray);
  EXPECT_EQ(piece.size(), replacement.size());
  EXPECT_NE(bytes.find(piece), std::string::npos) << piece;
  bytes.replace(bytes.find(piece), piece.size(), replacement);
  return ReadNpy(AsBytes(bytes), "a.npy");
}

TEST(Npy, ReadsFloats) {
  for (const Tensor& array : {kArray, Tensor{{3}, {1, 2, 3}}, Tensor{{}, {7}}, Tensor{{1, 1, 2, 1}, {8, 9}}}) {
    const std::string bytes = NpyOf(array);
    const auto read = ReadNpy(AsBytes(bytes), "a.npy");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, array);
  }
}

TEST(Npy, OtherNumbersAndOrdersAreRefused) {
  for (const auto& [piece, replacement] :
       {std::pair{"<f4", "<f8"}, std::pair{"<f4", ">f4"}, std::pair{"False", "True "}}) {
    const auto read = ReadWith(piece, replacement);
    ASSERT_FALSE(read) << replacement;
    EXPECT_EQ(read.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(read.error().message, "a.npy is a NumPy array, but not of float32 in C order");
  }
}

TEST(Npy, ShapesThatMakeNoSense) {
  EXPECT_EQ(ReadWith("(2, 3, )", "(2, 4, )").error().message, "a.npy has 24 bytes for the shape [2, 4]");
  EXPECT_THAT(ReadWith("(2, 3, )", "(2, -3,)").error().message, HasSubstr("a shape that makes no sense"));
  EXPECT_THAT(ReadWith("(2, 3, )", "(2, 3   ").error().message, HasSubstr("a shape that makes no sense"));
  EXPECT_FALSE(ReadWith("(2, 3, )", "(2, 0, )"));
  EXPECT_THAT(ReadWith("shape", "shade").error().message, HasSubstr("without a type or shape"));
  Tensor huge = kArray;
  huge.shape = {1'000'000'000, 1'000'000'000, 1'000'000'000};
  const std::string bytes = NpyOf(huge);
  EXPECT_EQ(ReadNpy(AsBytes(bytes), "a.npy").error().code, ErrorCode::kTooLarge);
}

TEST(Npy, CutOrForeignBytes) {
  const std::string bytes = NpyOf(kArray);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(ReadNpy(AsBytes(std::string_view(bytes).substr(0, length)), "a.npy")) << length;
  }
  EXPECT_FALSE(ReadNpy(AsBytes(bytes + "x"), "a.npy"));
  EXPECT_EQ(ReadNpy(AsBytes("a text that is long enough"), "a.npy").error().message, "a.npy is no NumPy array");
}

}  // namespace
}  // namespace kinfolder
