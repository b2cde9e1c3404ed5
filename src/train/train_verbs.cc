#include "train/train_verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "faces/embedder.h"
#include "faces/mtcnn.h"
#include "image/decode.h"
#include "image/encode.h"
#include "nn/model_package.h"
#include "train/architectures.h"
#include "train/crop_pack.h"
#include "train/facenet_export.h"
#include "train/facenet_trainer.h"
#include "train/mtcnn_verb.h"
#include "train/option_arguments.h"
#include "train/teacher.h"
#include "train/torch.h"
#include "train/training_crop.h"

namespace kinfolder {
namespace {

// --- pack

struct PackArguments {
  std::vector<std::string> people;
  std::vector<std::string> unlabelled;
  std::string detector;
  std::string out;
  std::uint64_t part_bytes = 0;
};

// Cut around the face that the detector finds.
Result<std::vector<std::byte>> CutAnew(const Mtcnn& detector, const std::vector<std::byte>& picture) {
  constexpr int kJpegQuality = 92;
  ASSIGN_OR_RETURN(const DecodedPhoto decoded, Decode(picture, {}));
  ASSIGN_OR_RETURN(const std::optional<FaceCrop> crop, CutTrainingCrop(detector, decoded.image));
  if (!crop) return Fail(ErrorCode::kNotFound, "no face is found in it");
  return EncodeJpeg(crop->picture, kJpegQuality);
}

Result<CropMaker> CropMakerOf(const std::string& detector_folder) {
  if (detector_folder.empty()) return CropMaker(TakenAsItIs);
  ASSIGN_OR_RETURN(const ModelPackage package, ReadPackage(detector_folder));
  ASSIGN_OR_RETURN(Mtcnn loaded, Mtcnn::Load(package, {}));
  const auto detector = std::make_shared<Mtcnn>(std::move(loaded));
  return CropMaker([detector](const std::vector<std::byte>& picture) { return CutAnew(*detector, picture); });
}

Result<std::string> Pack(const PackArguments& arguments, const ParallelRun& run) {
  const CropFolders folders{{arguments.people.begin(), arguments.people.end()},
                            {arguments.unlabelled.begin(), arguments.unlabelled.end()}};
  ASSIGN_OR_RETURN(const CropMaker make, CropMakerOf(arguments.detector));
  ASSIGN_OR_RETURN(const PackSummary summary, WriteCropPack(folders, make, arguments.out, run));
  std::string text = fmt::format("{}: {} crops, {} people in {} groups\n", arguments.out, summary.crops, summary.people,
                                 summary.groups);
  for (const std::string& left_out : summary.left_out) text += fmt::format("left out: {}\n", left_out);
  if (arguments.part_bytes > 0) {
    ASSIGN_OR_RETURN(const int parts, SplitIntoParts(arguments.out, arguments.part_bytes));
    text += fmt::format("cut into {} parts, {}.000 and so on\n", parts, arguments.out);
  }
  return text;
}

void AddPackVerb(CLI::App& app, VerbAction& chosen) {
  const auto arguments = std::make_shared<PackArguments>();
  CLI::App* verb = app.add_subcommand("pack", "Put folders of face crops into one file");
  verb->add_option("--people", arguments->people, "Folder of folders GROUP_MEMBER/ with crops of one person each");
  verb->add_option("--unlabelled", arguments->unlabelled, "Folder of crops of anybody");
  verb->add_option("--detector", arguments->detector,
                   "Folder of a model package that finds faces: cut every picture anew around its face; without, the "
                   "pictures are packed as they are");
  verb->add_option("--out", arguments->out, "The file to write")->required();
  verb->add_option("--part-bytes", arguments->part_bytes, "Also cut it into parts of this size, to be carried");
  verb->callback(
      [arguments, &chosen] { chosen = [arguments](const ParallelRun& run) { return Pack(*arguments, run); }; });
}

// --- teach

struct TeachArguments {
  std::string pack;
  std::string teacher;
  std::size_t made_up = 0;
  std::string out;
};

Result<std::string> Teach(const TeachArguments& arguments, const ParallelRun& run) {
  ASSIGN_OR_RETURN(const ModelPackage package, ReadPackage(arguments.teacher));
  ASSIGN_OR_RETURN(const Embedder teacher, Embedder::Load(package));
  ASSIGN_OR_RETURN(const CropPack pack, ReadCropPack(arguments.pack));
  ASSIGN_OR_RETURN(const TeacherVectors vectors, AskTeacher(teacher, pack, arguments.made_up, run));
  RETURN_IF_ERROR(WriteTeacherVectors(vectors, pack, arguments.out));
  return fmt::format("{}: {} vectors of {} dimensions by {}\n", arguments.out, pack.crops.size() + vectors.made_up,
                     vectors.dimension, vectors.teacher);
}

void AddTeachVerb(CLI::App& app, VerbAction& chosen) {
  const auto arguments = std::make_shared<TeachArguments>();
  CLI::App* verb = app.add_subcommand("teach", "Ask a teacher about every crop of a pack, once for all");
  verb->add_option("--pack", arguments->pack, "The file that `pack` wrote")->required();
  verb->add_option("--teacher", arguments->teacher, "Folder of a model package with its weights")->required();
  verb->add_option("--made-up", arguments->made_up,
                   "Also about so many faces made up of two crops each: more to learn from than there are pictures")
      ->check(CLI::Range(std::size_t{0}, kMostMadeUp))
      ->capture_default_str();
  verb->add_option("--out", arguments->out, "The file to write")->required();
  verb->callback(
      [arguments, &chosen] { chosen = [arguments](const ParallelRun& run) { return Teach(*arguments, run); }; });
}

// --- facenet

struct FacenetArguments {
  std::string pack;
  std::string teacher;
  std::string out;
  std::string weights;
  std::string network = "nn4";
  int dimension = 256;
  std::string device = "cpu";
  std::string precision = "float32";
  int threads = 0;
  TrainingRun run;
  GivenOptions options;
};

// Of the same layers, whatever the weights are.
bool IsOfOneArchitecture(const Graph& a, const Graph& b) {
  return std::ranges::equal(a.constants, b.constants, [](const auto& left, const auto& right) {
    return left.first == right.first && left.second.shape == right.second.shape;
  });
}

// A new training that begins with what another one has learned.
Result<Checkpoint> BeginWith(const std::filesystem::path& weights, Graph network, const FacenetOptions& options,
                             const FacenetData& data) {
  ASSIGN_OR_RETURN(const Checkpoint other, ReadCheckpoint(weights));
  ASSIGN_OR_RETURN(const Graph learned, AveragedNetwork(other));
  std::optional<Graph> begun = WithLayersOf(learned, std::move(network));
  if (!begun) {
    return Fail(ErrorCode::kInvalidArgument, "{} is a training of another --network or --dimension", weights.string());
  }
  Checkpoint start = BeginTraining(*std::move(begun), options, data);
  if (start.teacher == other.teacher) start.projection = other.projection;
  return start;
}

Result<Checkpoint> BeginOrResume(const FacenetArguments& arguments, Graph network, const FacenetOptions& options,
                                 const std::optional<Checkpoint>& before, const FacenetData& data) {
  if (before && !IsOfOneArchitecture(before->network, network)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "{} holds a training of another --network or --dimension: give those it began with, or begin in another "
        "folder",
        arguments.out);
  }
  if (before) return *before;
  if (!arguments.weights.empty()) return BeginWith(arguments.weights, std::move(network), options, data);
  return BeginTraining(std::move(network), options, data);
}

Result<FacenetData> LoadData(const FacenetArguments& arguments, int side, const FacenetOptions& options,
                             const ParallelRun& run) {
  FacenetData data;
  ASSIGN_OR_RETURN(const CropPack pack, ReadCropPack(arguments.pack));
  if (!arguments.teacher.empty()) {
    ASSIGN_OR_RETURN(data.teacher, ReadTeacherVectors(arguments.teacher, pack));
  }
  data.pack = ToHex(pack.file.sha256);
  ASSIGN_OR_RETURN(data.faces, LoadFaces(pack, side, options.validation_share, run));
  if (data.teacher) AddMadeUpFaces(data.faces, data.teacher->made_up);
  return data;
}

void PrintRow(const HistoryRow& row) {
  std::string line = fmt::format(
      "step {}  images {}  {:.1f} images/s  triplet {:.4f}  cosine {:.4f}  similarity {:.4f}  learning rate {:.2e}",
      row.step, row.images, row.images_per_second, row.triplet, row.cosine, row.similarity, row.learning_rate);
  if (row.validation) {
    line += fmt::format("  accuracy {:.4f}, damaged {:.4f}", row.validation->clean, row.validation->damaged);
  }
  std::fputs((line + "\n").c_str(), stderr);
}

Result<std::string> Facenet(const FacenetArguments& arguments, const ParallelRun& parallel) {
  TrainingRun run = arguments.run;
  run.folder = arguments.out;
  run.stop = parallel.stop;
  run.report = PrintRow;
  run.cuda = arguments.device == "cuda";
  run.bfloat16 = arguments.precision == "bfloat16";
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  std::optional<Checkpoint> before;
  std::error_code ignored;
  if (std::filesystem::exists(run.folder / kCheckpointName, ignored)) {
    ASSIGN_OR_RETURN(before, ReadCheckpoint(run.folder / kCheckpointName));
  }
  ASSIGN_OR_RETURN(const FacenetOptions options,
                   OptionsToTrainWith(FacenetOptionFields(), before ? &before->options : nullptr, FacenetOptions(),
                                      arguments.options, arguments.out));
  if (before) before->options.steps = options.steps;
  ASSIGN_OR_RETURN(Graph network, EmbedderArchitecture(arguments.network, arguments.dimension,
                                                       static_cast<std::uint64_t>(options.seed)));
  const int side = static_cast<int>(network.inputs.front().shape.back());
  ASSIGN_OR_RETURN(const FacenetData data, LoadData(arguments, side, options, parallel));
  ASSIGN_OR_RETURN(Checkpoint start, BeginOrResume(arguments, std::move(network), options, before, data));
  ASSIGN_OR_RETURN(const Checkpoint done, TrainFacenet(std::move(start), data, run));
  return fmt::format("{}: {} of {} steps\n", arguments.out, done.step, done.options.steps);
}

void AddFacenetVerb(CLI::App& app, VerbAction& chosen) {
  const auto arguments = std::make_shared<FacenetArguments>();
  CLI::App* verb = app.add_subcommand("facenet", "Train a face recogniser, or go on where a training was interrupted");
  verb->add_option("--pack", arguments->pack, "The file that `pack` wrote")->required();
  verb->add_option("--teacher", arguments->teacher, "The file that `teach` wrote; without: by the triplet loss alone");
  verb->add_option("--out", arguments->out, "Folder for the checkpoint, history.csv and curve.svg")->required();
  verb->add_option(
      "--weights", arguments->weights,
      "Begin with the averaged weights of this checkpoint of another training, say of other crops, or of nn4 "
      "for nn4-deep");
  verb->add_option("--network", arguments->network, "nn4, nn4-deep or inception-resnet-v1")->capture_default_str();
  verb->add_option("--dimension", arguments->dimension, "Of the vectors")->capture_default_str();
  verb->add_option("--device", arguments->device, "What computes")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  verb->add_option("--precision", arguments->precision,
                   "Of convolutions and matrix products; bfloat16 is quicker where the device computes in it")
      ->check(CLI::IsMember({"float32", "bfloat16"}))
      ->capture_default_str();
  verb->add_option(
          "--threads", arguments->threads,
          "For the network; 0: as many as there are processors. With more than one, OMP_WAIT_POLICY=passive in "
          "the environment leaves the cores to others, who make the batches, while threads wait")
      ->check(CLI::Range(0, 1024));
  verb->add_option("--workers", arguments->run.workers, "Threads that make batches")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  AddRunFlags(*verb, arguments->run);
  AddOptionFlags(*verb, FacenetOptionFields(), std::shared_ptr<GivenOptions>(arguments, &arguments->options));
  verb->callback(
      [arguments, &chosen] { chosen = [arguments](const ParallelRun& run) { return Facenet(*arguments, run); }; });
}

// --- export

struct ExportArguments {
  std::string checkpoint;
  std::string out;
  PackageText text;
  EmbeddingUse use;
};

Result<std::string> Export(const ExportArguments& arguments) {
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, ReadCheckpoint(arguments.checkpoint));
  RETURN_IF_ERROR(ExportEmbedder(checkpoint, arguments.text, arguments.use, arguments.out));
  return fmt::format("{}: the package {} after {} steps\n", arguments.out, arguments.text.id, checkpoint.step);
}

void AddExportVerb(CLI::App& app, VerbAction& chosen) {
  const auto arguments = std::make_shared<ExportArguments>();
  CLI::App* verb = app.add_subcommand("export", "Make a model package of a training");
  verb->add_option("--checkpoint", arguments->checkpoint, "FOLDER/checkpoint.kft of `facenet`")->required();
  verb->add_option("--out", arguments->out, "The package's folder")->required();
  AddPackageFlags(*verb, arguments->text, true);
  verb->add_option("--threshold", arguments->use.threshold,
                   "The distance below which a face gets a name; without: that of the last validation")
      ->check(CLI::Range(0.01, 2.0));
  verb->add_flag("--average-flipped", arguments->use.average_flipped,
                 "Users look at each face as it is and mirrored: more accurate, and takes twice as long");
  verb->callback([arguments, &chosen] { chosen = [arguments](const ParallelRun&) { return Export(*arguments); }; });
}

}  // namespace

void AddTrainVerbs(CLI::App& app, VerbAction& chosen) {
  AddPackVerb(app, chosen);
  AddTeachVerb(app, chosen);
  AddFacenetVerb(app, chosen);
  AddMtcnnVerb(app, chosen);
  AddExportVerb(app, chosen);
}

}  // namespace kinfolder
