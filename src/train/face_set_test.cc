#include "train/face_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "image/decode.h"
#include "image/encode.h"
#include "image/resample.h"
#include "train/face_view.h"
#include "train/made_up_face.h"
#include "train/teacher.h"
#include "train/test_faces.h"

namespace kinfolder {
namespace {

using testing::ElementsAre;

// Crops of 80 pixels: two of each of two people, and one of nobody known.
class FaceSetTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(InitializeImageLibrary("test"));
    for (unsigned i = 0; i < 4; ++i) {
      Write(fmt::format("people/F{}_A/{}.png", i / 2, i), PaintFace(i / 2, 80, i));
    }
    Write("anybody/e.png", PaintFace(9, 80));
    ASSERT_TRUE(
        WriteCropPack({{folder_ / "people"}, {folder_ / "anybody"}}, TakenAsItIs, folder_ / "faces.kfpack", {}));
    pack_ = ReadCropPack(folder_ / "faces.kfpack").value();
  }

  void Write(const std::string& name, const Image& picture) {
    const std::filesystem::path path = folder_ / name;
    ASSERT_TRUE(MakeFolders(path.parent_path()));
    ASSERT_TRUE(WriteFileAtomically(path, EncodePng(picture).value()));
  }

  TemporaryFolder folder_;
  CropPack pack_;
};

TEST_F(FaceSetTest, CropsAreNoLargerThanTheirViewsNeed) {
  const FaceSet large = LoadFaces(pack_, 100, 0, {}).value();
  EXPECT_EQ(large.crops[3], PaintFace(1, 80, 3));
  const FaceSet small = LoadFaces(pack_, 35, 0, {}).value();
  EXPECT_EQ(small.crops[3], ResizeArea(PaintFace(1, 80, 3), {40, 40}));
  EXPECT_EQ(CentralView(small.crops[3], 35).size(), (Size{35, 35}));
}

TEST_F(FaceSetTest, NobodyLearnsFromAPartOfWhoIsHeldOut) {
  FaceSet faces = LoadFaces(pack_, 70, 0, {}).value();
  EXPECT_EQ(faces.people.size(), 2U);
  EXPECT_THAT(faces.learned, ElementsAre(0, 1, 2, 3, 4));
  faces.learned = {0, 1, 4};
  AddMadeUpFaces(faces, 100);
  ASSERT_GT(faces.learned.size(), 10U);
  ASSERT_LT(faces.learned.size(), 90U);
  for (std::size_t i = 3; i < faces.learned.size(); ++i) {
    const std::size_t index = faces.learned[i] - faces.crops.size();
    const Parents parents = ParentsOf(index, faces.crops.size(), faces.whole);
    EXPECT_THAT((std::set<std::size_t>{2, 3}), testing::Not(testing::Contains(parents.first)));
    EXPECT_THAT((std::set<std::size_t>{2, 3}), testing::Not(testing::Contains(parents.second)));
    EXPECT_EQ(FaceOf(faces.crops, faces.whole, faces.learned[i]),
              MakeUpFace(faces.crops[parents.first], faces.crops[parents.second], index));
  }
}

TEST_F(FaceSetTest, TheTeachersVectorsComeBack) {
  TeacherVectors vectors{"somebody", 2, 3, {}};
  for (int i = 0; i < 8; ++i) {  // five crops and three faces made up
    vectors.values.push_back(i % 2 == 0 ? 1.0F : 0.0F);
    vectors.values.push_back(i % 2 == 0 ? 0.0F : 1.0F);
  }
  const std::filesystem::path file = folder_ / "faces.kfteach";
  ASSERT_TRUE(WriteTeacherVectors(vectors, pack_, file));
  const auto read = ReadTeacherVectors(file, pack_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->made_up, 3U);
  EXPECT_EQ(read->values, vectors.values);
  vectors.made_up = 4;
  ASSERT_TRUE(WriteTeacherVectors(vectors, pack_, file));
  EXPECT_EQ(ReadTeacherVectors(file, pack_).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace kinfolder
