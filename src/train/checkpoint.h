// A training that can go on: everything that the next step depends on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "nn/graph.h"
#include "train/facenet_options.h"
#include "train/training_history.h"

namespace kinfolder {

struct Checkpoint {
  Graph network;  // as trained so far
  FacenetOptions options;
  std::int64_t step = 0;    // how many are done
  std::int64_t images = 0;  // seen so far
  std::string pack;         // SHA-256 of the crops
  std::string teacher;      // model id; "" for none
  History history;
  // Flat, as TorchNetwork's parameters and statistics; empty before the first step.
  std::vector<float> average;             // of the parameters over time: what is measured and exported
  std::vector<float> average_statistics;  // the same of the statistics
  std::vector<float> first_moment;        // AdamW's
  std::vector<float> second_moment;
  std::vector<float> projection;  // [teacher's dimension, network's]; empty where they are equal or there is no teacher
};

Status WriteCheckpoint(const Checkpoint& checkpoint, const std::filesystem::path& target);
// kCorrupt with what is wrong.
Result<Checkpoint> ReadCheckpoint(const std::filesystem::path& path);

}  // namespace kinfolder
