#include "app/calibrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;

class CalibrateTest : public testing::Test {
 protected:
  // A photo with one face, which is a reference of `name`.
  void AddReference(const std::string& name, const std::string& photo, double radians,
                    const std::string& model = kModel) {
    ScannedFace face = FaceAt(1, 0, model);
    face.embedding.values = {static_cast<float>(std::cos(radians)), static_cast<float>(std::sin(radians))};
    ScannedPhoto scanned = PhotoOf(photo, {face});
    scanned.embedder = model;
    const PhotoId id = catalog_->PutScanned(scanned, FileRole::kReference).value();
    const auto found = catalog_->FindPerson(name).value();
    const Person person = found ? *found : catalog_->AddPerson(name, "user").value();
    ASSERT_TRUE(catalog_->AddReference(catalog_->FacesOf(id)->front().id, person.id, "user"));
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_ = OpenSqliteCatalog(folder_ / "catalog.sqlite").value();
  CalibrationRequest request_{kModel, 0.9F, 0.8F, 0.001};
};

TEST_F(CalibrateTest, MeasuresTheReferencesOfTheCatalogue) {
  AddReference("Ann", "ann1", 0);
  AddReference("Ann", "ann2", 0.4);
  AddReference("Ben", "ben1", 1.0);
  AddReference("Cat", "cat1", 2.5);
  AddReference("Cat", "cat2", 2.9, "another-model");
  const auto result = Calibrate(*catalog_, request_);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->people, 3);
  EXPECT_EQ(result->references, 4);
  EXPECT_EQ(result->not_compared, 1);
  // Ann's second face and Ben's are 0.6 rad (a distance of 0.591) apart, Ann's own two 0.397.
  EXPECT_FLOAT_EQ(result->recommended.rates.threshold, 0.59F);
  EXPECT_FALSE(result->recommended.promised);
  EXPECT_DOUBLE_EQ(result->recommended.rates.unknown->value, 0);
  EXPECT_FLOAT_EQ(result->now.threshold, 0.8F);
  EXPECT_DOUBLE_EQ(result->now.wrong_names.value, 0.5) << "half of Ann's faces and all of Ben's, of three people";
  EXPECT_FLOAT_EQ(result->curve.front().threshold, 0.4F);
  ASSERT_EQ(result->nearest.size(), 2U) << "each pair of people once, where one is the other's nearest";
  const NearPeople& nearest = result->nearest.front();
  EXPECT_NEAR(nearest.distance, 0.591, 1e-3);
  EXPECT_EQ(nearest.person, "Ann");
  EXPECT_EQ(nearest.photo, "/photos/ann2.jpg");
  EXPECT_EQ(nearest.other, "Ben");
  EXPECT_EQ(nearest.other_photo, "/photos/ben1.jpg");
}

TEST_F(CalibrateTest, TakesTwoPeople) {
  AddReference("Ann", "ann1", 0);
  AddReference("Ann", "ann2", 0.4);
  const auto result = Calibrate(*catalog_, request_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(result.error().message, HasSubstr("two people"));
}

}  // namespace
}  // namespace kinfolder
