#include "search_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <utility>

#include "app/cluster_scores.h"
#include "search/cluster.h"
#include "search/gallery.h"

namespace kinfolder::bench {
namespace {

constexpr std::size_t kDimension = 512;
constexpr std::size_t kReferencesOfPerson = 5;
constexpr std::size_t kAskedFaces = 1000;
constexpr std::size_t kFacesCompared = 64;  // exactly
// Like those of real networks: most of what tells people apart is in few directions, and faces of one person are at 0.3
// to 0.9 of each other where strangers are at 1.1 and more.
constexpr double kDecay = 0.35;   // the standard deviation of direction k is k^-kDecay
constexpr double kSpread = 0.55;  // of a person's faces, relative to that of people

// The Walsh-Hadamard transform: a rotation that spreads every direction over all dimensions, as networks do.
void Rotate(std::vector<float>& vector) {
  for (std::size_t half = 1; half < vector.size(); half *= 2) {
    for (std::size_t begin = 0; begin < vector.size(); begin += 2 * half) {
      for (std::size_t i = begin; i < begin + half; ++i) {
        const float a = vector[i];
        const float b = vector[i + half];
        vector[i] = a + b;
        vector[i + half] = a - b;
      }
    }
  }
}

std::vector<float> Drawn(std::mt19937_64& random, double scale) {
  std::normal_distribution<double> normal;
  std::vector<float> vector(kDimension);
  for (std::size_t k = 0; k < kDimension; ++k) {
    vector[k] = static_cast<float>(scale * normal(random) * std::pow(static_cast<double>(k + 1), -kDecay));
  }
  Rotate(vector);
  return vector;
}

Embedding FaceOf(std::span<const float> person, std::mt19937_64& random) {
  std::vector<float> face = Drawn(random, kSpread);
  double squares = 0;
  for (std::size_t k = 0; k < kDimension; ++k) {
    face[k] += person[k];
    squares += double{face[k]} * double{face[k]};
  }
  for (float& value : face) value = static_cast<float>(value / std::sqrt(squares));
  return {"planted", std::move(face)};
}

constexpr std::size_t kFacesOfPerson = 50;
constexpr float kGroupsCutoff = 0.8F;  // L2

struct PlantedGroups {
  FaceClusters clusters;
  std::map<FaceId, PersonId> truth;
};

PlantedGroups PlantGroups(std::size_t faces) {
  PlantedGroups planted{FaceClusters(kDimension, kGroupsCutoff), {}};
  std::mt19937_64 random(1);
  std::vector<float> center;
  for (std::size_t i = 0; i < faces; ++i) {
    if (i % kFacesOfPerson == 0) center = Drawn(random, 1);
    const FaceId face{static_cast<std::int64_t>(i) + 1};
    planted.clusters.Add({&face, 1}, FaceOf(center, random).values);
    planted.truth.emplace(face, PersonId{static_cast<std::int64_t>(i / kFacesOfPerson) + 1});
  }
  return planted;
}

}  // namespace

std::vector<Measurement> BenchGroups(std::size_t faces) {
  constexpr std::size_t kSmallestPart = 8;
  std::vector<Measurement> measured;
  double first = 0;
  double last = 0;
  ClusterScores scores;
  for (std::size_t part = kSmallestPart; part > 0; part /= 2) {
    const PlantedGroups planted = PlantGroups(std::max<std::size_t>(faces / part, 1));
    std::vector<FaceGroup> groups;
    last = SecondsOf([&] { groups = planted.clusters.Groups(); });
    if (part == kSmallestPart) first = last;
    measured.push_back({fmt::format("group {}", planted.truth.size()), "s", last, 1, {}});
    if (part == 1) scores = ScoreClusters(groups, planted.truth);
  }
  const double precision = scores.pair_precision;
  const double recall = scores.pair_recall;
  measured.push_back({"growth", "power", std::log(last / first) / std::log(double{kSmallestPart}), 1, {}});
  measured.push_back({"pairs' F1", "percent", 100 * 2 * precision * recall / (precision + recall), 1, {}});
  measured.push_back({"pairs' precision", "percent", 100 * precision, 1, {}});
  measured.push_back({"grouping", "MiB", PeakMemoryMib(), 1, {}});
  return measured;
}

Result<std::vector<Measurement>> BenchSearch(std::size_t references, int runs) {
  std::mt19937_64 random(1);
  std::vector<Reference> faces;  // that are asked about; further ones of known people, and strangers
  const double before = PeakMemoryMib();
  Result<Gallery> gallery = [&] {
    std::vector<Reference> known;
    known.reserve(references);
    for (std::size_t person = 0; known.size() < references; ++person) {
      const std::vector<float> center = Drawn(random, 1);
      for (std::size_t i = 0; i < kReferencesOfPerson && known.size() < references; ++i) {
        known.push_back({FaceId{static_cast<std::int64_t>(known.size()) + 1},
                         PersonId{static_cast<std::int64_t>(person) + 1}, FaceOf(center, random)});
      }
      if (faces.size() < kAskedFaces / 2) faces.push_back({FaceId{-1}, {}, FaceOf(center, random)});
    }
    return Gallery::Make(known);
  }();
  RETURN_IF_ERROR(gallery);
  while (faces.size() < kAskedFaces) faces.push_back({FaceId{-1}, {}, FaceOf(Drawn(random, 1), random)});

  Status status;
  std::vector<std::vector<PersonDistance>> nearest;
  std::vector<double> times;
  for (int run = 0; run < runs && status; ++run) {
    times.push_back(SecondsOf([&] {
      auto found = gallery->NearestLeavingOut(faces, 2);
      if (found) nearest = std::move(*found);
      if (!found) status = Fail(found.error());
    }));
  }
  RETURN_IF_ERROR(status);
  std::size_t same = 0;
  const double exactly = SecondsOf([&] {
    for (std::size_t i = 0; i < kFacesCompared && status; ++i) {
      const std::size_t face = i * (kAskedFaces / kFacesCompared);
      const auto all = gallery->DistancesLeavingOut(std::span(faces).subspan(face, 1));
      if (!all) status = Fail(all.error());
      if (all) same += all->front().front().person == nearest[face].front().person ? 1 : 0;
    }
  });
  RETURN_IF_ERROR(status);
  constexpr double kMilli = 1000;
  Measurement identify{"identify", "ms/face", kMilli * Median(std::move(times)) / kAskedFaces, runs, {}};
  identify.baseline = Baseline{"exactly", kMilli * exactly / kFacesCompared};
  return std::vector<Measurement>{
      identify,
      {"same nearest", "percent", 100.0 * static_cast<double>(same) / kFacesCompared, 1, {}},
      {"gallery", "MiB", PeakMemoryMib() - before, 1, {}}};
}

}  // namespace kinfolder::bench
