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

}  // namespace
}  // namespace kinfolder
