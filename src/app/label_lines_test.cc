#include "app/label_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

FaceLabel LabelOf(Decision decision, const std::string& person = "") {
  const ContentHash photo = Sha256Of(AsBytes("photo"));
  return {decision, person, photo, {4000, 3000}, {10.25F, 20, 110.5F, 1e3F}, "2019-05-04T12:30:00Z", "user"};
}

std::string TextOf(const Labels& labels) {
  std::string text;
  for (const Json& line : AsJson(labels)) text += line.text() + "\n";
  return text;
}

std::string Refusal(const std::string& line) {
  const auto labels = ParseLabels("\n" + line + "\n");
  return labels ? "" : labels.error().message;
}

TEST(LabelLines, ReadBackAsTheyWereWritten) {
  Labels labels;
  labels.people = {{"Änne \"O'Hara\" \\ 山田", "2019-05-04T12:30:00Z", "user"}, {"Ben", "", "known-folder"}};
  labels.faces = {LabelOf(Decision::kConfirmed, "Ben"), LabelOf(Decision::kRejected, "Ben"),
                  LabelOf(Decision::kNotAFace), LabelOf(Decision::kStranger), LabelOf(Decision::kLater)};
  const auto read = ParseLabels(TextOf(labels));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, labels);
}

TEST(LabelLines, SayWhatProgramsRelyOn) {
  Labels labels;
  labels.people = {{"Ben", "2019-05-04T12:30:00Z", "user"}};
  labels.faces = {LabelOf(Decision::kConfirmed, "Ben"), LabelOf(Decision::kStranger)};
  const std::string place = R"("photo":")" + ToHex(labels.faces[0].photo) +
                            R"(","size":[4000,3000],"box":[10.25,20,110.5,1000],"time":"2019-05-04T12:30:00Z",)"
                            R"("origin":"user"})";
  EXPECT_EQ(TextOf(labels), R"({"label":"person","person":"Ben","time":"2019-05-04T12:30:00Z","origin":"user"})"
                            "\n"
                            R"({"label":"confirmed","person":"Ben",)" +
                                place + "\n" + R"({"label":"stranger",)" + place + "\n");
}

TEST(LabelLines, BoxesAreTheSameAfterManyRoundTrips) {
  Labels labels;
  labels.faces = {LabelOf(Decision::kLater)};
  const auto width = static_cast<float>(labels.faces[0].size.width);
  const auto height = static_cast<float>(labels.faces[0].size.height);
  for (float x = 0.001F; x < 1; x += 0.017F) {
    labels.faces[0].box = Scaled(Box{x, x, x + 0.1F, x + 0.1F}, width, height);
    const std::string text = TextOf(labels);
    FaceLabel& again = labels.faces[0] = ParseLabels(text)->faces[0];
    again.box = Scaled(Scaled(again.box, 1 / width, 1 / height), width, height);  // as the catalogue keeps it
    EXPECT_EQ(TextOf(labels), text);
  }
}

TEST(LabelLines, ToleratesWhatItDoesNotNeed) {
  const auto labels = ParseLabels("\r\n {\"label\": \"person\", \"person\": \" Ben \", \"mood\": 3}");
  ASSERT_TRUE(labels) << labels.error().message;
  EXPECT_EQ(labels->people, (std::vector<PersonLabel>{{"Ben", "", ""}}));
  EXPECT_EQ(*ParseLabels(""), Labels());
}

TEST(LabelLines, TellsTheLineThatIsBroken) {
  EXPECT_EQ(Refusal("{\"label\": \"person\", \"per"), "line 2 is no label: it is no JSON object");
  EXPECT_EQ(Refusal("[]"), "line 2 is no label: it is no JSON object");
  EXPECT_THAT(Refusal("{}"), HasSubstr("'label' not found"));
  EXPECT_EQ(Refusal(R"({"label":"friend"})"), "line 2 is no label: 'friend' is no kind of label");
  EXPECT_EQ(Refusal(R"({"label":"none"})"), "line 2 is no label: 'none' is no kind of label");
  EXPECT_THAT(Refusal(R"({"label":"person","person":" "})"), HasSubstr("line 2 is no label: "));
  EXPECT_THAT(Refusal(R"({"label":"later"})"), HasSubstr("'photo' not found"));
  EXPECT_EQ(Refusal(R"({"label":"later","photo":"12"})"), "line 2 is no label: 'photo' is no SHA-256");
  const std::string photo = R"({"label":"later","photo":")" + std::string(64, 'a') + R"(",)";
  EXPECT_THAT(Refusal(photo + R"("size":[0,10],"box":[1,2,3,4]})"), HasSubstr("'size' is not a width and a height"));
  EXPECT_THAT(Refusal(photo + R"("size":[9,10],"box":[1,2,1,4]})"), HasSubstr("'box' is not x1, y1, x2, y2"));
  EXPECT_THAT(Refusal(photo + R"("size":[9,10],"box":[1,2,3]})"), HasSubstr("'box' is not x1, y1, x2, y2"));
}

}  // namespace
}  // namespace kinfolder
