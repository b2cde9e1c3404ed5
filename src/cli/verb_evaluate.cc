// kinfolder evaluate: how good detection and recognition are, measured on data whose truth is known.
#include <utility>

#include "app/evaluate_calibration.h"
#include "app/evaluate_clustering.h"
#include "app/evaluate_detection.h"
#include "app/evaluate_identification.h"
#include "app/evaluate_verification.h"
#include "app/networks.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

constexpr int kLeastPictures = 3;

constexpr Argument kPairs{Argument::Kind::kValue, "pairs", "FILE",
                          "pairs.txt: FOLDS COUNT, then NAME I J and NAME I OTHER J", true};
constexpr Argument kImages{Argument::Kind::kValue, "images", "DIR", "The folder that the pictures lie below", true};

std::filesystem::path PathOf(const Invocation& invocation, const std::string& argument) {
  return invocation.arguments.Value(argument).value_or("");
}

ParallelRun RunOf(const Invocation& invocation) {
  return {invocation.settings().jobs, invocation.console.Progress("evaluate"), &invocation.stop};
}

Result<ExitStatus> RunVerification(Invocation& invocation) {
  ASSIGN_OR_RETURN(const auto networks, Networks::Find(invocation.settings(), invocation.environment));
  ASSIGN_OR_RETURN(const FaceScanner* scanner, networks->Scanner());
  ASSIGN_OR_RETURN(const VerificationReport report,
                   EvaluateVerification(*scanner, networks->decode_options(), PathOf(invocation, "pairs"),
                                        PathOf(invocation, "images"), RunOf(invocation)));
  const VerificationScores& scores = report.scores;
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(Json::Object({{"pairs", scores.pairs},
                                {"accuracy", scores.folds.accuracy},
                                {"std", scores.folds.standard_deviation},
                                {"threshold", scores.threshold},
                                {"tar_at_far", Json::Object({{"0.01", scores.at_far_1e2.true_accept_rate},
                                                             {"0.001", scores.at_far_1e3.true_accept_rate}})},
                                {"undetected", report.undetected}}));
    return kAllDone;
  }
  console.Print("{}: accuracy {:.4f} +- {:.4f}, best threshold {:.3f}", Counted(scores.pairs, "pair"),
                scores.folds.accuracy, scores.folds.standard_deviation, scores.threshold);
  for (const auto& [rate, point] : {std::pair(0.01, scores.at_far_1e2), std::pair(0.001, scores.at_far_1e3)}) {
    console.Print("at most {} of the pairs of two people below {:.3f}: {:.4f} of the pairs of one person", rate,
                  point.threshold, point.true_accept_rate);
  }
  console.Print("no face found on {} of {}", report.undetected, Counted(report.photos, "photo"));
  return kAllDone;
}

Json HeightsAsJson(const DetectionReport& report) {
  std::vector<std::pair<std::string_view, Json>> fields;
  for (std::size_t i = 0; i < kHeightBins.size(); ++i) fields.emplace_back(kHeightBins[i].name, report.by_height[i].ap);
  return Json::Object(fields);
}

Result<ExitStatus> RunDetection(Invocation& invocation) {
  const Settings& settings = invocation.settings();
  ASSIGN_OR_RETURN(const ModelPackage package, DetectorPackage(settings, invocation.environment));
  ASSIGN_OR_RETURN(const Mtcnn detector, Mtcnn::Load(package, {.min_face = settings.min_face}));
  ASSIGN_OR_RETURN(const DetectionReport report,
                   EvaluateDetection(detector, DecodeOptionsOf(settings), PathOf(invocation, "images"),
                                     PathOf(invocation, "boxes"), RunOf(invocation)));
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(Json::Object({{"images", report.images},
                                {"faces", report.all.faces},
                                {"ap", report.all.ap},
                                {"ap_by_height", HeightsAsJson(report)}}));
    return kAllDone;
  }
  std::vector<std::vector<std::string>> rows = {{"height", "faces", "average precision", "recall"}};
  const auto add = [&](std::string_view name, const AveragePrecision& part) {
    rows.push_back({std::string(name), std::to_string(part.faces), fmt::format("{:.4f}", part.ap),
                    fmt::format("{:.4f}", part.recall)});
  };
  add("all", report.all);
  for (std::size_t i = 0; i < kHeightBins.size(); ++i) add(kHeightBins[i].name, report.by_height[i]);
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  return kAllDone;
}

