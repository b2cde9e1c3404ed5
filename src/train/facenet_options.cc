#include "train/facenet_options.h"

#include <array>

namespace kinfolder {
namespace {

using Options = FacenetOptions;

constexpr double kMany = 1e9;

constexpr std::array<FacenetOptionField, 18> kFields = {{
    {"seed", &Options::seed, 0, kMany, "What chance begins with"},
    {"steps", &Options::steps, 1, kMany, "Batches to learn from in all"},
    {"people", &Options::people, 0, 4096, "People of a batch, for the triplet loss"},
    {"crops-per-person", &Options::crops_per_person, 2, 256, "Crops of each of them"},
    {"free-crops", &Options::free_crops, 0, 65536, "Further crops of a batch, of anybody, for the teacher's part"},
    {"learning-rate", &Options::learning_rate, 1e-8, 10, "At its highest (AdamW)"},
    {"warmup", &Options::warmup, 0, kMany, "Steps at the beginning over which the learning rate rises"},
    {"cooldown", &Options::cooldown, 0, kMany,
     "Steps at the end over which it falls as half a cosine; 0: all after the warmup"},
    {"weight-decay", &Options::weight_decay, 0, 10, "Of weights, relative to the learning rate"},
    {"clip", &Options::clip, 1e-6, kMany, "The longest gradient; longer ones are shortened"},
    {"average", &Options::average, 0, 0.999999, "What the averaged weights, which are kept, remember at each step"},
    {"dropout", &Options::dropout, 0, 0.9, "Of what the last layer sees"},
    {"margin", &Options::margin, 0, 4, "Of squared distances, for the triplet loss"},
    {"hard-after", &Options::hard_after, 0, kMany,
     "Semi-hard negatives until this step, then the hardest; 0: always "
     "semi-hard"},
    {"triplet-weight", &Options::triplet_weight, 0, kMany, "Of the triplet loss"},
    {"cosine-weight", &Options::cosine_weight, 0, kMany, "Of the distance from the teacher's vectors"},
    {"similarity-weight", &Options::similarity_weight, 0, kMany, "Of the distance from the teacher's similarities"},
    {"validation-share", &Options::validation_share, 0.001, 0.9, "Of the groups of people, to measure with"},
}};

}  // namespace

std::span<const FacenetOptionField> FacenetOptionFields() { return kFields; }

nlohmann::json ToJson(const FacenetOptions& options) { return OptionsToJson(FacenetOptionFields(), options); }

Result<FacenetOptions> FacenetOptionsFrom(const nlohmann::json& json) {
  return OptionsFromJson(FacenetOptionFields(), json);
}

}  // namespace kinfolder
