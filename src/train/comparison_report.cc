#include "train/comparison_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace kinfolder {
namespace {

using Row = std::vector<std::string>;

std::string MarkdownTable(const std::vector<Row>& rows) {
  std::string table;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    table += fmt::format("| {} |\n", fmt::join(rows[i], " | "));
    if (i > 0) continue;
    table += "|";
    for (std::size_t column = 0; column < rows[i].size(); ++column) table += "---|";
    table += "\n";
  }
  return table;
}

// "low 24" as readers understand it.
std::string Described(const Condition& condition) {
  if (!condition) return "clean";
  const float strength = condition->strength;
  switch (condition->kind) {
    case DamageKind::kDarker:
      return fmt::format("{:g} stops darker", strength);
    case DamageKind::kLowContrast:
      return fmt::format("{:g} % less contrast", 100 * strength);
    case DamageKind::kBlur:
      return fmt::format("blur of {:g} px", strength);
    case DamageKind::kMotionBlur:
      return fmt::format("moved by {:g} px", strength);
    case DamageKind::kLowResolution:
      return fmt::format("{:g} px wide", strength);
    case DamageKind::kJpeg:
      return fmt::format("JPEG quality {:g}", strength);
    case DamageKind::kOccluded:
      return fmt::format("{:g} % occluded", 100 * strength);
    case DamageKind::kMask:
      return "mask";
    case DamageKind::kGlasses:
      return "dark glasses";
    case DamageKind::kGrey:
      return "grey";
  }
  return "";
}

std::string ConditionTable(const VerificationComparison& comparison,
                           const std::function<std::string(const VerificationScores&)>& cell) {
  std::vector<Row> rows = {{""}};
  for (const MethodScores& method : comparison.methods) rows.front().push_back(method.name);
  for (std::size_t i = 0; i < comparison.conditions.size(); ++i) {
    Row row = {Described(comparison.conditions[i])};
    for (const MethodScores& method : comparison.methods) row.push_back(cell(method.by_condition[i]));
    rows.push_back(std::move(row));
  }
  return MarkdownTable(rows);
}

Json ScoresJson(const std::string& condition, const VerificationScores& scores) {
  const Interval interval = ConfidenceInterval(scores.folds.accuracy, scores.pairs);
  return Json::Object({{"condition", condition},
                       {"pairs", scores.pairs},
                       {"accuracy", scores.folds.accuracy},
                       {"std", scores.folds.standard_deviation},
                       {"interval_95", Json::Array({interval.low, interval.high})},
                       {"threshold", scores.threshold},
                       {"tar_at_far", Json::Object({{"0.01", scores.at_far_1e2.true_accept_rate},
                                                    {"0.001", scores.at_far_1e3.true_accept_rate}})}});
}

}  // namespace

std::string VerificationMarkdown(const VerificationComparison& comparison) {
  const std::string accuracy = ConditionTable(comparison, [](const VerificationScores& scores) {
    const Interval interval = ConfidenceInterval(scores.folds.accuracy, scores.pairs);
    return fmt::format("{:.3f} ({:.3f}-{:.3f})", scores.folds.accuracy, interval.low, interval.high);
  });
  const std::string accepted = ConditionTable(comparison, [](const VerificationScores& scores) {
    return fmt::format("{:.3f} / {:.3f}", scores.at_far_1e2.true_accept_rate, scores.at_far_1e3.true_accept_rate);
  });
  return "Accuracy (95 % interval):\n\n" + accuracy +
         "\nRight pairs accepted at 1 % / 0.1 % of wrong pairs accepted:\n\n" + accepted;
}

Json VerificationJson(const VerificationComparison& comparison) {
  return Json::ArrayOf(comparison.methods, [&](const MethodScores& method) {
    std::vector<Json> conditions;
    for (std::size_t i = 0; i < method.by_condition.size(); ++i) {
      conditions.push_back(ScoresJson(NameOf(comparison.conditions[i]), method.by_condition[i]));
    }
    return Json::Object({{"method", method.name}, {"conditions", Json::Array(conditions)}});
  });
}

std::string DetectionMarkdown(const std::vector<DetectionScores>& packages) {
  std::vector<Row> rows = {{"faces by height in pixels", "faces"}};
  for (const DetectionScores& package : packages) rows.front().push_back(package.package);
  const auto add = [&](std::string_view name,
                       const std::function<const AveragePrecision&(const DetectionReport&)>& part) {
    Row row = {std::string(name), std::to_string(packages.empty() ? 0 : part(packages.front().report).faces)};
    for (const DetectionScores& package : packages) row.push_back(fmt::format("{:.3f}", part(package.report).ap));
    rows.push_back(std::move(row));
  };
  for (std::size_t i = 0; i < kHeightBins.size(); ++i) {
    add(kHeightBins[i].name,
        [i](const DetectionReport& report) -> const AveragePrecision& { return report.by_height[i]; });
  }
  add("all", [](const DetectionReport& report) -> const AveragePrecision& { return report.all; });
  return "Average precision:\n\n" + MarkdownTable(rows);
}

Json DetectionJson(const std::vector<DetectionScores>& packages) {
  return Json::ArrayOf(packages, [](const DetectionScores& package) {
    std::vector<std::pair<std::string_view, Json>> heights = {{"all", package.report.all.ap}};
    for (std::size_t i = 0; i < kHeightBins.size(); ++i) {
      heights.emplace_back(kHeightBins[i].name, package.report.by_height[i].ap);
    }
    return Json::Object({{"package", package.package}, {"average_precision", Json::Object(heights)}});
  });
}

std::string IdentificationMarkdown(const std::vector<NamingScores>& packages) {
  std::vector<Row> rows = {{"", "faces", "right", "wrong", "missed", "strangers named", "threshold", "margin"}};
  for (const auto& [package, report] : packages) {
    const IdentificationScores& scores = report.scores;
    const auto margin = scores.margin();
    rows.push_back({package, std::to_string(scores.faces), std::to_string(scores.right), std::to_string(scores.wrong),
                    std::to_string(scores.missed), std::to_string(scores.strangers_named),
                    fmt::format("{:.3f}", report.threshold), margin ? fmt::format("{:.3f}", *margin) : "-"});
  }
  return MarkdownTable(rows);
}

Json IdentificationJson(const std::vector<NamingScores>& packages) {
  return Json::ArrayOf(packages, [](const NamingScores& package) {
    const IdentificationScores& scores = package.report.scores;
    return Json::Object({{"package", package.package},
                         {"faces", scores.faces},
                         {"right", scores.right},
                         {"wrong", scores.wrong},
                         {"missed", scores.missed},
                         {"strangers_named", scores.strangers_named},
                         {"threshold", package.report.threshold},
                         {"margin", scores.margin()}});
  });
}

}  // namespace kinfolder
