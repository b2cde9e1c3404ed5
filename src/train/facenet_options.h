// How a face recogniser is trained: one table of names, places and explanations for the command line and for
// checkpoints.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>

#include "base/result.h"
#include "train/option_table.h"

namespace kinfolder {

// Everything the result depends on, besides the network and the data.
struct FacenetOptions {
  std::int64_t seed = 1;
  std::int64_t steps = 20'000;
  std::int64_t people = 16;
  std::int64_t crops_per_person = 4;
  std::int64_t free_crops = 64;
  double learning_rate = 2e-3;
  std::int64_t warmup = 500;
  std::int64_t cooldown = 0;
  double weight_decay = 0.05;
  double clip = 1;
  double average = 0.999;
  double dropout = 0;
  double margin = 0.2;
  std::int64_t hard_after = 0;
  double triplet_weight = 0.5;
  double cosine_weight = 1;
  double similarity_weight = 5;
  double validation_share = 0.08;

  bool operator==(const FacenetOptions&) const = default;
};

using FacenetOptionField = OptionField<FacenetOptions>;

std::span<const FacenetOptionField> FacenetOptionFields();

nlohmann::json ToJson(const FacenetOptions& options);
// kInvalidArgument with the name of what is missing, out of range, or no number.
Result<FacenetOptions> FacenetOptionsFrom(const nlohmann::json& json);

}  // namespace kinfolder
