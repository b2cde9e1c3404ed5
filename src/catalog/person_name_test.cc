#include "catalog/person_name.h"

#include <gtest/gtest.h>

namespace kinfolder {
namespace {

std::string Folded(std::string_view name) { return ParsePersonName(name).value().folded; }

TEST(PersonName, KeepsWhatTheUserWroteWithoutTheSpaceAround) {
  EXPECT_EQ(ParsePersonName("  Anna  Bauer\t\n")->written, "Anna  Bauer");
  EXPECT_EQ(ParsePersonName("\u00a0\u3000Änne\u2003")->written, "Änne");
  EXPECT_EQ(ParsePersonName("👩‍👧")->written, "👩‍👧");
}

TEST(PersonName, IsTheSameWhateverTheCase) {
  EXPECT_EQ(Folded("ANNA"), Folded("anna"));
  EXPECT_EQ(Folded("Straße"), Folded("STRASSE"));
  EXPECT_EQ(Folded("ΣΊΣΥΦΟΣ"), Folded("σίσυφος"));
  EXPECT_EQ(Folded("ЮЛИЯ"), Folded("юлия"));
  EXPECT_NE(Folded("Anna"), Folded("Anne"));
  EXPECT_NE(Folded("Jose"), Folded("José"));
}

TEST(PersonName, IsTheSameHoweverAnAccentIsEncoded) {
  EXPECT_EQ(Folded("Jos\u00e9"), Folded("JOSE\u0301"));
  EXPECT_EQ(Folded("\u00c5ngstr\u00f6m"), Folded("\u212bngstro\u0308m"));
}

TEST(PersonName, KeepsTheInvisibleLettersThatScriptsNeed) {
  EXPECT_EQ(ParsePersonName("علی‌رضا")->written, "علی‌رضا");  // zero width non-joiner
}

TEST(PersonName, RefusesWhatShowsNothing) {
  for (const std::string_view name : {"", "   ", "\t\r\n", "\x01\x1f\x7f", "\u200b", "\u00a0\u2028", " \u200b "}) {
    const auto parsed = ParsePersonName(name);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error(),
              (Error{ErrorCode::kInvalidArgument, "a person needs a name with at least one visible character"}));
  }
}

TEST(PersonName, RefusesControlCharactersInside) {
  for (const std::string_view name : {std::string_view("A\nB"), std::string_view("A\0B", 3),
                                      std::string_view("A\x1b[1mB"), std::string_view("A\u2028B")}) {
    const auto parsed = ParsePersonName(name);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message, "a name can't have line breaks or other control characters in it");
  }
}

TEST(PersonName, RefusesWhatIsNotUtf8) {
  for (const std::string_view name : {"\xff", "Ann\xc3", "\xed\xa0\x80", "\xc0\xaf"}) {
    EXPECT_EQ(ParsePersonName(name).error().message, "the name is not valid UTF-8");
  }
}

TEST(PersonName, RefusesANovel) {
  EXPECT_EQ(ParsePersonName(std::string(1001, 'a')).error().message, "a name of 1001 bytes is too long (up to 1000)");
  EXPECT_TRUE(ParsePersonName(std::string(1000, 'a')));
}

}  // namespace
}  // namespace kinfolder
