#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "train/comparison_report.h"

namespace kinfolder {
namespace {

constexpr double kPanelWidth = 200;  // of the plotted area, in SVG's units
constexpr double kPanelHeight = 150;
constexpr double kLeft = 45;
constexpr double kTop = 40;
constexpr double kBetween = 50;
constexpr std::size_t kPanelsInARow = 3;
constexpr double kLegendLine = 18;
constexpr double kWorst = 0.5;  // what guessing gets right

// Wong: "Points of view: Color blindness", Nature Methods 8, 2011.
constexpr std::array<std::string_view, 7> kColors = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                     "#E69F00", "#56B4E9", "#000000"};

struct Place {
  double x = 0;
  double y = 0;
};

// Conditions of one kind of harm, the clean one first where there is one.
struct Panel {
  DamageKind kind;
  std::vector<std::size_t> conditions;
};

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::vector<Panel> PanelsOf(const std::vector<Condition>& conditions) {
  std::vector<Panel> panels;
  const auto clean = std::ranges::find(conditions, false, &Condition::has_value);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    if (!conditions[i]) continue;
    auto panel = std::ranges::find(panels, conditions[i]->kind, &Panel::kind);
    if (panel == panels.end()) {
      panel = panels.insert(panels.end(), {conditions[i]->kind, {}});
      if (clean != conditions.end()) panel->conditions.push_back(static_cast<std::size_t>(clean - conditions.begin()));
    }
    panel->conditions.push_back(i);
  }
  return panels;
}

double HeightOf(double accuracy) {
  return kPanelHeight * (1 - (std::clamp(accuracy, kWorst, 1.0) - kWorst) / (1 - kWorst));
}

double ColumnOf(std::size_t i, std::size_t count) {
  return kPanelWidth * (static_cast<double>(i) + 0.5) / static_cast<double>(count);
}

std::string Axes(const Panel& panel, const std::vector<Condition>& conditions) {
  std::string svg;
  for (int tenth = 5; tenth <= 10; ++tenth) {
    const double y = HeightOf(tenth / 10.0);
    svg += fmt::format(
        "<path d=\"M0 {0:.1f}H{1}\" stroke=\"#ddd\"/><text x=\"-6\" y=\"{2:.1f}\" text-anchor=\"end\">{3:.1f}</text>\n",
        y, kPanelWidth, y + 4, tenth / 10.0);
  }
  for (std::size_t i = 0; i < panel.conditions.size(); ++i) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                       ColumnOf(i, panel.conditions.size()), kPanelHeight + 16,
                       Escaped(NameOf(conditions[panel.conditions[i]])));
  }
  return svg;
}

std::string Line(const Panel& panel, const MethodScores& method, std::string_view color) {
  std::string line;
  std::string marks;
  for (std::size_t i = 0; i < panel.conditions.size(); ++i) {
    const VerificationScores& scores = method.by_condition[panel.conditions[i]];
    const Interval interval = ConfidenceInterval(scores.folds.accuracy, scores.pairs);
    const Place place{ColumnOf(i, panel.conditions.size()), HeightOf(scores.folds.accuracy)};
    line += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", place.x, place.y);
    marks += fmt::format(
        "<circle cx=\"{0:.1f}\" cy=\"{1:.1f}\" r=\"3\" fill=\"{2}\"/><path d=\"M{0:.1f} {3:.1f}V{4:.1f}\" "
        "stroke=\"{2}\"/>\n",
        place.x, place.y, color, HeightOf(interval.low), HeightOf(interval.high));
  }
  return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n", line, color) + marks;
}

}  // namespace

std::string VerificationSvg(const VerificationComparison& comparison) {
  const std::vector<Panel> panels = PanelsOf(comparison.conditions);
  const std::size_t rows = (panels.size() + kPanelsInARow - 1) / kPanelsInARow;
  const double width = kLeft + static_cast<double>(kPanelsInARow) * (kPanelWidth + kBetween);
  const double legend_top = kTop + static_cast<double>(rows) * (kPanelHeight + kBetween) + 10;
  const double height = legend_top + kLegendLine * static_cast<double>(comparison.methods.size());
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<text x=\"{2}\" y=\"20\" font-size=\"14\">Accuracy where one face of each pair is damaged, with 95 % "
      "intervals</text>\n",
      width, height, kLeft);
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const std::size_t row = i / kPanelsInARow;
    const double x = kLeft + static_cast<double>(i % kPanelsInARow) * (kPanelWidth + kBetween);
    const double y = kTop + static_cast<double>(row) * (kPanelHeight + kBetween);
    svg += fmt::format("<g transform=\"translate({:.1f} {:.1f})\">\n", x, y) + Axes(panels[i], comparison.conditions);
    for (std::size_t method = 0; method < comparison.methods.size(); ++method) {
      svg += Line(panels[i], comparison.methods[method], kColors[method % kColors.size()]);
    }
    svg += "</g>\n";
  }
  for (std::size_t method = 0; method < comparison.methods.size(); ++method) {
    const double y = legend_top + kLegendLine * static_cast<double>(method);
    svg += fmt::format("<circle cx=\"{}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/><text x=\"{}\" y=\"{:.1f}\">{}</text>\n",
                       kLeft, y, kColors[method % kColors.size()], kLeft + 12, y + 4,
                       Escaped(comparison.methods[method].name));
  }
  return svg + "</svg>\n";
}

}  // namespace kinfolder
