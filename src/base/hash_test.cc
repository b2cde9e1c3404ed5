#include "base/hash.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace kinfolder {
namespace {

// FIPS 180-2, appendix B.
constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, MatchesThePublishedExample) { EXPECT_EQ(ToHex(Sha256Of(AsBytes("abc"))), kAbc); }

TEST(Sha256, PiecesMakeTheWhole) {
  Sha256 hash;
  hash.Update(AsBytes("a"));
  hash.Update(AsBytes(""));
  hash.Update(AsBytes("bc"));
  EXPECT_EQ(ToHex(hash.Finish()), kAbc);
}

TEST(Sha256, HexRoundTrip) {
  EXPECT_EQ(ToHex(*DigestFromHex(kAbc)), kAbc);
  EXPECT_FALSE(DigestFromHex("abc"));
  EXPECT_FALSE(DigestFromHex(std::string(63, 'a') + "g"));
  EXPECT_EQ(DigestFromHex("x").error().message, "\"x\" is not a SHA-256 of 64 hexadecimal digits");
}

}  // namespace
}  // namespace kinfolder
