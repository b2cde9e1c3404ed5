#include "train/mtcnn_trainer.h"

#include <torch/cuda.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <utility>

#include "base/file.h"
#include "train/adamw.h"
#include "train/chance.h"
#include "train/learning_rate.h"
#include "train/stage_losses.h"
#include "train/torch_network.h"
#include "train/torch_values.h"
#include "train/training_file.h"

namespace kinfolder {
namespace {

using StageClock = std::chrono::steady_clock;

constexpr std::int64_t kMeasuredWindows = 20'000;  // held-out ones, spread over all
constexpr std::int64_t kMeasuredBatch = 500;

// A set's windows as tensors that share its memory.
struct WindowTensors {
  torch::Tensor pixels;   // [N, 3, side, side], bytes
  torch::Tensor targets;  // [N, 22]

  explicit WindowTensors(const WindowSet& set) {
    const auto count = static_cast<std::int64_t>(set.targets.size());
    pixels =
        torch::from_blob(const_cast<std::uint8_t*>(set.pixels.data()), {count, 3, set.side, set.side}, torch::kUInt8);
    targets = torch::from_blob(const_cast<WindowTarget*>(set.targets.data()), {count, kTargetFloats}, torch::kFloat32);
  }
  std::int64_t size() const { return targets.size(0); }
};

// As networks take them, in channels-last order.
torch::Tensor WindowValues(const torch::Tensor& pixels, const torch::Device& device) {
  return pixels.to(device).to(torch::kFloat32).sub_(127.5).div_(128).contiguous(at::MemoryFormat::ChannelsLast);
}

// Sums that are divided in the end.
struct Tally {
  torch::Tensor losses;  // face, box, landmarks
  double batches = 0;

  StageLosses Mean() const {
    const std::vector<float> sums = ToFloats(losses);
    const double count = std::max(batches, 1.0);
    return {sums[0] / count, sums[1] / count, sums[2] / count};
  }
};

class StageTrainer {
 public:
  StageTrainer(StageCheckpoint state, const StageWindows& windows, const StageRun& run, TorchNetwork network)
      : state_(std::move(state)),
        run_(run),
        learned_(windows.learned),
        held_out_(windows.held_out),
        network_(std::move(network)),
        optimizer_(network_, state_.options.weight_decay) {
    if (state_.average.empty()) {
      average_ = network_.parameters().clone();
    } else {
      average_ = FromFloats(state_.average, network_.device());
      optimizer_.Restore(FromFloats(state_.first_moment, network_.device()),
                         FromFloats(state_.second_moment, network_.device()), state_.step);
    }
    Forget();
  }

  Result<StageCheckpoint> Run() {
    const StageOptions& options = state_.options;
    if (state_.history.empty()) RETURN_IF_ERROR(Report());
    const std::int64_t end = run_.stop_at > 0 ? std::min(run_.stop_at, options.steps) : options.steps;
    while (state_.step < end) {
      if (run_.stop != nullptr && run_.stop->stopped()) {
        RETURN_IF_ERROR(Save());
        return Fail(ErrorCode::kInterrupted, "stopped after step {} of {}; the same command goes on from there",
                    state_.step, options.steps);
      }
      Step();
      const bool last = state_.step == end;
      if (last || state_.step % run_.report_every == 0) RETURN_IF_ERROR(Report());
      if (last || state_.step % run_.checkpoint_every == 0) RETURN_IF_ERROR(Save());
    }
    KeepState();
    return std::move(state_);
  }

