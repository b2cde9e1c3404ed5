#include "train/compare_verbs.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "app/networks.h"
#include "app/settings.h"
#include "base/file.h"
#include "nn/model_package.h"
#include "train/compare_verification.h"
#include "train/comparison_report.h"
#include "train/labelled_faces.h"
#include "train/lbp_describer.h"
#include "train/subspace_describers.h"

namespace kinfolder {
namespace {

struct Options {
  std::vector<std::string> packages;
  std::string models;
  std::string detector = kBestPackage;
  std::string pairs;
  std::string images;
  std::string boxes;
  std::string known;
  std::string truth;
  std::string learn_from;
  std::vector<std::string> damages;
  std::string json;
  std::string svg;
};

Result<ModelPackage> Find(ModelKind kind, const std::string& id, const Options& options) {
  const Environment environment = ProcessEnvironment();
  const bool finds_faces = kind == ModelKind::kDetector;
  std::map<std::string, std::string> given{{finds_faces ? "detector" : "model", id}};
  if (!options.models.empty()) given["models"] = options.models;
  ASSIGN_OR_RETURN(const LoadedSettings loaded, LoadSettings(given, environment));
  return finds_faces ? DetectorPackage(loaded.settings, environment) : EmbedderPackage(loaded.settings, environment);
}

Result<Mtcnn> LoadDetector(const std::string& id, const Options& options) {
  ASSIGN_OR_RETURN(const ModelPackage package, Find(ModelKind::kDetector, id, options));
  return Mtcnn::Load(package, {});
}

Status WriteIfAsked(const std::string& path, const std::string& text) {
  return path.empty() ? Status() : WriteFileAtomically(path, text);
}

Result<std::vector<std::unique_ptr<FaceDescriber>>> MakeMethods(const Options& options, const Mtcnn& detector,
                                                                const ParallelRun& run) {
  std::vector<std::unique_ptr<FaceDescriber>> methods;
  for (const std::string& id : options.packages) {
    ASSIGN_OR_RETURN(const ModelPackage package, Find(ModelKind::kEmbedder, id, options));
    ASSIGN_OR_RETURN(methods.emplace_back(), MakePackageDescriber(package));
  }
  if (options.learn_from.empty()) return methods;
  ASSIGN_OR_RETURN(const std::vector<LabelledFace> faces, LoadLabelledFaces(detector, options.learn_from, run));
  std::set<std::string> people;
  for (const LabelledFace& face : faces) people.insert(face.person);
  fmt::print(stderr, "eigenfaces and Fisherfaces learn from {} faces of {} people\n", faces.size(), people.size());
  ASSIGN_OR_RETURN(methods.emplace_back(), TrainEigenfaces(faces));
  ASSIGN_OR_RETURN(methods.emplace_back(), TrainFisherfaces(faces));
  methods.push_back(MakeLbpDescriber());
  return methods;
}

Result<std::vector<Condition>> ConditionsOf(const Options& options) {
  if (options.damages.empty()) return UsualConditions();
  std::vector<Condition> conditions = {std::nullopt};
  for (const std::string& text : options.damages) {
    ASSIGN_OR_RETURN(const Damage damage, ParseDamage(text));
    conditions.emplace_back(damage);
  }
  return conditions;
}

Result<std::string> RunVerification(const Options& options, const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<Condition> conditions, ConditionsOf(options));
  ASSIGN_OR_RETURN(const Mtcnn detector, LoadDetector(options.detector, options));
  ASSIGN_OR_RETURN(const auto methods, MakeMethods(options, detector, run));
  if (methods.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "nothing to compare: name a package or give --learn-from");
  }
  ASSIGN_OR_RETURN(const FacePairs pairs, LoadFacePairs(detector, options.pairs, options.images, run));
  ASSIGN_OR_RETURN(const VerificationComparison comparison, CompareVerification(pairs, methods, conditions, run));
  RETURN_IF_ERROR(WriteIfAsked(options.json, VerificationJson(comparison).text() + "\n"));
  RETURN_IF_ERROR(WriteIfAsked(options.svg, VerificationSvg(comparison)));
  return VerificationMarkdown(comparison);
}

