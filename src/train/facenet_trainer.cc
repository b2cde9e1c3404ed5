#include "train/facenet_trainer.h"

#include <torch/cuda.h>

#include <chrono>
#include <cmath>
#include <utility>

#include "base/file.h"
#include "train/adamw.h"
#include "train/face_batches.h"
#include "train/learning_rate.h"
#include "train/losses.h"
#include "train/torch_network.h"
#include "train/torch_values.h"

namespace kinfolder {
namespace {

using Clock = std::chrono::steady_clock;

// [N, side, side, 3] bytes to [N, 3, side, side] as networks take them, in channels-last order.
torch::Tensor Normalized(const torch::Tensor& pixels, const torch::Device& device) {
  return pixels.to(device).permute({0, 3, 1, 2}).to(torch::kFloat32).sub_(127.5).div_(128);
}

torch::Tensor PixelsOf(std::span<const std::uint8_t> bytes, int side) {
  const std::int64_t picture = std::int64_t{3} * side * side;
  return torch::from_blob(const_cast<std::uint8_t*>(bytes.data()),
                          {static_cast<std::int64_t>(bytes.size()) / picture, side, side, 3}, torch::kUInt8);
}

// The directions in which the teacher's vectors differ most, so that fewer dimensions keep their cosines: the first
// eigenvectors of their second moments. [teacher's dimension, dimension].
torch::Tensor ProjectionOf(const torch::Tensor& vectors, std::int64_t dimension) {
  const torch::Tensor moments = vectors.t().matmul(vectors).to(torch::kFloat64) / vectors.size(0);
  const torch::Tensor directions = std::get<1>(torch::linalg_eigh(moments));  // by rising eigenvalue
  return directions.narrow(1, directions.size(1) - dimension, dimension).to(torch::kFloat32).contiguous();
}

torch::Tensor UnitRows(const torch::Tensor& rows) { return rows / rows.norm(2, 1, true).clamp_min(1e-12); }

class FacenetTrainer {
 public:
  FacenetTrainer(Checkpoint state, const FacenetData& data, const TrainingRun& run, TorchNetwork network)
      : state_(std::move(state)),
        data_(data),
        run_(run),
        network_(std::move(network)),
        side_(static_cast<int>(state_.network.inputs.front().shape.back())),
        optimizer_(network_, state_.options.weight_decay) {
    if (run.bfloat16) forward_.compute = torch::kBFloat16;
    forward_.training = true;
    forward_.dropout = state_.options.dropout;
    if (state_.average.empty()) {
      average_ = network_.parameters().clone();
      average_statistics_ = network_.statistics().clone();
    } else {
      average_ = FromFloats(state_.average, network_.device());
      average_statistics_ = FromFloats(state_.average_statistics, network_.device());
      optimizer_.Restore(FromFloats(state_.first_moment, network_.device()),
                         FromFloats(state_.second_moment, network_.device()), state_.step);
    }
    losses_ = torch::zeros({3}, average_.options());
  }

  // The targets of all crops.
  Status AskTeacher() {
    if (!data_.teacher) return {};
    const std::int64_t dimension = Dimension();
    const std::int64_t known = data_.teacher->dimension;
    torch::Tensor vectors = FromFloats(data_.teacher->values, torch::kCPU).view({-1, known});
    if (known < dimension) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the teacher's vectors have {} dimensions, so the network's can't have {}", known, dimension);
    }
    if (known > dimension) {
      if (state_.projection.empty()) state_.projection = ToFloats(ProjectionOf(vectors, dimension));
      vectors = UnitRows(vectors.matmul(FromFloats(state_.projection, torch::kCPU).view({known, dimension})));
    }
    targets_ = vectors.to(network_.device());
    return {};
  }

  Result<Checkpoint> Run() {
    const FacenetOptions& options = state_.options;
    BatchQueue batches(data_.faces,
                       {static_cast<std::uint64_t>(options.seed), static_cast<int>(options.people),
                        static_cast<int>(options.crops_per_person), static_cast<int>(options.free_crops), side_},
                       state_.step, run_.workers);
    if (state_.history.empty()) RETURN_IF_ERROR(Report());
    const std::int64_t end = run_.stop_at > 0 ? std::min(run_.stop_at, options.steps) : options.steps;
    while (state_.step < end) {
      if (run_.stop != nullptr && run_.stop->stopped()) {
        RETURN_IF_ERROR(Save());
        return Fail(ErrorCode::kInterrupted, "stopped after step {} of {}; the same command goes on from there",
                    state_.step, options.steps);
      }
      Step(batches.Take());
      const bool last = state_.step == end;
      if (last || state_.step % run_.report_every == 0) RETURN_IF_ERROR(Report());
      if (last || state_.step % run_.checkpoint_every == 0) RETURN_IF_ERROR(Save());
    }
    KeepState();
    return std::move(state_);
  }

