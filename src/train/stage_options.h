// How one of MTCNN's networks is trained: one table of names, places and explanations for the command line and for
// checkpoints.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>

#include "base/result.h"
#include "train/mtcnn_stage.h"
#include "train/option_table.h"

namespace kinfolder {

// Everything the result depends on, besides the pictures, the teacher and the networks before.
struct StageOptions {
  std::int64_t seed = 1;
  std::int64_t steps = 10'000;
  std::int64_t batch = 512;
  double learning_rate = 2e-3;
  std::int64_t warmup = 200;
  double weight_decay = 1e-4;
  double clip = 5;
  double average = 0.999;
  double teacher_share = 0.5;
  double hard_share = 0.7;
  double face_weight = 1;
  double box_weight = 0.5;
  double landmark_weight = 0.5;
  double validation_share = 0.06;
  std::int64_t photo_views = 6;
  std::int64_t crop_views = 1;

  bool operator==(const StageOptions&) const = default;
};

// Steps, batches and weights as they suit the network.
StageOptions UsualOptions(MtcnnStage stage);

using StageOptionField = OptionField<StageOptions>;
std::span<const StageOptionField> StageOptionFields();

nlohmann::json ToJson(const StageOptions& options);
// kInvalidArgument with the name of what is missing, out of range, or no number.
Result<StageOptions> StageOptionsFrom(const nlohmann::json& json);

}  // namespace kinfolder
