#include "train/stage_options.h"

#include <array>

namespace kinfolder {
namespace {

constexpr double kAny = 1e9;

constexpr std::array<StageOptionField, 16> kStageFields = {{
    {"seed", &StageOptions::seed, 0, kAny, "What chance begins with"},
    {"steps", &StageOptions::steps, 1, kAny, "Batches to learn from in all"},
    {"batch", &StageOptions::batch, 1, 1 << 20, "Windows of a batch"},
    {"learning-rate", &StageOptions::learning_rate, 1e-8, 10, "At its highest (AdamW)"},
    {"warmup", &StageOptions::warmup, 0, kAny, "Steps over which the learning rate rises, before it falls as a cosine"},
    {"weight-decay", &StageOptions::weight_decay, 0, 10, "Of weights, relative to the learning rate"},
    {"clip", &StageOptions::clip, 1e-6, kAny, "The longest gradient; longer ones are shortened"},
    {"average", &StageOptions::average, 0, 0.999999,
     "What the averaged weights, which are kept, remember at each step"},
    {"teacher-share", &StageOptions::teacher_share, 0, 1, "Of a target of which the truth is known, too"},
    {"hard-share", &StageOptions::hard_share, 0.01, 1, "Of a batch: the worst, from which alone faces are learned"},
    {"face-weight", &StageOptions::face_weight, 0, kAny, "Of the loss that tells faces from other things"},
    {"box-weight", &StageOptions::box_weight, 0, kAny, "Of the loss of boxes"},
    {"landmark-weight", &StageOptions::landmark_weight, 0, kAny, "Of the loss of landmarks, where there are any"},
    {"validation-share", &StageOptions::validation_share, 0, 0.9, "Of the pictures, to measure with"},
    {"photo-views", &StageOptions::photo_views, 1, 10'000, "Sizes and kinds of harm in which each photo is seen"},
    {"crop-views", &StageOptions::crop_views, 1, 10'000, "The same of each crop"},
}};

}  // namespace

StageOptions UsualOptions(MtcnnStage stage) {
  StageOptions options;
  switch (stage) {
    case MtcnnStage::kPnet:
      options.steps = 12'000;
      options.batch = 1024;
      options.learning_rate = 4e-3;
      break;
    case MtcnnStage::kRnet:
      options.batch = 256;
      break;
    case MtcnnStage::kOnet:
      options.batch = 128;
      options.learning_rate = 1.5e-3;
      options.landmark_weight = 1;
      break;
  }
  return options;
}

std::span<const StageOptionField> StageOptionFields() { return kStageFields; }

nlohmann::json ToJson(const StageOptions& options) { return OptionsToJson(StageOptionFields(), options); }

Result<StageOptions> StageOptionsFrom(const nlohmann::json& json) { return OptionsFromJson(StageOptionFields(), json); }

}  // namespace kinfolder