 private:
  std::int64_t Dimension() {
    const torch::Tensor picture = torch::zeros({1, 3, side_, side_}, network_.parameters().options());
    return network_.Forward(picture, {}).at("embedding").size(1);
  }

  void Step(const FaceBatch& batch) {
    const FacenetOptions& options = state_.options;
    torch::manual_seed(static_cast<std::uint64_t>(options.seed * 1'000'003 + state_.step));  // for dropout
    network_.gradients().zero_();
    const torch::Tensor pictures = Normalized(PixelsOf(batch.pixels, side_), network_.device());
    {
      const torch::AutoGradMode with_gradients(true);
      Loss(batch, network_.Forward(pictures, forward_).at("embedding")).backward();
    }
    ++state_.step;
    state_.images += static_cast<std::int64_t>(batch.crops.size());
    learning_rate_ =
        LearningRateAt({options.learning_rate, options.steps, options.warmup, options.cooldown}, state_.step - 1);
    optimizer_.Step(network_, learning_rate_, options.clip);
    Average();
  }

  torch::Tensor Loss(const FaceBatch& batch, const torch::Tensor& vectors) {
    const FacenetOptions& options = state_.options;
    const torch::Tensor none = torch::zeros({}, vectors.options());
    torch::Tensor triplet = none;
    DistillationLoss teaching{none, none};
    const auto labelled = static_cast<std::int64_t>(batch.people.size());
    if (labelled > 0 && options.triplet_weight > 0) {
      const bool hard = options.hard_after > 0 && state_.step >= options.hard_after;
      const torch::Tensor people = torch::tensor(batch.people, torch::kInt64).to(vectors.device());
      triplet = TripletLoss(vectors.narrow(0, 0, labelled), people,
                            {options.margin, hard ? Mining::kHard : Mining::kSemiHard});
    }
    if (targets_.defined()) {
      const std::vector<std::int64_t> crops(batch.crops.begin(), batch.crops.end());
      const torch::Tensor which = torch::tensor(crops, torch::kInt64).to(vectors.device());
      teaching = DistillFrom(targets_.index_select(0, which), vectors);
    }
    losses_ += torch::stack({triplet, teaching.cosine, teaching.similarity}).detach();
    ++steps_since_report_;
    return options.triplet_weight * triplet + options.cosine_weight * teaching.cosine +
           options.similarity_weight * teaching.similarity;
  }

  // At first the average forgets fast, so that it does not cling to the random beginning.
  void Average() {
    const auto step = static_cast<double>(state_.step);
    const double keep = std::min(state_.options.average, (1 + step) / (10 + step));
    average_.lerp_(network_.parameters(), 1 - keep);
    average_statistics_.lerp_(network_.statistics(), 1 - keep);
  }

  Status Report() {
    HistoryRow row;
    row.step = state_.step;
    row.images = state_.images;
    row.learning_rate = learning_rate_;
    const std::vector<float> sums = ToFloats(losses_);
    const double steps = std::max(steps_since_report_, 1);
    row.triplet = sums[0] / steps;
    row.cosine = sums[1] / steps;
    row.similarity = sums[2] / steps;
    const double seconds = std::chrono::duration<double>(Clock::now() - reported_at_).count();
    row.images_per_second = static_cast<double>(row.images - images_at_report_) / std::max(seconds, 1e-9);
    if (!std::isfinite(row.triplet + row.cosine + row.similarity)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the loss is no number any more at step {}: begin again with a lower learning-rate", row.step);
    }
    const bool last = state_.step == state_.options.steps;
    if (last || state_.step % run_.validate_every == 0) {
      ASSIGN_OR_RETURN(row.validation, Measure());
    }
    state_.history.push_back(row);
    if (run_.report) run_.report(row);
    losses_.zero_();
    steps_since_report_ = 0;
    images_at_report_ = row.images;
    reported_at_ = Clock::now();
    return {};
  }

  // Of the averaged weights.
  Result<ValidationResult> Measure() {
    const torch::Tensor parameters = network_.parameters().clone();
    const torch::Tensor statistics = network_.statistics().clone();
    network_.parameters().copy_(average_);
    network_.statistics().copy_(average_statistics_);
    const auto embed = [this](std::span<const Image> pictures) {
      std::vector<torch::Tensor> pixels;
      for (const Image& picture : pictures) pixels.push_back(PixelsOf(picture.pixels(), side_));
      return ToFloats(network_.Forward(Normalized(torch::cat(pixels), network_.device()), {}).at("embedding"));
    };
    auto result = Validate(data_.faces, side_, run_.validation_pairs, embed);
    network_.parameters().copy_(parameters);
    network_.statistics().copy_(statistics);
    return result;
  }

