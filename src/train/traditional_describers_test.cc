#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <memory>
#include <numeric>
#include <vector>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "base/test_data.h"
#include "faces/test_models.h"
#include "image/encode.h"
#include "train/grey_face.h"
#include "train/labelled_faces.h"
#include "train/lbp_describer.h"
#include "train/subspace_describers.h"
#include "train/test_crops.h"

namespace kinfolder {
namespace {

using ::testing::HasSubstr;

constexpr int kSide = 96;

FaceCrop Face(unsigned person, unsigned picture) { return AsFaceCrop(PaintFace(person, kSide, picture)); }

std::vector<LabelledFace> OtherPeople() {
  std::vector<LabelledFace> faces;
  for (unsigned person = 100; person < 112; ++person) {
    for (unsigned picture = 0; picture < 4; ++picture) {
      faces.push_back({Face(person, picture), std::to_string(person)});
    }
  }
  return faces;
}

constexpr SubspaceOptions kSmall{20, 20, 24, 8};

// Of faces whose person was never seen: how often a second picture is nearest to the first of the same person.
int FoundOf(const FaceDescriber& describer, unsigned people) {
  std::vector<std::vector<float>> known;
  for (unsigned person = 0; person < people; ++person) known.push_back(describer.Describe(Face(person, 0)).value());
  int found = 0;
  for (unsigned person = 0; person < people; ++person) {
    const std::vector<float> seen = describer.Describe(Face(person, 1)).value();
    unsigned nearest = 0;
    for (unsigned other = 1; other < people; ++other) {
      if (describer.DistanceOf(seen, known[other]) < describer.DistanceOf(seen, known[nearest])) nearest = other;
    }
    found += nearest == person ? 1 : 0;
  }
  return found;
}

TEST(GreyFace, IsLumaOfTheBox) {
  Image red(182, 182);
  for (std::size_t i = 0; i < red.pixels().size(); i += 3) red.pixels()[i] = 200;
  const GreyFace grey = CutGreyFace(AsFaceCrop(red), 10);
  ASSERT_EQ(grey.values.size(), 100U);
  EXPECT_NEAR(grey.values[55], 0.299F * 200, 0.01F);
}

TEST(GreyFace, EqualizedIsTheSameInOtherLight) {
  GreyFace face{2, {10, 20, 30, 30}};
  EXPECT_EQ(Equalized(face).values, (std::vector<float>{0.25F, 0.5F, 1, 1}));
  for (float& value : face.values) value = 3 * value + 40;
  EXPECT_EQ(Equalized(face).values, (std::vector<float>{0.25F, 0.5F, 1, 1}));
}

TEST(TraditionalDescribers, TellPaintedPeopleApart) {
  const auto eigenfaces = TrainEigenfaces(OtherPeople(), kSmall);
  ASSERT_TRUE(eigenfaces) << eigenfaces.error().message;
  EXPECT_GE(FoundOf(**eigenfaces, 20), 14);
  const auto fisherfaces = TrainFisherfaces(OtherPeople(), kSmall);
  ASSERT_TRUE(fisherfaces) << fisherfaces.error().message;
  EXPECT_GE(FoundOf(**fisherfaces, 20), 14);
  EXPECT_GE(FoundOf(*MakeLbpDescriber(), 20), 14);
}

TEST(TraditionalDescribers, KeepAsManyDimensionsAsThereAreFacesAndPeopleFor) {
  const auto eigenfaces = TrainEigenfaces(OtherPeople(), {20, 1000, 0, 0});
  ASSERT_TRUE(eigenfaces) << eigenfaces.error().message;
  EXPECT_EQ((*eigenfaces)->Describe(Face(1, 0)).value().size(), 47U);  // 48 faces
  const auto fisherfaces = TrainFisherfaces(OtherPeople(), {20, 0, 30, 1000});
  ASSERT_TRUE(fisherfaces) << fisherfaces.error().message;
  const std::vector<float> unit = (*fisherfaces)->Describe(Face(1, 0)).value();
  EXPECT_EQ(unit.size(), 11U);  // 12 people
  EXPECT_NEAR(std::inner_product(unit.begin(), unit.end(), unit.begin(), 0.0F), 1, 1e-4F);
}

TEST(TraditionalDescribers, SayWhatTheyCannotLearnFrom) {
  const std::vector<LabelledFace> one = {{Face(1, 0), "a"}};
  EXPECT_THAT(TrainEigenfaces(one, kSmall).error().message, HasSubstr("at least 2 faces"));
  const std::vector<LabelledFace> strangers = {{Face(1, 0), "a"}, {Face(2, 0), "b"}, {Face(3, 0), "c"}};
  EXPECT_THAT(TrainFisherfaces(strangers, kSmall).error().message, HasSubstr("2 people with 2 faces each"));
}

TEST(LbpDescriber, HasAHistogramForEachRegion) {
  const std::vector<float> histograms = MakeLbpDescriber()->Describe(Face(1, 0)).value();
  ASSERT_EQ(histograms.size(), 64U * 59);
  for (std::size_t region = 0; region < 64; ++region) {
    const auto begin = histograms.begin() + static_cast<std::ptrdiff_t>(59 * region);
    EXPECT_NEAR(std::accumulate(begin, begin + 59, 0.0F), 1, 1e-4F);
  }
}

TEST(LbpDescriber, SeesNoBrightness) {
  Image dark = PaintFace(3, 182);
  for (std::uint8_t& value : dark.pixels()) value = static_cast<std::uint8_t>(value / 2);
  const auto describer = MakeLbpDescriber();
  const auto bright_face = describer->Describe(AsFaceCrop(PaintFace(3, 182))).value();
  const auto dark_face = describer->Describe(AsFaceCrop(dark)).value();
  const auto other = describer->Describe(AsFaceCrop(PaintFace(4, 182))).value();
  EXPECT_FLOAT_EQ(describer->DistanceOf(bright_face, bright_face), 0);
  EXPECT_LT(describer->DistanceOf(bright_face, dark_face), describer->DistanceOf(bright_face, other));
}

class LabelledFacesTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(LabelledFacesTest, AreFoundAndNamedByTheirFolders) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(known, "photos/album/known");
  const auto detector = Mtcnn::Load(PackageForTests("mtcnn", weights), {});
  ASSERT_TRUE(detector) << detector.error().message;
  ASSERT_TRUE(InitializeImageLibrary("test"));
  const auto faces = LoadLabelledFaces(*detector, known, {});
  ASSERT_TRUE(faces) << faces.error().message;
  ASSERT_FALSE(faces->empty());
  for (const LabelledFace& face : *faces) EXPECT_TRUE(std::filesystem::is_directory(known / face.person));
  const auto count = [](const auto& range) { return std::distance(begin(range), end(range)); };
  EXPECT_LE(static_cast<std::ptrdiff_t>(faces->size()), count(std::filesystem::recursive_directory_iterator(known)));

  // A picture without a face is left out.
  ASSERT_TRUE(MakeFolders(folder_ / "ann"));
  ASSERT_TRUE(WriteFileAtomically(folder_ / "ann" / "1.png", EncodePng(Image(64, 64)).value()));
  const auto none = LoadLabelledFaces(*detector, folder_.path(), {});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_TRUE(none->empty());
}

TEST_F(LabelledFacesTest, SayWhereThereAreNone) {
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  const auto detector = Mtcnn::Load(PackageForTests("mtcnn", weights), {});
  ASSERT_TRUE(detector) << detector.error().message;
  EXPECT_EQ(LoadLabelledFaces(*detector, folder_ / "nowhere", {}).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(LoadLabelledFaces(*detector, folder_.path(), {}).error().message,
              HasSubstr("no pictures in folders of people"));
  ASSERT_TRUE(MakeFolders(folder_ / "ann"));
  ASSERT_TRUE(WriteFileAtomically(folder_ / "ann" / "1.jpg", "no picture"));
  EXPECT_THAT(LoadLabelledFaces(*detector, folder_.path(), {}).error().message, HasSubstr("1.jpg"));
}

}  // namespace
}  // namespace kinfolder
