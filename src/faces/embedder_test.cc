#include "faces/embedder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "faces/align.h"
#include "faces/test_models.h"

namespace kinfolder {
namespace {

double Cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return ab / std::sqrt(aa * bb);
}

double Length(const std::vector<float>& vector) {
  double squares = 0;
  for (const float value : vector) squares += double{value} * double{value};
  return std::sqrt(squares);
}

TEST(Embedder, AgreesWithTheReferenceImplementation) {
  SKIP_WITHOUT_TEST_DATA(golden, "golden");
  SKIP_WITHOUT_TEST_DATA(weights, "models");
  const auto embedder = Embedder::Load(PackageForTests("facenet-vggface2", weights));
  ASSERT_TRUE(embedder) << embedder.error().message;
  std::vector<Image> crops;
  std::vector<std::vector<float>> expected;
  const auto reference = nlohmann::json::parse(std::ifstream(golden / "embeddings.json"));
  for (const auto& [name, values] : reference["embeddings"].items()) {
    crops.push_back(DecodeForTests(golden / name));
    expected.push_back(values);
  }
  ASSERT_EQ(crops.size(), 24U);
  const auto embeddings = embedder->Embed(crops);
  ASSERT_TRUE(embeddings) << embeddings.error().message;
  double worst = 1;
  for (std::size_t i = 0; i < crops.size(); ++i) {
    const Embedding& embedding = (*embeddings)[i];
    EXPECT_EQ(embedding.model, "facenet-vggface2");
    ASSERT_EQ(embedding.values.size(), 512U);
    EXPECT_NEAR(Length(embedding.values), 1, 1e-6);
    worst = std::min(worst, Cosine(embedding.values, expected[i]));
  }
  RecordProperty("lowest_cosine", std::to_string(worst));
  std::printf("lowest cosine %.8f\n", worst);
  EXPECT_GE(worst, 0.9999);
}

}  // namespace
}  // namespace kinfolder