Result<std::string> RunDetection(const Options& options, const ParallelRun& run) {
  std::vector<DetectionScores> scores;
  for (const std::string& id : options.packages) {
    ASSIGN_OR_RETURN(const Mtcnn detector, LoadDetector(id, options));
    ASSIGN_OR_RETURN(const DetectionReport report, EvaluateDetection(detector, {}, options.images, options.boxes, run));
    scores.push_back({id, report});
  }
  RETURN_IF_ERROR(WriteIfAsked(options.json, DetectionJson(scores).text() + "\n"));
  return DetectionMarkdown(scores);
}

Result<std::string> RunIdentification(const Options& options, const ParallelRun& run) {
  std::vector<NamingScores> scores;
  for (const std::string& id : options.packages) {
    ASSIGN_OR_RETURN(Mtcnn detector, LoadDetector(options.detector, options));
    ASSIGN_OR_RETURN(const ModelPackage package, Find(ModelKind::kEmbedder, id, options));
    ASSIGN_OR_RETURN(Embedder embedder, Embedder::Load(package));
    const float threshold = embedder.threshold();
    const FaceScanner scanner(std::move(detector), std::move(embedder),
                              DetectorId(options.detector, Detail::kFull, {}));
    ASSIGN_OR_RETURN(const IdentificationReport report,
                     EvaluateIdentification(scanner, {}, threshold, options.known, options.images, options.truth, run));
    scores.push_back({id, report});
  }
  RETURN_IF_ERROR(WriteIfAsked(options.json, IdentificationJson(scores).text() + "\n"));
  return IdentificationMarkdown(scores);
}

using RunVerb = Result<std::string> (*)(const Options&, const ParallelRun&);

// A verb with what all three take. The options live as long as the verb.
std::pair<CLI::App*, std::shared_ptr<Options>> AddVerb(CLI::App& app, const std::string& name,
                                                       const std::string& summary, RunVerb run, VerbAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(name, summary);
  verb->add_option("package", options->packages, "Ids of model packages");
  verb->add_option("--models", options->models, "Look for packages here first");
  verb->add_option("--images", options->images, "The folder that the pictures lie below")->required();
  verb->add_option("--json", options->json, "Write the figures to this file, as JSON");
  verb->callback([options, run, &chosen] {
    chosen = [options, run](const ParallelRun& parallel) { return run(*options, parallel); };
  });
  return {verb, options};
}

}  // namespace

void AddCompareVerbs(CLI::App& app, VerbAction& chosen) {
  CLI::App* compare = app.add_subcommand("compare", "Packages side by side on data whose truth is known");
  compare->require_subcommand(1);

  const auto [verification, pairs] =
      AddVerb(*compare, "verification", "Are two pictures of one person: clean, and with one of them damaged",
              RunVerification, chosen);
  verification->add_option("--pairs", pairs->pairs, "pairs.txt, as of Labeled Faces in the Wild")->required();
  verification->add_option("--detector", pairs->detector, "The package that finds the faces")->capture_default_str();
  verification->add_option(
      "--learn-from", pairs->learn_from,
      "Compare eigenfaces, Fisherfaces and LBP histograms, too; the first two learn from the pictures "
      "in this folder's folders of people");
  verification->add_option("--damage", pairs->damages, "\"dark 4\", \"occluded 0.25\", \"mask\", ...; may be repeated");
  verification->add_option("--svg", pairs->svg, "Write a plot of accuracy against strength to this file");

  const auto [detection, boxes] =
      AddVerb(*compare, "detection", "Average precision by the faces' height", RunDetection, chosen);
  detection->get_option("package")->required();
  detection->add_option("--boxes", boxes->boxes, "Tab-separated table: image, x, y, width, height")->required();

  const auto [identification, album] =
      AddVerb(*compare, "identification", "Faces named rightly and wrongly", RunIdentification, chosen);
  identification->get_option("package")->required();
  identification->add_option("--known", album->known, "The folder with a folder of pictures a person")->required();
  identification->add_option("--truth", album->truth, "JSON: {\"people\": {\"PHOTO\": [\"NAME\", \"unknown\"]}}")
      ->required();
  identification->add_option("--detector", album->detector, "The package that finds the faces")->capture_default_str();
}

}  // namespace kinfolder
