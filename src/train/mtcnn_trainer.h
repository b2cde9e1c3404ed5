// Trains one of MTCNN's networks on windows cut beforehand (train/window_cutter.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "nn/graph.h"
#include "train/mtcnn_stage.h"
#include "train/stage_options.h"
#include "train/window_set.h"

namespace kinfolder {

// Losses as means, before weighting.
struct StageLosses {
  double face = 0;       // of the hardest windows while learning, of all when measured
  double box = 0;        // squared distance of the four offsets
  double landmarks = 0;  // squared distance of the ten coordinates
};

// What happened since the row before.
struct StageRow {
  std::int64_t step = 0;
  double windows_per_second = 0;
  double learning_rate = 0;
  StageLosses learning;
  std::optional<StageLosses> held_out;  // of the averaged weights
  double accuracy = 0;                  // of held-out windows of which the truth is known, right at probability 0.5
};

// A training that can go on: everything that the next step depends on.
struct StageCheckpoint {
  MtcnnStage stage = MtcnnStage::kPnet;
  Graph network;  // as trained so far
  StageOptions options;
  std::int64_t step = 0;  // how many are done
  std::string windows;    // SHA-256 of their file
  std::vector<StageRow> history;
  // Flat, as TorchNetwork's parameters; empty before the first step.
  std::vector<float> average;  // of the parameters over time: what is measured and exported
  std::vector<float> first_moment;
  std::vector<float> second_moment;
};

Status WriteStageCheckpoint(const StageCheckpoint& checkpoint, const std::filesystem::path& target);
// kCorrupt with what is wrong.
Result<StageCheckpoint> ReadStageCheckpoint(const std::filesystem::path& path);

// A line a row, with a header; empty fields where nothing was measured.
std::string StageHistoryCsv(const std::vector<StageRow>& history);

// How it is run, which the result does not depend on but for rounding.
struct StageRun {
  bool cuda = false;
  std::filesystem::path folder;  // checkpoint and history.csv are kept there; empty: nowhere
  std::int64_t checkpoint_every = 1000;
  std::int64_t report_every = 250;
  std::int64_t validate_every = 1000;
  std::int64_t stop_at = 0;        // end early, after this step; 0: don't
  const StopFlag* stop = nullptr;  // nullptr: can't be stopped
  std::function<void(const StageRow&)> report;
};

StageCheckpoint BeginStage(MtcnnStage stage, const StageOptions& options, const StageWindows& windows);

// Goes on from `start` to its last step. Whether it was interrupted in between makes no difference for the weights on
// the same machine with as many threads. kInterrupted after the checkpoint has been written; kInvalidArgument for
// windows that are not those that the training began with, for none at all, and where the loss is no number any more;
// kUnsupported where libtorch can't do it, say for want of CUDA.
Result<StageCheckpoint> TrainStage(StageCheckpoint start, const StageWindows& windows, const StageRun& run);

// The network with the averaged weights.
Result<Graph> AveragedNetwork(const StageCheckpoint& checkpoint);

}  // namespace kinfolder