Result<ExitStatus> RunIdentification(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::filesystem::path known, Chosen(invocation.settings().known, "known"));
  ASSIGN_OR_RETURN(const std::filesystem::path photos, Chosen(invocation.settings().photos, "photos"));
  ASSIGN_OR_RETURN(const auto networks, Networks::Find(invocation.settings(), invocation.environment));
  ASSIGN_OR_RETURN(const FaceScanner* scanner, networks->Scanner());
  ASSIGN_OR_RETURN(const IdentificationReport report,
                   EvaluateIdentification(*scanner, networks->decode_options(), networks->threshold(), known, photos,
                                          PathOf(invocation, "truth"), RunOf(invocation)));
  const IdentificationScores& scores = report.scores;
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(Json::Object({{"people", report.people},
                                {"references", report.references},
                                {"photos", report.photos},
                                {"faces", scores.faces},
                                {"right", scores.right},
                                {"wrong", scores.wrong},
                                {"missed", scores.missed},
                                {"strangers_named", scores.strangers_named},
                                {"threshold", report.threshold},
                                {"farthest_right", scores.farthest_right},
                                {"nearest_wrong", scores.nearest_wrong},
                                {"margin", scores.margin()}}));
    return kAllDone;
  }
  console.Print("{} on {}, {} known by {}", Counted(scores.faces, "face"), Counted(report.photos, "photo"),
                Counted(report.people, "person", "people"), Counted(report.references, "reference"));
  console.Print("right {}, wrong {}, missed {}, strangers named {} (threshold {:.3f})", scores.right, scores.wrong,
                scores.missed, scores.strangers_named, report.threshold);
  if (scores.margin()) {
    console.Print("farthest right {:.3f}, nearest wrong {:.3f}, margin {:.3f}", *scores.farthest_right,
                  *scores.nearest_wrong, *scores.margin());
  }
  return kAllDone;
}

Json ChecksAsJson(const CalibrationChecks& checks) {
  return Json::Object({{"wanted", checks.wrong_names},
                       {"rounds", checks.rounds},
                       {"promised", checks.promised},
                       {"held", checks.held},
                       {"refuted", checks.refuted},
                       {"threshold", checks.threshold},
                       {"wrong_names", checks.measured},
                       {"at_most", checks.at_most},
                       {"unseen_wrong_names", checks.unseen},
                       {"unknown", checks.unknown},
                       {"unseen_unknown", checks.unseen_unknown}});
}

Result<ExitStatus> RunCalibration(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::optional<int> known, invocation.arguments.Number("known-people"));
  ASSIGN_OR_RETURN(const auto networks, Networks::Find(invocation.settings(), invocation.environment));
  ASSIGN_OR_RETURN(const FaceScanner* scanner, networks->Scanner());
  ASSIGN_OR_RETURN(const CalibrationEvaluation evaluation,
                   EvaluateCalibration(*scanner, networks->decode_options(), PathOf(invocation, "pairs"),
                                       PathOf(invocation, "images"), known.value_or(0), RunOf(invocation)));
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(Json::Object({{"people", evaluation.people},
                                {"photos", evaluation.photos},
                                {"checks", Json::ArrayOf(evaluation.checks, ChecksAsJson)}}));
    return kAllDone;
  }
  console.Print("{} of {}", Counted(evaluation.photos, "photo"), Counted(evaluation.people, "person", "people"));
  std::vector<std::vector<std::string>> rows = {{"wrong names asked for", "promised", "held", "refuted", "threshold",
                                                 "measured", "at most", "on unseen people", "left unknown",
                                                 "unseen ones"}};
  const auto percent = [](double rate) { return fmt::format("{:.2f} %", 100 * rate); };
  for (const CalibrationChecks& checks : evaluation.checks) {
    rows.push_back({percent(checks.wrong_names), fmt::format("{} of {}", checks.promised, checks.rounds),
                    fmt::format("{} of {}", checks.held, checks.rounds),
                    fmt::format("{} of {}", checks.refuted, checks.rounds), fmt::format("{:.3f}", checks.threshold),
                    percent(checks.measured), percent(checks.at_most), percent(checks.unseen), percent(checks.unknown),
                    percent(checks.unseen_unknown)});
  }
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  return kAllDone;
}

