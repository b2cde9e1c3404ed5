// How a training went, for people to look at.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "train/face_validation.h"

namespace kinfolder {

// What happened since the row before. Losses are means over the steps, before weighting.
struct HistoryRow {
  std::int64_t step = 0;
  std::int64_t images = 0;  // seen since the beginning
  double images_per_second = 0;
  double triplet = 0;
  double cosine = 0;
  double similarity = 0;
  double learning_rate = 0;
  std::optional<ValidationResult> validation;  // of the averaged weights
};

using History = std::vector<HistoryRow>;

// A line a row, with a header; empty fields where nothing was measured.
std::string HistoryCsv(const History& history);
// Validation accuracy, clean and damaged, against images seen.
std::string HistorySvg(const History& history);

nlohmann::json ToJson(const HistoryRow& row);
// nullopt for what is no row.
std::optional<HistoryRow> HistoryRowFrom(const nlohmann::json& json);

}  // namespace kinfolder
