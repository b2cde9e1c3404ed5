// Comparisons for people and for programs: Markdown tables, a plot, JSON.
#pragma once

#include <string>
#include <vector>

#include "app/evaluate_detection.h"
#include "app/evaluate_identification.h"
#include "app/json.h"
#include "train/compare_verification.h"

namespace kinfolder {

// Two tables, a row a condition and a column a method: accuracy (mean over folds) with its 95 % interval, and the right
// pairs accepted where 1 % and 0.1 % of the wrong ones are.
std::string VerificationMarkdown(const VerificationComparison& comparison);
Json VerificationJson(const VerificationComparison& comparison);

// Accuracy against strength as SVG: a panel for each kind of harm, from clean to the strongest, a line for each method,
// with 95 % intervals.
std::string VerificationSvg(const VerificationComparison& comparison);

struct DetectionScores {
  std::string package;
  DetectionReport report;
};
// Average precision by the faces' height, a column a package.
std::string DetectionMarkdown(const std::vector<DetectionScores>& packages);
Json DetectionJson(const std::vector<DetectionScores>& packages);

struct NamingScores {
  std::string package;
  IdentificationReport report;
};
// Faces named rightly, wrongly, not, a row a package.
std::string IdentificationMarkdown(const std::vector<NamingScores>& packages);
Json IdentificationJson(const std::vector<NamingScores>& packages);

}  // namespace kinfolder
