#include "catalog/fact_details.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

const FaceInContent kFace{Sha256Of(AsBytes("photo")), {0.1F, 1.0F / 3, 0.7F, 1e-9F}};

class FactDetailsRoundTrip : public testing::TestWithParam<FactDetails> {};

TEST_P(FactDetailsRoundTrip, GivesTheSameFact) {
  const auto parsed = ParseFactDetails(KindOf(GetParam()), ToJson(GetParam()));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(*parsed, GetParam());
}

INSTANTIATE_TEST_SUITE_P(EveryKind, FactDetailsRoundTrip,
                         testing::Values(PersonAdded{"7f", "Änne \"O'Hara\" \\ 山田"}, PersonRenamed{"7f", "Anna"},
                                         PeopleMerged{"7f", "80"}, PersonRemoved{"7f"}, ReferenceAdded{"7f", kFace},
                                         ReferenceRemoved{kFace}, PersonRejected{"7f", kFace},
                                         FaceSetAside{Decision::kNotAFace, kFace},
                                         FaceSetAside{Decision::kStranger, kFace},
                                         FaceSetAside{Decision::kLater, kFace}, Undone{1234567890123}));

TEST(FactDetails, AreJsonThatOthersCanRead) {
  EXPECT_EQ(KindOf(PersonAdded{"7f", "Anna"}), "person-added");
  EXPECT_EQ(ToJson(PersonAdded{"7f", "Anna"}), R"({"name":"Anna","person":"7f"})");
  EXPECT_EQ(ToJson(ReferenceRemoved{{ContentHash{}, {0.5F, 0, 1, 0.25F}}}),
            R"({"face":{"box":[0.5,0.0,1.0,0.25],"content":")" + std::string(64, '0') + R"("}})");
}

TEST(FactDetails, RefuseWhatTheirKindDoesNotSay) {
  EXPECT_THAT(ParseFactDetails("person-eaten", "{}").error().message, HasSubstr("the kind is unknown"));
  const char* const wrong[] = {"",
                               "[]",
                               "7",
                               "{",
                               R"({"person":7})",
                               R"({"person":"7f","face":{}})",
                               R"({"person":"7f","face":{"content":"zz","box":[0,0,1,1]}})"};
  for (const char* const details : wrong) {
    const auto parsed = ParseFactDetails("reference-added", details);
    ASSERT_FALSE(parsed) << details;
    EXPECT_EQ(parsed.error().code, ErrorCode::kCorrupt);
  }
  const std::string face = R"({"face":{"content":")" + ToHex(kFace.content) + R"(","box":)";
  EXPECT_TRUE(ParseFactDetails("reference-removed", face + "[0,0,1,1]}}"));
  EXPECT_FALSE(ParseFactDetails("reference-removed", face + "[0,0,1]}}"));
  EXPECT_TRUE(ParseFactDetails("face-set-aside", R"({"as":"later",)" + face.substr(1) + "[0,0,1,1]}}"));
  EXPECT_FALSE(ParseFactDetails("face-set-aside", R"({"as":"friend",)" + face.substr(1) + "[0,0,1,1]}}"));
}

}  // namespace
}  // namespace kinfolder