Json ClusteringAsJson(const ClusteringScores& scores) {
  return Json::Object({{"method", scores.method},
                       {"cutoff", scores.cutoff},
                       {"faces", scores.scores.faces},
                       {"groups", scores.scores.groups},
                       {"pair_precision", scores.scores.pair_precision},
                       {"pair_recall", scores.scores.pair_recall},
                       {"b_cubed_precision", scores.scores.b_cubed_precision},
                       {"b_cubed_recall", scores.scores.b_cubed_recall},
                       {"changed_mean", scores.changed_mean},
                       {"changed_most", scores.changed_most}});
}

Result<ExitStatus> RunClustering(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::optional<int> least, invocation.arguments.Number("least"));
  ASSIGN_OR_RETURN(const auto networks, Networks::Find(invocation.settings(), invocation.environment));
  ASSIGN_OR_RETURN(const FaceScanner* scanner, networks->Scanner());
  ASSIGN_OR_RETURN(const std::vector<ClusteringScores> all,
                   EvaluateClustering(*scanner, networks->decode_options(), PathOf(invocation, "pairs"),
                                      PathOf(invocation, "images"), least.value_or(kLeastPictures), RunOf(invocation)));
  Console& console = invocation.console;
  std::vector<std::vector<std::string>> rows = {{"method", "cutoff", "groups", "pair precision", "pair recall",
                                                 "B-cubed precision", "B-cubed recall", "changed", "at most"}};
  for (const ClusteringScores& method : all) {
    if (invocation.json()) console.Print(ClusteringAsJson(method));
    const ClusterScores& scores = method.scores;
    rows.push_back({method.method, fmt::format("{:.2f}", method.cutoff), fmt::format("{}", scores.groups),
                    fmt::format("{:.4f}", scores.pair_precision), fmt::format("{:.4f}", scores.pair_recall),
                    fmt::format("{:.4f}", scores.b_cubed_precision), fmt::format("{:.4f}", scores.b_cubed_recall),
                    fmt::format("{:.2f} %", 100 * method.changed_mean),
                    fmt::format("{:.2f} %", 100 * method.changed_most)});
  }
  if (invocation.json()) return kAllDone;
  console.Print("{} of people with {} pictures and more", Counted(all.front().scores.faces, "face"),
                least.value_or(kLeastPictures));
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  return kAllDone;
}

}  // namespace

std::vector<Verb> EvaluateVerbs() {
  using enum Argument::Kind;
  return {
      {"evaluate verification",
       kMeasureGroup,
       "How often two pictures are rightly told to be of one person",
       "By the protocol of Labeled Faces in the Wild: each fold of pairs is decided with the threshold that is best\n"
       "on the other folds. A picture's subject is its largest face near the middle.",
       {kPairs, kImages, kJson},
       {"detail", "min-face", "detector", "model", "models", "jobs"},
       RunVerification},
      {"evaluate detection",
       kMeasureGroup,
       "How many faces are found, and how much else",
       "Average precision at an overlap (IoU) of 0.5, for all faces of 8 pixels and more and by their height.",
       {kImages,
        {kValue, "boxes", "FILE", "Tab-separated table with the columns image, x, y, width, height", true},
        kJson},
       {"detail", "min-face", "detector", "models", "jobs"},
       RunDetection},
      {"evaluate identification",
       kMeasureGroup,
       "How many faces get the right name",
       "Which face is whose is not asked for: the people on a photo are given to its faces by rising distance.",
       {{kValue, "truth", "FILE", "JSON: {\"people\": {\"PHOTO\": [\"NAME\", \"unknown\"]}}", true}, kJson},
       {"known", "photos", "threshold", "detail", "min-face", "detector", "model", "models", "jobs"},
       RunIdentification},
      {"evaluate calibration",
       kMeasureGroup,
       "Whether the rate that calibrate promises holds on other people",
       "Each fold of people in turn has not been seen: the threshold is found on those of the other folds, by the\n"
       "rules of calibrate, for several rates of wrong names.",
       {kPairs,
        kImages,
        {kValue, "known-people", "COUNT", "So many known people, drawn 20 times for each fold"},
        kJson},
       {"detail", "min-face", "detector", "model", "models", "jobs"},
       RunCalibration},
      {"evaluate clustering",
       kMeasureGroup,
       "How well faces without a name are grouped by who they are",
       "By average linkage, which review groups uses, and by other methods beside it; of pairs of faces, and B-cubed.\n"
       "Each of some faces is also added last: how many of the others get into another group by that.",
       {kPairs, kImages, {kValue, "least", "COUNT", "Only people with so many pictures and more (3)"}, kJson},
       {"detail", "min-face", "detector", "model", "models", "jobs"},
       RunClustering}};
}

}  // namespace kinfolder
