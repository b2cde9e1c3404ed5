#include "filing/naming.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/utf8.h"

namespace kinfolder {
namespace {

// Strings of the pieces that make names unsafe or hard to tell apart.
rc::Gen<std::string> NastyName() {
  const auto piece = rc::gen::oneOf(
      rc::gen::element<std::string>(" ", ".", "..", "/", "\\", "CON", "nul", "com1", "LPT¹", "a", "A", "ß", "SS", "é",
                                    "e\u0301", "\u0301", "\u00A0", "\u3000", "\u200D", "\xFF", "\xC3", "\n", "\x7F",
                                    "\u2028", "\uFFFE", "😀", ".jpg", "<", "\u0338", " (2)", "ﬁ", "İ"),
      rc::gen::map(rc::gen::inRange(1, 120),
                   [](int length) { return std::string(static_cast<std::size_t>(length), 'x'); }),
      rc::gen::map(rc::gen::inRange(1, 120),
                   [](int length) { return std::string(static_cast<std::size_t>(length), ' '); }),
      rc::gen::arbitrary<std::string>());
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const std::vector<std::string>& pieces) {
    std::string name;
    for (const std::string& part : pieces) name += part;
    return name;
  });
}

void AssertSafe(const std::string& name) {
  RC_ASSERT(!name.empty());
  RC_ASSERT(name.size() <= kMaxNameBytes);
  RC_ASSERT(IsUtf8(name));
  RC_ASSERT(name.find_first_of("<>:\"/\\|?*") == std::string::npos);
  for (const char c : name) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  RC_ASSERT(name.front() != '.' && name.front() != ' ');
  RC_ASSERT(name.back() != '.' && name.back() != ' ');
}

RC_GTEST_PROP(SafeName, IsSafeForAnyBytesAndStaysAsItIs, ()) {
  const std::string safe = SafeName(*NastyName());
  AssertSafe(safe);
  RC_ASSERT(SafeName(safe) == safe);
}

RC_GTEST_PROP(SafeUniqueNames, GivesUniqueSafeNames, ()) {
  const auto names = *rc::gen::container<std::vector<std::string>>(
      rc::gen::oneOf(NastyName(), rc::gen::element<std::string>("Ann", "ANN", "ann ", "Ann (2)", "A:n", "A_n")));
  const bool are_files = *rc::gen::arbitrary<bool>();
  const std::vector<std::string> unique = are_files ? SafeUniqueFileNames(names) : SafeUniqueNames(names);
  RC_ASSERT(unique.size() == names.size());
  std::set<std::string> keys;
  for (const std::string& name : unique) {
    AssertSafe(name);
    RC_ASSERT(SafeName(name) == name);
    RC_ASSERT(keys.insert(NameKey(name)).second);
  }
}

RC_GTEST_PROP(NameKey, TakesTheKeyForItself, ()) {
  const std::string key = NameKey(*NastyName());
  RC_ASSERT(NameKey(key) == key);
}

TEST(SafeName, LeavesOrdinaryNamesAlone) {
  for (const char* name : {"Ann", "IMG_1.jpg", "Zoë Müller", "李小龙", "J. R. R. Tolkien", "O'Neil & Söhne (2)"}) {
    EXPECT_EQ(SafeName(name), name);
  }
}

TEST(SafeName, ReplacesWhatSomeFileSystemRefuses) {
  EXPECT_EQ(SafeName("a/b\\c:d*e?f\"g<h>i|j"), "a_b_c_d_e_f_g_h_i_j");
  EXPECT_EQ(SafeName("a\tb\x01"), "a_b_");
  EXPECT_EQ(SafeName("  Ann. . "), "Ann");
  EXPECT_EQ(SafeName(".hidden"), "_hidden");
  EXPECT_EQ(SafeName("../../etc"), "_._.._etc");
  for (const char* empty : {"", ".", "..", " ", " . "}) EXPECT_EQ(SafeName(empty), "_") << '"' << empty << '"';
  EXPECT_EQ(SafeName("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(SafeName("Zoe\u0308"), "Zoë");
}

TEST(SafeName, AvoidsWindowsDevices) {
  EXPECT_EQ(SafeName("CON"), "_CON");
  EXPECT_EQ(SafeName("nul.jpg"), "_nul.jpg");
  EXPECT_EQ(SafeName("Com1 .tar.gz"), "_Com1 .tar.gz");
  EXPECT_EQ(SafeName("LPT²"), "_LPT²");
  EXPECT_EQ(SafeName("Conny"), "Conny");
  EXPECT_EQ(SafeName("COM10"), "COM10");
  // Only cutting makes this one a device.
  EXPECT_EQ(SafeName("CON" + std::string(300, ' ') + "x.jpg"), "_CON.jpg");
}

TEST(SafeName, CutsBetweenCharactersBeforeTheEnding) {
  const std::string cut = SafeName(std::string(150, 'x') + std::string(100, 'y') + ".jpeg");
  EXPECT_EQ(cut, std::string(150, 'x') + std::string(45, 'y') + ".jpeg");
  std::string umlauts = "x";
  for (int i = 0; i < 200; ++i) umlauts += "ü";
  EXPECT_EQ(SafeName(umlauts).size(), 199U);  // the 200th byte would be half an ü
}

TEST(NameKey, IgnoresCaseAndNormalisation) {
  EXPECT_EQ(NameKey("Zoë"), NameKey("ZOE\u0308"));
  EXPECT_EQ(NameKey("Straße"), NameKey("STRASSE"));
  EXPECT_EQ(NameKey("IMG.JPG"), "img.jpg");
  EXPECT_NE(NameKey("Ann"), NameKey("Anne"));
}

TEST(SafeUniqueNames, NumbersInOrder) {
  EXPECT_EQ(SafeUniqueNames({"A:n", "A_n", "a?N", "J. Smith", "j. smith"}),
            (std::vector<std::string>{"A_n", "A_n (2)", "a_N (3)", "J. Smith", "j. smith (2)"}));
  const std::string long_name(kMaxNameBytes, 'x');
  EXPECT_EQ(SafeUniqueNames({long_name, long_name})[1], std::string(kMaxNameBytes - 4, 'x') + " (2)");
}

TEST(SafeUniqueFileNames, KeepsTheEnding) {
  EXPECT_EQ(SafeUniqueFileNames({"a:b.jpg", "A_b.JPG", "x"}),
            (std::vector<std::string>{"a_b.jpg", "A_b (2).JPG", "x"}));
  const std::string long_name(kMaxNameBytes - 4, 'x');
  EXPECT_EQ(SafeUniqueFileNames({long_name + ".jpg", long_name + ".jpg"})[1],
            std::string(kMaxNameBytes - 8, 'x') + " (2).jpg");
}

TEST(NumberedName, PutsTheNumberBeforeTheEnding) {
  EXPECT_EQ(NumberedName("IMG_1.jpg", 2), "IMG_1 (2).jpg");
  EXPECT_EQ(NumberedName("README", 12), "README (12)");
  EXPECT_EQ(NumberedName("Dr. No at the party", 2), "Dr. No at the party (2)");
}

}  // namespace
}  // namespace kinfolder
