#include "train/checkpoint.h"

#include <array>
#include <utility>

#include "train/training_file.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kCheckpointKind = "kf-ckpt1";

struct Vector {
  std::string_view name;
  std::vector<float> Checkpoint::*member;
};
constexpr std::array<Vector, 5> kVectors = {{{"average", &Checkpoint::average},
                                             {"average_statistics", &Checkpoint::average_statistics},
                                             {"first_moment", &Checkpoint::first_moment},
                                             {"second_moment", &Checkpoint::second_moment},
                                             {"projection", &Checkpoint::projection}}};

Result<Checkpoint> CheckpointFrom(TrainingFile file) {
  Checkpoint checkpoint;
  const Json& header = file.header;
  ASSIGN_OR_RETURN(checkpoint.options, FacenetOptionsFrom(header.value("options", Json::object())));
  const Json step = header.value("step", Json());
  const Json images = header.value("images", Json());
  const Json pack = header.value("pack", Json());
  const Json teacher = header.value("teacher", Json());
  if (!step.is_number_integer() || step < 0 || !images.is_number_integer() || !pack.is_string() ||
      !teacher.is_string()) {
    return Fail(ErrorCode::kCorrupt, "its header is incomplete");
  }
  checkpoint.step = step;
  checkpoint.images = images;
  checkpoint.pack = pack;
  checkpoint.teacher = teacher;
  const Json history = header.value("history", Json::array());
  for (const Json& row : history) {
    const std::optional<HistoryRow> read = HistoryRowFrom(row);
    if (!read) return Fail(ErrorCode::kCorrupt, "its history is damaged");
    checkpoint.history.push_back(*read);
  }
  checkpoint.network = std::move(file.network);
  for (const Vector& vector : kVectors) checkpoint.*vector.member = std::move(file.vectors.find(vector.name)->second);
  return checkpoint;
}

}  // namespace

Status WriteCheckpoint(const Checkpoint& checkpoint, const std::filesystem::path& target) {
  std::vector<NamedVector> vectors;
  for (const Vector& vector : kVectors) vectors.push_back({vector.name, checkpoint.*vector.member});
  Json history = Json::array();
  for (const HistoryRow& row : checkpoint.history) history.push_back(ToJson(row));
  Json header{{"options", ToJson(checkpoint.options)}, {"step", checkpoint.step},
              {"images", checkpoint.images},           {"pack", checkpoint.pack},
              {"teacher", checkpoint.teacher},         {"history", std::move(history)}};
  return WriteTrainingFile(target, kCheckpointKind, std::move(header), checkpoint.network, vectors);
}

Result<Checkpoint> ReadCheckpoint(const std::filesystem::path& path) {
  std::vector<std::string_view> names;
  for (const Vector& vector : kVectors) names.push_back(vector.name);
  ASSIGN_OR_RETURN(TrainingFile file, ReadTrainingFile(path, kCheckpointKind, names));
  auto checkpoint = CheckpointFrom(std::move(file));
  if (!checkpoint) return Fail(ErrorCode::kCorrupt, "{} can't be used: {}", path.string(), checkpoint.error().message);
  return checkpoint;
}

}  // namespace kinfolder
