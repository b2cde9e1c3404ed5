#include "train/face_validation.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/verification_scores.h"
#include "base/file.h"
#include "train/damage.h"
#include "train/face_view.h"

namespace kinfolder {
namespace {

constexpr int kFolds = 5;
constexpr unsigned kSeed = 20240607;  // of pairs and damages; any number will do

struct CropPair {
  std::size_t first = 0;
  std::size_t second = 0;
  bool same = false;
  int fold = 0;
};

int FoldOf(const std::string& group) {
  return Sha256Of(AsBytes(group)).bytes[2] % kFolds;  // IsForValidation has used the bytes before
}

std::vector<CropPair> PairsOfOnePerson(const FaceSet& faces, std::size_t most, Random& random) {
  std::vector<CropPair> pairs;
  for (const FaceSet::Person& person : faces.held_out) {
    for (std::size_t i = 1; i < person.crops.size(); ++i) {
      pairs.push_back({person.crops[i - 1], person.crops[i], true, FoldOf(person.group)});
    }
  }
  for (std::size_t i = 0; i < std::min(most, pairs.size()); ++i) {
    std::swap(pairs[i], pairs[i + random() % (pairs.size() - i)]);
  }
  pairs.resize(std::min(most, pairs.size()));
  return pairs;
}

// For each pair of one person one of two people of its fold, where there are two of two groups.
std::vector<CropPair> PairsOfTwoPeople(const FaceSet& faces, const std::vector<CropPair>& same, Random& random) {
  std::map<int, std::vector<const FaceSet::Person*>> folds;
  for (const FaceSet::Person& person : faces.held_out) folds[FoldOf(person.group)].push_back(&person);
  std::vector<CropPair> pairs;
  constexpr int kTries = 100;
  for (const CropPair& pair : same) {
    const std::vector<const FaceSet::Person*>& people = folds[pair.fold];
    for (int i = 0; i < kTries; ++i) {
      const FaceSet::Person& a = *people[random() % people.size()];
      const FaceSet::Person& b = *people[random() % people.size()];
      if (a.group == b.group) continue;
      pairs.push_back({a.crops[random() % a.crops.size()], b.crops[random() % b.crops.size()], false, pair.fold});
      break;
    }
  }
  return pairs;
}

// The vectors of the pictures that `view` makes of `count` crops, a few at a time.
std::vector<float> EmbedViews(std::size_t count, const EmbedFunction& embed,
                              const std::function<Image(std::size_t)>& view) {
  constexpr std::size_t kBatch = 64;
  std::vector<float> vectors;
  for (std::size_t begin = 0; begin < count; begin += kBatch) {
    std::vector<Image> views;
    for (std::size_t i = begin; i < std::min(begin + kBatch, count); ++i) views.push_back(view(i));
    const std::vector<float> some = embed(views);
    vectors.insert(vectors.end(), some.begin(), some.end());
  }
  return vectors;
}

std::vector<ScoredPair> Score(const std::vector<CropPair>& pairs, const std::vector<float>& first,
                              const std::vector<float>& second) {
  const std::size_t dimension = first.size() / pairs.size();
  std::vector<ScoredPair> scored;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto at = [&](const std::vector<float>& vectors) {
      return std::span(vectors).subspan(i * dimension, dimension);
    };
    scored.push_back({Distance(at(first), at(second)), pairs[i].same, pairs[i].fold});
  }
  return scored;
}

}  // namespace

Result<ValidationResult> Validate(const FaceSet& faces, int side, int most_pairs, const EmbedFunction& embed) {
  Random random(kSeed);
  std::vector<CropPair> pairs = PairsOfOnePerson(faces, static_cast<std::size_t>(most_pairs), random);
  const std::vector<CropPair> others = PairsOfTwoPeople(faces, pairs, random);
  pairs.insert(pairs.end(), others.begin(), others.end());
  std::set<int> folds;
  for (const CropPair& pair : pairs) folds.insert(pair.fold);
  if (folds.size() < 2) {
    return Fail(ErrorCode::kInvalidArgument, "there are too few people to measure with: hold out more groups");
  }
  const auto second_view = [&](std::size_t i) { return CentralView(faces.crops[pairs[i].second], side); };
  const auto first =
      EmbedViews(pairs.size(), embed, [&](std::size_t i) { return CentralView(faces.crops[pairs[i].first], side); });
  const auto clean = Score(pairs, first, EmbedViews(pairs.size(), embed, second_view));
  const auto damaged = Score(pairs, first, EmbedViews(pairs.size(), embed, [&](std::size_t i) {
                               Random harm(kSeed + static_cast<unsigned>(i));
                               return CentralView(RandomlyDamaged(faces.crops[pairs[i].second], harm), side);
                             }));
  ASSIGN_OR_RETURN(const CrossValidation on_clean, CrossValidate(clean));
  ASSIGN_OR_RETURN(const CrossValidation on_damaged, CrossValidate(damaged));
  return ValidationResult{on_clean.accuracy, on_damaged.accuracy, BestThreshold(clean)};
}

}  // namespace kinfolder
