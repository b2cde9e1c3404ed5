// Trains a face recogniser: triplet loss on people, and what a teacher sees in clean faces, on damaged ones.
// Schroff, Kalenichenko, Philbin: "FaceNet: A Unified Embedding for Face Recognition and Clustering", 2015.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "base/progress.h"
#include "base/result.h"
#include "train/checkpoint.h"
#include "train/face_set.h"
#include "train/teacher.h"
#include "train/training_file.h"

namespace kinfolder {

struct FacenetData {
  FaceSet faces;
  std::optional<TeacherVectors> teacher;
  std::string pack;  // SHA-256
};

// How it is run, which the result does not depend on but for rounding.
struct TrainingRun {
  bool cuda = false;
  bool bfloat16 = false;         // convolutions and matrix products; the weights stay in float32
  int workers = 1;               // threads that make batches
  std::filesystem::path folder;  // checkpoint, history.csv and curve.svg are kept there; empty: nowhere
  std::int64_t checkpoint_every = 500;
  std::int64_t report_every = 50;
  std::int64_t validate_every = 1000;
  int validation_pairs = 1000;     // of one person, and of two
  std::int64_t stop_at = 0;        // end early, after this step; 0: don't
  const StopFlag* stop = nullptr;  // nullptr: can't be stopped
  std::function<void(const HistoryRow&)> report;
};

// What a training begins with. `network` takes `image` [N, 3, side, side] and gives `embedding`, unit vectors.
Checkpoint BeginTraining(Graph network, const FacenetOptions& options, const FacenetData& data);

// Goes on from `start` to its last step. Whether it was interrupted in between makes no difference for the weights on
// the same machine with as many threads. kInterrupted after the checkpoint has been written; kInvalidArgument for data
// that are not those that the training began with, that hold nobody to learn from, or where the loss is no number any
// more; kUnsupported where libtorch can't do it, say for want of CUDA.
Result<Checkpoint> TrainFacenet(Checkpoint start, const FacenetData& data, const TrainingRun& run);

// The network with the averaged weights.
Result<Graph> AveragedNetwork(const Checkpoint& checkpoint);

}  // namespace kinfolder
