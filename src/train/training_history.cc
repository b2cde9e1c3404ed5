#include "train/training_history.h"

#include <fmt/format.h>

#include <algorithm>

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr double kWidth = 560;  // of the plotted area, in SVG's units
constexpr double kHeight = 280;
constexpr double kLeft = 50;
constexpr double kTop = 40;
constexpr double kWorst = 0.5;  // what guessing gets right

double HeightOf(double accuracy) { return kTop + kHeight * (1 - (accuracy - kWorst) / (1 - kWorst)); }

// A line and its name.
std::string Curve(const History& history, double ValidationResult::*member, std::string_view color,
                  std::string_view name, int place) {
  const auto most = static_cast<double>(std::max<std::int64_t>(history.back().images, 1));
  std::string path;
  for (const HistoryRow& row : history) {
    if (!row.validation) continue;
    const double accuracy = std::max((*row.validation).*member, kWorst);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L",
                        kLeft + kWidth * static_cast<double>(row.images) / most, HeightOf(accuracy));
  }
  return fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n"
      "<text x=\"{:.0f}\" y=\"{:.0f}\" fill=\"{}\" text-anchor=\"end\">{}</text>\n",
      path, color, kLeft + kWidth - 5, kTop + kHeight - 10.0 - 16 * place, color, name);
}

}  // namespace

std::string HistoryCsv(const History& history) {
  std::string csv =
      "step,images,images_per_second,triplet,cosine,similarity,learning_rate,accuracy_clean,accuracy_damaged\n";
  for (const HistoryRow& row : history) {
    csv += fmt::format("{},{},{:.1f},{:.6g},{:.6g},{:.6g},{:.6g},", row.step, row.images, row.images_per_second,
                       row.triplet, row.cosine, row.similarity, row.learning_rate);
    csv += row.validation ? fmt::format("{:.4f},{:.4f}\n", row.validation->clean, row.validation->damaged) : ",\n";
  }
  return csv;
}

std::string HistorySvg(const History& history) {
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<text x=\"{2:.0f}\" y=\"20\" font-size=\"14\">Accuracy on pairs of people never seen, against images "
      "seen</text>\n",
      kLeft + kWidth + 30, kTop + kHeight + 40, kLeft);
  for (int tenth = 5; tenth <= 10; ++tenth) {
    const double y = HeightOf(tenth / 10.0);
    svg += fmt::format(
        "<path d=\"M{0:.0f} {1:.1f}H{2:.0f}\" stroke=\"#ddd\"/><text x=\"{3:.0f}\" y=\"{4:.1f}\" "
        "text-anchor=\"end\">{5:.1f}</text>\n",
        kLeft, y, kLeft + kWidth, kLeft - 6, y + 4, tenth / 10.0);
  }
  if (history.empty()) return svg + "</svg>\n";
  svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">{} images</text>\n", kLeft + kWidth,
                     kTop + kHeight + 18, history.back().images);
  svg += Curve(history, &ValidationResult::clean, "#0072B2", "clean", 1);
  svg += Curve(history, &ValidationResult::damaged, "#D55E00", "one face of each pair damaged", 0);
  return svg + "</svg>\n";
}

Json ToJson(const HistoryRow& row) {
  Json json{row.step, row.images, row.images_per_second, row.triplet, row.cosine, row.similarity, row.learning_rate};
  if (row.validation) {
    for (const double value : {row.validation->clean, row.validation->damaged, double{row.validation->threshold}}) {
      json.push_back(value);
    }
  }
  return json;
}

std::optional<HistoryRow> HistoryRowFrom(const Json& json) {
  const auto is_number = [](const Json& value) { return value.is_number(); };
  if (!json.is_array() || (json.size() != 7 && json.size() != 10) || !std::ranges::all_of(json, is_number)) {
    return std::nullopt;
  }
  HistoryRow row{json[0], json[1], json[2], json[3], json[4], json[5], json[6], {}};
  if (json.size() == 10) row.validation = ValidationResult{json[7], json[8], json[9]};
  return row;
}

}  // namespace kinfolder