 private:
  void Step() {
    const StageOptions& options = state_.options;
    network_.gradients().zero_();
    {
      const torch::AutoGradMode with_gradients(true);
      const torch::Tensor which = Draw();
      torch::Tensor pixels = learned_.pixels.index_select(0, which);
      torch::Tensor rows = learned_.targets.index_select(0, which);
      // Windows come in no order: half of them is any half.
      const std::int64_t half = which.size(0) / 2;
      pixels.narrow(0, 0, half).copy_(pixels.narrow(0, 0, half).flip({3}));
      rows.narrow(0, 0, half).copy_(MirroredTargets(rows.narrow(0, 0, half)));
      const torch::Tensor losses = Losses(pixels, rows, options.hard_share, true);
      const torch::Tensor weights = torch::tensor(std::vector<float>{static_cast<float>(options.face_weight),
                                                                     static_cast<float>(options.box_weight),
                                                                     static_cast<float>(options.landmark_weight)});
      (losses * weights.to(losses.device())).sum().backward();
      tally_.losses += losses.detach();
    }
    ++tally_.batches;
    ++state_.step;
    learning_rate_ = LearningRateAt({options.learning_rate, options.steps, options.warmup}, state_.step - 1);
    optimizer_.Step(network_, learning_rate_, options.clip);
    // At first the average forgets fast, so that it does not cling to the random beginning.
    const auto step = static_cast<double>(state_.step);
    average_.lerp_(network_.parameters(), 1 - std::min(options.average, (1 + step) / (10 + step)));
  }

  // The windows of this step's batch: the same whenever it is drawn.
  torch::Tensor Draw() const {
    std::seed_seq seed{state_.options.seed, state_.step};
    Random random(seed);
    std::vector<std::int64_t> which(static_cast<std::size_t>(state_.options.batch));
    for (std::int64_t& one : which) one = static_cast<std::int64_t>(random()) % learned_.size();
    return torch::tensor(which, torch::kInt64);
  }

  // Face, box, landmarks: [3].
  torch::Tensor Losses(const torch::Tensor& pixels, const torch::Tensor& rows, double hard_share, bool training) {
    ForwardOptions forward;
    forward.training = training;
    const auto outputs = network_.Forward(WindowValues(pixels, network_.device()), forward);
    const StageTargets targets = CombineTargets(rows.to(network_.device()), state_.options.teacher_share);
    const std::int64_t count = rows.size(0);
    const torch::Tensor answered = outputs.at("face").reshape({count});
    face_ = answered.detach();
    const torch::Tensor face = MeanOfHardest(FaceDivergence(answered, targets.face), hard_share);
    const torch::Tensor box =
        MeanSquaredDistance(outputs.at("box").reshape({count, 4}), targets.box, targets.box_known);
    const auto landmarks = outputs.find("landmarks");
    return torch::stack({face, box,
                         landmarks == outputs.end()
                             ? torch::zeros_like(box)
                             : MeanSquaredDistance(landmarks->second, targets.landmarks, targets.landmarks_known)});
  }

  // Held-out windows, by the averaged weights.
  void Measure(StageRow& row) {
    const torch::Tensor parameters = network_.parameters().clone();
    network_.parameters().copy_(average_);
    Tally tally{torch::zeros_like(tally_.losses)};
    double known = 0;
    double right = 0;
    const std::int64_t every = std::max<std::int64_t>(held_out_.size() / kMeasuredWindows, 1);
    for (std::int64_t begin = 0; begin < held_out_.size(); begin += kMeasuredBatch * every) {
      const std::int64_t end = std::min(begin + kMeasuredBatch * every, held_out_.size());
      const torch::Tensor rows = held_out_.targets.slice(0, begin, end, every);
      tally.losses += Losses(held_out_.pixels.slice(0, begin, end, every), rows, 1, false);
      ++tally.batches;
      const torch::Tensor label = rows.select(1, 0);
      const torch::Tensor is_known = label >= 0;
      const torch::Tensor says_face = face_.to(torch::kCPU) > 0.5;
      known += is_known.sum().item<double>();
      right += says_face.eq(label > 0.5).logical_and(is_known).sum().item<double>();
    }
    network_.parameters().copy_(parameters);
    row.held_out = tally.Mean();
    row.accuracy = right / std::max(known, 1.0);
  }

