// Batches of faces for training, made ahead by threads of their own. What is in a batch depends on the seed and on the
// step alone, so that a training that was interrupted goes on as if nothing had happened.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "train/face_set.h"

namespace kinfolder {

struct BatchPlan {
  std::uint64_t seed = 1;
  int people = 16;           // of each batch; fewer where there are fewer
  int crops_per_person = 4;  // some of them twice where a person has fewer
  int free_crops = 64;       // further crops of anybody
  int side = 112;            // pixels
};

struct FaceBatch {
  std::vector<std::uint8_t> pixels;  // crop after crop, side x side x 3
  std::vector<std::size_t> crops;    // which faces they are: those of people first, a person's one after the other
  std::vector<std::int64_t> people;  // of the first crops: who they are
};

// The crops as RandomView and RandomlyDamaged make them.
FaceBatch MakeBatch(const FaceSet& faces, const BatchPlan& plan, std::int64_t step);

// Makes the batches of first_step, first_step + 1, ... in `workers` threads, a few ahead.
class BatchQueue {
 public:
  // `faces` must outlive the queue.
  BatchQueue(const FaceSet& faces, const BatchPlan& plan, std::int64_t first_step, int workers);
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // The next step's.
  FaceBatch Take();

 private:
  void Work();

  const FaceSet& faces_;
  const BatchPlan plan_;
  const std::int64_t most_ahead_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t next_to_make_;  // guarded by mutex_, as all below
  std::int64_t next_to_take_;
  std::map<std::int64_t, FaceBatch> made_;
  bool over_ = false;
  std::vector<std::jthread> workers_;
};

}  // namespace kinfolder
