#include "train/mtcnn_verb.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "nn/model_package.h"
#include "train/detector_export.h"
#include "train/detector_scenes.h"
#include "train/mtcnn_trainer.h"
#include "train/option_arguments.h"
#include "train/torch.h"
#include "train/training_file.h"
#include "train/window_cutter.h"

namespace kinfolder {
namespace {

// Windows for R-Net and O-Net are mined with lower thresholds than faces are found with, so that the networks learn
// what to do on both sides of them.
constexpr MtcnnOptions kMining{.min_face = 12, .pnet_threshold = 0.4F, .rnet_threshold = 0.4F, .onet_threshold = 0.4F};
constexpr MtcnnOptions kTeaching{.min_face = 30};  // of the crops' faces, which are large

struct MtcnnArguments {
  std::string detect;
  std::vector<std::string> faces;
  std::string teacher;
  std::string out;
  std::string stage;
  std::string device = "cpu";
  int threads = 0;
  StageRun run;
  GivenOptions options;
  std::array<float, 3> face_odds{};
  PackageText text{.id = "mtcnn-kinfolder",
                   .description = "MTCNN trained by Kinfolder: faces with boxes and five landmarks",
                   .licence = "GPL-3.0-or-later",
                   .provenance = "trained by kinfolder-train"};
};

std::filesystem::path FolderOf(const MtcnnArguments& arguments, MtcnnStage stage) {
  return std::filesystem::path(arguments.out) / std::string(StageName(stage));
}

bool IsThere(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

void Say(const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }

void PrintStageRow(const StageRow& row) {
  std::string line = fmt::format("step {}  {:.0f} windows/s  face {:.4f}  box {:.4f}  landmarks {:.4f}", row.step,
                                 row.windows_per_second, row.learning.face, row.learning.box, row.learning.landmarks);
  if (row.held_out) {
    line += fmt::format("  held out: face {:.4f}  box {:.4f}  landmarks {:.4f}  accuracy {:.4f}", row.held_out->face,
                        row.held_out->box, row.held_out->landmarks, row.accuracy);
  }
  Say(line);
}

// What is trained of the stage, when all its steps are done; else what to do first.
Result<Graph> FinishedNetwork(const MtcnnArguments& arguments, MtcnnStage stage) {
  const std::filesystem::path path = FolderOf(arguments, stage) / kCheckpointName;
  if (!IsThere(path))
    return Fail(ErrorCode::kNotFound, "train {} first: {} is not there", StageName(stage), path.string());
  ASSIGN_OR_RETURN(const StageCheckpoint checkpoint, ReadStageCheckpoint(path));
  if (checkpoint.step < checkpoint.options.steps) {
    return Fail(ErrorCode::kNotFound, "finish {} first: it is at step {} of {}", StageName(stage), checkpoint.step,
                checkpoint.options.steps);
  }
  return AveragedNetwork(checkpoint);
}

// The networks before `stage` as they were trained, with untrained ones after them, which nobody asks.
Result<Mtcnn> CascadeBefore(const MtcnnArguments& arguments, MtcnnStage stage) {
  std::array<Graph, 3> networks;
  for (const MtcnnStage one : kMtcnnStages) {
    Graph& network = networks[static_cast<std::size_t>(one)];
    if (one < stage) {
      ASSIGN_OR_RETURN(network, FinishedNetwork(arguments, one));
    } else {
      network = StageNetwork(one, 1);
    }
  }
  const std::filesystem::path folder = FolderOf(arguments, stage) / "cascade";
  RETURN_IF_ERROR(ExportDetector(networks, arguments.face_odds, arguments.text, folder));
  ASSIGN_OR_RETURN(const ModelPackage package, ReadPackage(folder));
  return Mtcnn::Load(package, kMining);
}

// What windows are cut from, read when the first stage needs it.
class ScenesOnDemand {
 public:
  ScenesOnDemand(const MtcnnArguments& arguments, const ModelPackage& teacher)
      : arguments_(arguments), teacher_(teacher) {}

  Result<std::span<const DetectorScene>> Get(double validation_share, const ParallelRun& run) {
    if (scenes_.empty()) {
      ASSIGN_OR_RETURN(const Mtcnn teacher, Mtcnn::Load(teacher_, kTeaching));
      const SceneFolders folders{arguments_.detect, {arguments_.faces.begin(), arguments_.faces.end()}};
      ASSIGN_OR_RETURN(scenes_, LoadScenes(folders, teacher, validation_share, run));
      Say(fmt::format("{} pictures", scenes_.size()));
    }
    return scenes_;
  }

 private:
  const MtcnnArguments& arguments_;
  const ModelPackage& teacher_;
  std::vector<DetectorScene> scenes_;
};

Result<StageWindows> CutOrRead(const MtcnnArguments& arguments, MtcnnStage stage, const StageOptions& options,
                               const ModelPackage& teacher, ScenesOnDemand& scenes, const ParallelRun& run) {
  const std::filesystem::path path = FolderOf(arguments, stage) / "windows.kfw";
  if (IsThere(path)) return ReadWindows(path, stage);
  std::optional<Mtcnn> cascade;
  if (stage != MtcnnStage::kPnet) {
    ASSIGN_OR_RETURN(cascade, CascadeBefore(arguments, stage));
  }
  ASSIGN_OR_RETURN(const DetectorTeacher teachers, DetectorTeacher::Load(teacher));
  ASSIGN_OR_RETURN(const auto pictures, scenes.Get(options.validation_share, run));
  ASSIGN_OR_RETURN(StageWindows windows,
                   CutWindows(pictures, teachers, cascade ? &*cascade : nullptr,
                              {stage, options.seed, options.photo_views, options.crop_views}, run));
  RETURN_IF_ERROR(MakeFolders(path.parent_path()));
  RETURN_IF_ERROR(WriteWindows(windows, stage, path));
  return windows;
}

Status TrainOrGoOn(const MtcnnArguments& arguments, MtcnnStage stage, const ModelPackage& teacher,
                   ScenesOnDemand& scenes, const ParallelRun& parallel) {
  StageRun run = arguments.run;
  run.folder = FolderOf(arguments, stage);
  run.stop = parallel.stop;
  run.report = PrintStageRow;
  run.cuda = arguments.device == "cuda";
  std::optional<StageCheckpoint> before;
  if (IsThere(run.folder / kCheckpointName)) {
    ASSIGN_OR_RETURN(before, ReadStageCheckpoint(run.folder / kCheckpointName));
  }
  ASSIGN_OR_RETURN(const StageOptions options,
                   OptionsToTrainWith(StageOptionFields(), before ? &before->options : nullptr, UsualOptions(stage),
                                      arguments.options, run.folder.string()));
  if (before) before->options.steps = options.steps;
  if (before && before->step >= options.steps) return {};
  ASSIGN_OR_RETURN(const StageWindows windows, CutOrRead(arguments, stage, options, teacher, scenes, parallel));
  Say(fmt::format("{}: {} windows, {} held out", StageName(stage), windows.learned.targets.size(),
                  windows.held_out.targets.size()));
  RETURN_IF_ERROR(TrainStage(before ? *std::move(before) : BeginStage(stage, options, windows), windows, run));
  return {};
}

Result<std::string> TrainMtcnn(const MtcnnArguments& arguments, const ParallelRun& parallel) {
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  ASSIGN_OR_RETURN(const ModelPackage teacher, ReadPackage(arguments.teacher));
  ScenesOnDemand scenes(arguments, teacher);
  for (const MtcnnStage stage : kMtcnnStages) {
    if (!arguments.stage.empty() && arguments.stage != StageName(stage)) continue;
    RETURN_IF_ERROR(TrainOrGoOn(arguments, stage, teacher, scenes, parallel));
  }
  std::array<Graph, 3> networks;
  for (const MtcnnStage stage : kMtcnnStages) {
    auto network = FinishedNetwork(arguments, stage);
    if (!network && network.error().code == ErrorCode::kNotFound) {
      return fmt::format("{}: no package yet: {}\n", arguments.out, network.error().message);
    }
    ASSIGN_OR_RETURN(networks[static_cast<std::size_t>(stage)], std::move(network));
  }
  const std::filesystem::path folder = std::filesystem::path(arguments.out) / arguments.text.id;
  RETURN_IF_ERROR(ExportDetector(networks, arguments.face_odds, arguments.text, folder));
  return fmt::format("{}: the package {}\n", folder.string(), arguments.text.id);
}

}  // namespace

void AddMtcnnVerb(CLI::App& app, VerbAction& chosen) {
  const auto arguments = std::make_shared<MtcnnArguments>();
  CLI::App* verb = app.add_subcommand(
      "mtcnn", "Train a face detector's three networks one after the other, or go on where a training was interrupted");
  verb->add_option("--detect", arguments->detect,
                   "Folder with boxes.tsv and images/: photos whose faces are all listed")
      ->required();
  verb->add_option("--faces", arguments->faces, "Folders of face crops");
  verb->add_option("--teacher", arguments->teacher, "Folder of a detector's model package with its weights")
      ->required();
  verb->add_option("--out", arguments->out,
                   "Folder: pnet/, rnet/ and onet/ with windows, checkpoint and history.csv, and the finished package")
      ->required();
  verb->add_option("--stage", arguments->stage, "Only this network")->check(CLI::IsMember({"pnet", "rnet", "onet"}));
  AddPackageFlags(*verb, arguments->text, false);
  verb->add_option(
          "--face-odds", arguments->face_odds,
          "Added to the log-odds of a face at P-Net, R-Net and O-Net when the package is written: more is found, "
          "also what is no face")
      ->capture_default_str();
  verb->add_option("--device", arguments->device, "What computes")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  verb->add_option("--threads", arguments->threads, "For the network; 0: as many as there are processors")
      ->check(CLI::Range(0, 1024));
  AddRunFlags(*verb, arguments->run);
  AddOptionFlags(*verb, StageOptionFields(), std::shared_ptr<GivenOptions>(arguments, &arguments->options), false);
  verb->callback(
      [arguments, &chosen] { chosen = [arguments](const ParallelRun& run) { return TrainMtcnn(*arguments, run); }; });
}

}  // namespace kinfolder