  Status Report() {
    StageRow row;
    row.step = state_.step;
    row.learning_rate = learning_rate_;
    row.learning = tally_.Mean();
    const double seconds = std::chrono::duration<double>(StageClock::now() - reported_at_).count();
    row.windows_per_second = tally_.batches * static_cast<double>(state_.options.batch) / std::max(seconds, 1e-9);
    if (!std::isfinite(row.learning.face + row.learning.box + row.learning.landmarks)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the loss is no number any more at step {}: begin again with a lower learning-rate", row.step);
    }
    const bool last = state_.step == state_.options.steps;
    if (held_out_.size() > 0 && (last || state_.step % run_.validate_every == 0)) Measure(row);
    state_.history.push_back(row);
    if (run_.report) run_.report(row);
    Forget();
    return {};
  }

  void Forget() {
    tally_ = {torch::zeros({3}, average_.options())};
    reported_at_ = StageClock::now();
  }

  void KeepState() {
    state_.network = network_.ToGraph();
    state_.average = ToFloats(average_);
    state_.first_moment = ToFloats(optimizer_.first_moment());
    state_.second_moment = ToFloats(optimizer_.second_moment());
  }

  Status Save() {
    if (run_.folder.empty()) return {};
    KeepState();
    RETURN_IF_ERROR(MakeFolders(run_.folder));
    RETURN_IF_ERROR(WriteStageCheckpoint(state_, run_.folder / kCheckpointName));
    return WriteFileAtomically(run_.folder / "history.csv", StageHistoryCsv(state_.history));
  }

  StageCheckpoint state_;  // its vectors and network are as of the last KeepState
  const StageRun& run_;
  WindowTensors learned_;
  WindowTensors held_out_;
  TorchNetwork network_;
  AdamW optimizer_;
  torch::Tensor average_;
  torch::Tensor face_;  // of the last windows, [N]
  Tally tally_;         // since the last report
  double learning_rate_ = 0;
  StageClock::time_point reported_at_;
};

}  // namespace

StageCheckpoint BeginStage(MtcnnStage stage, const StageOptions& options, const StageWindows& windows) {
  StageCheckpoint checkpoint;
  checkpoint.stage = stage;
  checkpoint.network = StageNetwork(stage, static_cast<std::uint64_t>(options.seed));
  checkpoint.options = options;
  checkpoint.windows = windows.sha256;
  return checkpoint;
}

Result<StageCheckpoint> TrainStage(StageCheckpoint start, const StageWindows& windows, const StageRun& run) {
  if (start.windows != windows.sha256 || windows.learned.side != StageSide(start.stage)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the training began with other windows: begin a new one in another folder");
  }
  if (windows.learned.targets.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "there is nothing to learn from: no window was cut");
  }
  if (run.cuda && !torch::cuda::is_available()) {
    return Fail(ErrorCode::kUnsupported, "there is no CUDA device that libtorch can use here: train with --device cpu");
  }
  return WithTorch<StageCheckpoint>([&]() -> Result<StageCheckpoint> {
    const torch::NoGradGuard no_gradients;  // but where the loss is computed
    ASSIGN_OR_RETURN(TorchNetwork network, TorchNetwork::Make(start.network, run.cuda ? torch::kCUDA : torch::kCPU));
    return StageTrainer(std::move(start), windows, run, std::move(network)).Run();
  });
}

Result<Graph> AveragedNetwork(const StageCheckpoint& checkpoint) {
  return WithTorch<Graph>([&]() -> Result<Graph> {
    ASSIGN_OR_RETURN(const TorchNetwork network, TorchNetwork::Make(checkpoint.network));
    if (checkpoint.average.empty()) return checkpoint.network;
    const torch::NoGradGuard no_gradients;
    if (static_cast<std::int64_t>(checkpoint.average.size()) != network.parameters().numel()) {
      return Fail(ErrorCode::kCorrupt, "the checkpoint's averaged weights are not those of its network");
    }
    network.parameters().copy_(FromFloats(checkpoint.average, torch::kCPU));
    return network.ToGraph();
  });
}

}  // namespace kinfolder
