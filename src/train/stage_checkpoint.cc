#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "train/mtcnn_trainer.h"
#include "train/training_file.h"

namespace kinfolder {
namespace {

constexpr std::string_view kStageKind = "kf-mtck1";

struct StageVector {
  std::string_view name;
  std::vector<float> StageCheckpoint::*member;
};
constexpr std::array<StageVector, 3> kStageVectors = {{{"average", &StageCheckpoint::average},
                                                       {"first_moment", &StageCheckpoint::first_moment},
                                                       {"second_moment", &StageCheckpoint::second_moment}}};

nlohmann::json RowToJson(const StageRow& row) {
  nlohmann::json json{row.step,          row.windows_per_second, row.learning_rate,     row.accuracy,
                      row.learning.face, row.learning.box,       row.learning.landmarks};
  if (row.held_out) {
    for (const double value : {row.held_out->face, row.held_out->box, row.held_out->landmarks}) json.push_back(value);
  }
  return json;
}

std::optional<StageRow> StageRowFrom(const nlohmann::json& json) {
  if (!json.is_array() || (json.size() != 7 && json.size() != 10)) return std::nullopt;
  for (const nlohmann::json& value : json) {
    if (!value.is_number()) return std::nullopt;
  }
  StageRow row;
  row.step = json[0];
  row.windows_per_second = json[1];
  row.learning_rate = json[2];
  row.accuracy = json[3];
  row.learning = {json[4], json[5], json[6]};
  if (json.size() == 10) row.held_out = StageLosses{json[7], json[8], json[9]};
  return row;
}

Result<StageCheckpoint> StageCheckpointFrom(TrainingFile file) {
  StageCheckpoint checkpoint;
  ASSIGN_OR_RETURN(checkpoint.options, StageOptionsFrom(file.header.value("options", nlohmann::json::object())));
  const nlohmann::json stage = file.header.value("stage", nlohmann::json());
  const nlohmann::json step = file.header.value("step", nlohmann::json());
  const nlohmann::json windows = file.header.value("windows", nlohmann::json());
  const auto known = std::ranges::find_if(kMtcnnStages, [&](MtcnnStage one) { return stage == StageName(one); });
  if (known == kMtcnnStages.end() || !step.is_number_integer() || step < 0 || !windows.is_string()) {
    return Fail(ErrorCode::kCorrupt, "its header is incomplete");
  }
  checkpoint.stage = *known;
  checkpoint.step = step;
  checkpoint.windows = windows;
  for (const nlohmann::json& row : file.header.value("history", nlohmann::json::array())) {
    const std::optional<StageRow> read = StageRowFrom(row);
    if (!read) return Fail(ErrorCode::kCorrupt, "its history is damaged");
    checkpoint.history.push_back(*read);
  }
  checkpoint.network = std::move(file.network);
  for (const StageVector& vector : kStageVectors) {
    checkpoint.*vector.member = std::move(file.vectors.find(vector.name)->second);
  }
  return checkpoint;
}

}  // namespace

Status WriteStageCheckpoint(const StageCheckpoint& checkpoint, const std::filesystem::path& target) {
  std::vector<NamedVector> vectors;
  for (const StageVector& vector : kStageVectors) vectors.push_back({vector.name, checkpoint.*vector.member});
  nlohmann::json history = nlohmann::json::array();
  for (const StageRow& row : checkpoint.history) history.push_back(RowToJson(row));
  nlohmann::json header{{"stage", StageName(checkpoint.stage)},
                        {"options", ToJson(checkpoint.options)},
                        {"step", checkpoint.step},
                        {"windows", checkpoint.windows},
                        {"history", std::move(history)}};
  return WriteTrainingFile(target, kStageKind, std::move(header), checkpoint.network, vectors);
}

Result<StageCheckpoint> ReadStageCheckpoint(const std::filesystem::path& path) {
  std::vector<std::string_view> names;
  for (const StageVector& vector : kStageVectors) names.push_back(vector.name);
  ASSIGN_OR_RETURN(TrainingFile file, ReadTrainingFile(path, kStageKind, names));
  auto checkpoint = StageCheckpointFrom(std::move(file));
  if (!checkpoint) return Fail(ErrorCode::kCorrupt, "{} can't be used: {}", path.string(), checkpoint.error().message);
  return checkpoint;
}

std::string StageHistoryCsv(const std::vector<StageRow>& history) {
  std::string csv =
      "step,windows_per_second,learning_rate,face,box,landmarks,held_out_face,held_out_box,held_out_landmarks,"
      "held_out_accuracy\n";
  for (const StageRow& row : history) {
    csv += fmt::format("{},{:.0f},{:.4g},{:.6g},{:.6g},{:.6g},", row.step, row.windows_per_second, row.learning_rate,
                       row.learning.face, row.learning.box, row.learning.landmarks);
    csv += row.held_out ? fmt::format("{:.6g},{:.6g},{:.6g},{:.5f}\n", row.held_out->face, row.held_out->box,
                                      row.held_out->landmarks, row.accuracy)
                        : ",,,\n";
  }
  return csv;
}

}  // namespace kinfolder
