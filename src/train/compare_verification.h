// Methods of telling faces apart side by side: on clean pictures, and where one picture of each pair is damaged.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/lfw_pairs.h"
#include "app/verification_scores.h"
#include "base/parallel.h"
#include "base/result.h"
#include "faces/mtcnn.h"
#include "train/damage.h"
#include "train/face_crop.h"
#include "train/face_describer.h"

namespace kinfolder {

// Faces by number, and which of them are pairs.
struct FacePairs {
  struct Pair {
    std::size_t first = 0;
    std::size_t second = 0;
    bool same = false;
    int fold = 0;
  };
  std::vector<FaceCrop> faces;
  std::vector<Pair> pairs;
};

// Each picture's subject (app/subject.h) of the pairs that the file lists as app/lfw_pairs.h says, from the pictures
// below `images`. Fails with the first picture that can't be read.
Result<FacePairs> LoadFacePairs(const Mtcnn& detector, const std::filesystem::path& pairs,
                                const std::filesystem::path& images, const ParallelRun& run);

// nullopt: clean.
using Condition = std::optional<Damage>;

// "clean", or the damage's name.
std::string NameOf(const Condition& condition);

// Clean, and each harm at the strengths that Kinfolder's figures are about.
std::vector<Condition> UsualConditions();

struct MethodScores {
  std::string name;
  std::vector<VerificationScores> by_condition;
};

struct VerificationComparison {
  std::vector<Condition> conditions;
  std::vector<MethodScores> methods;
};

// Under each condition the second face of every pair is damaged, the first is clean; a pair meets the same draws in
// every run, with every method and at every strength. Thresholds are found for each condition by itself.
Result<VerificationComparison> CompareVerification(const FacePairs& pairs,
                                                   std::span<const std::unique_ptr<FaceDescriber>> methods,
                                                   const std::vector<Condition>& conditions, const ParallelRun& run);

}  // namespace kinfolder
