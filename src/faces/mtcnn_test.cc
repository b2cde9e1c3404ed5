#include "faces/mtcnn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/temporary_folder.h"
#include "faces/test_models.h"

namespace kinfolder {
namespace {

struct ReferenceFace {
  Box box;
  Landmarks landmarks{};
  float score = 0;
  bool found = false;
};

std::vector<ReferenceFace> ReferenceFaces(const nlohmann::json& faces) {
  std::vector<ReferenceFace> reference;
  for (const auto& face : faces) {
    ReferenceFace& entry = reference.emplace_back();
    const auto box = face["box"].get<std::array<float, 4>>();
    entry.box = {box[0], box[1], box[2], box[3]};
    entry.score = face["score"];
    for (std::size_t i = 0; i < 5; ++i) entry.landmarks[i] = {face["landmarks"][i][0], face["landmarks"][i][1]};
  }
  return reference;
}

struct Agreement {
  int expected = 0;                    // reference faces of 24 px and more with score 0.95 and more
  int found = 0;                       // of these, at IoU 0.7 and more
  int ours = 0;                        // our faces of that size and score
  int extra = 0;                       // of these, without any reference face
  std::vector<float> landmark_errors;  // of all landmarks of faces found, in box widths
};

float Distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

bool IsClear(const Box& box, float score) { return box.width() >= 24 && score >= 0.95F; }

void Compare(const std::vector<Detection>& detections, Size size, std::vector<ReferenceFace> reference,
             Agreement& agreement) {
  const auto width = static_cast<float>(size.width);
  const auto height = static_cast<float>(size.height);
  for (const Detection& detection : detections) {
    const Box box = Scaled(detection.box, width, height);
    const Landmarks landmarks = Scaled(detection.landmarks, width, height);
    const auto nearest = std::ranges::max_element(
        reference, {}, [&](const ReferenceFace& face) { return IntersectionOverUnion(face.box, box); });
    const bool agrees = nearest != reference.end() && IntersectionOverUnion(nearest->box, box) >= 0.7F;
    if (IsClear(box, detection.score)) {
      ++agreement.ours;
      if (!agrees) ++agreement.extra;
    }
    if (!agrees) continue;
    nearest->found = true;
    if (!IsClear(nearest->box, nearest->score)) continue;
    for (std::size_t i = 0; i < 5; ++i) {
      agreement.landmark_errors.push_back(Distance(landmarks[i], nearest->landmarks[i]) / nearest->box.width());
    }
  }
  for (const ReferenceFace& face : reference) {
    if (!IsClear(face.box, face.score)) continue;
    ++agreement.expected;
    if (face.found) ++agreement.found;
  }
}

float Median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// With the golden detections of the public weights.
Agreement AgreementWithReference(const ModelPackage& package, const std::filesystem::path& golden,
                                 const std::filesystem::path& photos) {
  Agreement agreement;
  const auto mtcnn = Mtcnn::Load(package, {});
  EXPECT_TRUE(mtcnn) << mtcnn.error().message;
  if (!mtcnn) return agreement;
  const auto expected = nlohmann::json::parse(std::ifstream(golden));
  for (const auto& [name, photo] : expected["photos"].items()) {
    const Image image = DecodeForTests(photos / name);
    EXPECT_EQ(image.size(), (Size{photo["width"], photo["height"]})) << name;
    const auto detections = mtcnn->Detect(image);
    EXPECT_TRUE(detections) << name << ": " << detections.error().message;
    if (detections) Compare(*detections, image.size(), ReferenceFaces(photo["faces"]), agreement);
  }
  EXPECT_EQ(agreement.expected, 347);
  return agreement;
}

// `found` and `extra` are fractions, the error one of a face's width.
void ExpectAgreement(const Agreement& agreement, double found_at_least, double extra_at_most,
                     float landmark_error_at_most) {
  ASSERT_GT(agreement.found, 0);
  const double found = static_cast<double>(agreement.found) / agreement.expected;
  const double extra = static_cast<double>(agreement.extra) / agreement.ours;
  const float landmarks = Median(agreement.landmark_errors);
  std::printf("expected %d, found %.4f, extra %.4f, median landmark error %.5f\n", agreement.expected, found, extra,
              static_cast<double>(landmarks));
  EXPECT_GE(found, found_at_least);
  EXPECT_LE(extra, extra_at_most);
  EXPECT_LE(landmarks, landmark_error_at_most);
}

TEST(Mtcnn, AgreesWithTheReferenceImplementation) {
  SKIP_WITHOUT_TEST_DATA(golden, "golden/detections.json");
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  SKIP_WITHOUT_TEST_DATA(photos, "photos");
  ExpectAgreement(AgreementWithReference(PackageForTests("mtcnn", weights), golden, photos), 0.98, 0.03, 0.03F);
}

// The project's own weights: figures of their model card.
TEST(Mtcnn, OfTheRepositoryFindsWhatTheReferenceFinds) {
  SKIP_WITHOUT_TEST_DATA(golden, "golden/detections.json");
  SKIP_WITHOUT_TEST_DATA(photos, "photos");
  const ModelPackage package =
      ReadPackage(std::filesystem::path(KINFOLDER_SOURCE_DIR) / "models/mtcnn-kinfolder").value();
  ASSERT_TRUE(VerifyPackage(package)) << VerifyPackage(package).error().message;
  ExpectAgreement(AgreementWithReference(package, golden, photos), 0.97, 0.05, 0.05F);
}

// As a user draws boxes: larger and beside the face.
TEST(Mtcnn, LooksAtAFaceInADrawnBox) {
  SKIP_WITHOUT_TEST_DATA(golden, "golden/detections.json");
  SKIP_WITHOUT_TEST_DATA(photos, "photos");
  const Mtcnn mtcnn =
      Mtcnn::Load(ReadPackage(std::filesystem::path(KINFOLDER_SOURCE_DIR) / "models/mtcnn-kinfolder").value(), {})
          .value();
  const nlohmann::json golden_json = nlohmann::json::parse(std::ifstream(golden));
  int faces = 0;
  int alike = 0;
  for (const auto& [name, entry] : golden_json["photos"].items()) {
    if (faces >= 20) break;
    const Image image = DecodeForTests(photos / name);
    const auto width = static_cast<float>(image.width());
    const auto height = static_cast<float>(image.height());
    for (const ReferenceFace& face : ReferenceFaces(entry["faces"])) {
      if (!IsClear(face.box, face.score) || face.box.width() < 40) continue;
      const float more = 0.1F * face.box.width();
      const Box drawn{face.box.x1 - more, face.box.y1 - more / 2, face.box.x2 + more, face.box.y2 + 2 * more};
      const Detection seen = mtcnn.LookAt(image, Scaled(drawn, 1 / width, 1 / height)).value();
      ++faces;
      const Landmarks landmarks = Scaled(seen.landmarks, width, height);
      float error = 0;
      for (std::size_t k = 0; k < landmarks.size(); ++k) error += Distance(landmarks[k], face.landmarks[k]) / 5;
      const bool overlaps = IntersectionOverUnion(Scaled(seen.box, width, height), face.box) >= 0.6F;
      alike += overlaps && error < 0.1F * face.box.width() ? 1 : 0;
    }
  }
  ASSERT_GE(faces, 10);
  EXPECT_GE(alike, faces * 9 / 10) << "of " << faces;
}

TEST(Mtcnn, RefusesToLookBesideThePhoto) {
  const Mtcnn mtcnn =
      Mtcnn::Load(ReadPackage(std::filesystem::path(KINFOLDER_SOURCE_DIR) / "models/mtcnn-kinfolder").value(), {})
          .value();
  const Image image(100, 80);
  const float nan = std::nanf("");
  for (const Box& box : {Box{2, 2, 3, 3}, Box{-1, -1, -0.5F, -0.5F}, Box{0.5F, 0.5F, 0.5F, 0.6F},
                         Box{0.6F, 0.2F, 0.5F, 0.3F}, Box{-1e9F, 0, 1e9F, 1}, Box{nan, 0, 1, 1}, Box{0, nan, 1, 1}}) {
    EXPECT_EQ(mtcnn.LookAt(image, box).error().code, ErrorCode::kInvalidArgument) << box.x1 << " " << box.y1;
  }
  const Box small{0.2F, 0.2F, 0.3F, 0.4F};
  const Result<Detection> nothing = mtcnn.LookAt(image, small);
  ASSERT_TRUE(nothing);
  EXPECT_GE(IntersectionOverUnion(nothing->box, small), 0.5F);
}

}  // namespace
}  // namespace kinfolder