  void KeepState() {
    state_.network = network_.ToGraph();
    state_.average = ToFloats(average_);
    state_.average_statistics = ToFloats(average_statistics_);
    state_.first_moment = ToFloats(optimizer_.first_moment());
    state_.second_moment = ToFloats(optimizer_.second_moment());
  }

  Status Save() {
    if (run_.folder.empty()) return {};
    KeepState();
    RETURN_IF_ERROR(MakeFolders(run_.folder));
    RETURN_IF_ERROR(WriteCheckpoint(state_, run_.folder / kCheckpointName));
    RETURN_IF_ERROR(WriteFileAtomically(run_.folder / "history.csv", HistoryCsv(state_.history)));
    return WriteFileAtomically(run_.folder / "curve.svg", HistorySvg(state_.history));
  }

  Checkpoint state_;  // its vectors and network are as of the last KeepState
  const FacenetData& data_;
  const TrainingRun& run_;
  TorchNetwork network_;
  int side_;
  AdamW optimizer_;
  ForwardOptions forward_;
  torch::Tensor average_;
  torch::Tensor average_statistics_;
  torch::Tensor targets_;  // a unit vector for each crop; undefined without a teacher
  torch::Tensor losses_;   // triplet, cosine, similarity: sums since the last report
  int steps_since_report_ = 0;
  double learning_rate_ = 0;
  std::int64_t images_at_report_ = state_.images;
  Clock::time_point reported_at_ = Clock::now();
};

Status CheckBeginning(const Checkpoint& start, const FacenetData& data) {
  const std::string teacher = data.teacher ? data.teacher->teacher : "";
  if (start.pack != data.pack || start.teacher != teacher) {
    return Fail(ErrorCode::kInvalidArgument,
                "the training began with another pack of crops or another teacher: begin a new one in another folder");
  }
  if (data.faces.learned.empty() || (data.faces.people.size() < 2 && !data.teacher)) {
    return Fail(ErrorCode::kInvalidArgument,
                "there is nothing to learn from: it takes two people with two crops each, or a teacher");
  }
  return {};
}

}  // namespace

Checkpoint BeginTraining(Graph network, const FacenetOptions& options, const FacenetData& data) {
  Checkpoint checkpoint;
  checkpoint.network = std::move(network);
  checkpoint.options = options;
  checkpoint.pack = data.pack;
  checkpoint.teacher = data.teacher ? data.teacher->teacher : "";
  return checkpoint;
}

Result<Checkpoint> TrainFacenet(Checkpoint start, const FacenetData& data, const TrainingRun& run) {
  RETURN_IF_ERROR(CheckBeginning(start, data));
  if (run.cuda && !torch::cuda::is_available()) {
    return Fail(ErrorCode::kUnsupported, "there is no CUDA device that libtorch can use here: train with --device cpu");
  }
  return WithTorch<Checkpoint>([&]() -> Result<Checkpoint> {
    const torch::NoGradGuard no_gradients;  // but where the loss is computed
    ASSIGN_OR_RETURN(TorchNetwork network, TorchNetwork::Make(start.network, run.cuda ? torch::kCUDA : torch::kCPU));
    FacenetTrainer trainer(std::move(start), data, run, std::move(network));
    RETURN_IF_ERROR(trainer.AskTeacher());
    return trainer.Run();
  });
}

Result<Graph> AveragedNetwork(const Checkpoint& checkpoint) {
  return WithTorch<Graph>([&]() -> Result<Graph> {
    ASSIGN_OR_RETURN(const TorchNetwork network, TorchNetwork::Make(checkpoint.network));
    if (checkpoint.average.empty()) return checkpoint.network;
    const torch::NoGradGuard no_gradients;
    if (static_cast<std::int64_t>(checkpoint.average.size()) != network.parameters().numel() ||
        static_cast<std::int64_t>(checkpoint.average_statistics.size()) != network.statistics().numel()) {
      return Fail(ErrorCode::kCorrupt, "the checkpoint's averaged weights are not those of its network");
    }
    network.parameters().copy_(FromFloats(checkpoint.average, torch::kCPU));
    network.statistics().copy_(FromFloats(checkpoint.average_statistics, torch::kCPU));
    return network.ToGraph();
  });
}

}  // namespace kinfolder
