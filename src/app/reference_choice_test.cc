#include "app/reference_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

using testing::HasSubstr;

CatalogFace CandidateAt(float left, float width_px = 200) {
  CatalogFace face;
  face.id = FaceId{static_cast<std::int64_t>(left * 100) + 1};
  face.detection.box = {left, 0.2F, left + 0.2F, 0.5F};
  face.detection.score = 0.999F;
  face.quality = {.width_px = width_px, .sharpness = 0.8F, .brightness = 0.5F, .visible = 1};
  return face;
}

std::string Refusal(const std::vector<CatalogFace>& faces, std::optional<int> number) {
  const auto chosen = ChooseReference(faces, number);
  return chosen ? "accepted" : chosen.error().message;
}

TEST(ReferenceChoiceTest, TheOnlyFaceIsTaken) {
  EXPECT_EQ(ChooseReference({CandidateAt(0.4F)}, {})->id, CandidateAt(0.4F).id);
}

TEST(ReferenceChoiceTest, SomebodyInTheBackgroundIsPassedOver) {
  EXPECT_EQ(ChooseReference({CandidateAt(0.1F, 60), CandidateAt(0.4F, 200)}, {})->id, CandidateAt(0.4F).id);
  EXPECT_EQ(Refusal({CandidateAt(0.1F, 70), CandidateAt(0.4F, 200)}, {}).substr(0, 7), "2 faces");
  EXPECT_EQ(ChooseReference({CandidateAt(0.1F, 60), CandidateAt(0.4F, 200)}, 1)->id, CandidateAt(0.1F).id);
}

TEST(ReferenceChoiceTest, ANumberCountsFromTheLeft) {
  const std::vector<CatalogFace> faces = {CandidateAt(0.7F), CandidateAt(0.1F), CandidateAt(0.4F)};
  EXPECT_EQ(ChooseReference(faces, 1)->id, CandidateAt(0.1F).id);
  EXPECT_EQ(ChooseReference(faces, 3)->id, CandidateAt(0.7F).id);
}

TEST(ReferenceChoiceTest, DoubtIsRefusedWithTheReason) {
  EXPECT_EQ(Refusal({}, {}), "no face was found");
  const std::vector<CatalogFace> two = {CandidateAt(0.7F, 90), CandidateAt(0.1F)};
  EXPECT_EQ(
      Refusal(two, {}),
      "2 faces were found (1 at 20 % from the left, 200 px wide; 2 at 80 % from the left, 90 px wide); choose one "
      "with people add --face N");
  EXPECT_THAT(Refusal(two, 3), HasSubstr("there is no face 3; found: 1 at 20 %"));
  EXPECT_THAT(Refusal(two, 0), HasSubstr("there is no face 0"));
}

TEST(ReferenceChoiceTest, APoorFaceIsRefusedEvenIfPicked) {
  const std::vector<CatalogFace> faces = {CandidateAt(0.1F, 9), CandidateAt(0.6F)};
  EXPECT_THAT(Refusal(faces, 1), HasSubstr("the face can't serve as a reference: "));
  EXPECT_EQ(Refusal(faces, 2), "accepted");
}

TEST(ReferenceChoiceTest, OfACrowdOnlyTheFirstAreListed) {
  std::vector<CatalogFace> crowd;
  crowd.reserve(100);
  for (int i = 0; i < 100; ++i) crowd.push_back(CandidateAt(static_cast<float>(i) / 100));
  EXPECT_THAT(Refusal(crowd, {}), testing::AllOf(HasSubstr("100 faces"), HasSubstr("; ...)")));
}

}  // namespace
}  // namespace kinfolder
