#include "train/face_batches.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "train/damage.h"
#include "train/face_view.h"

namespace kinfolder {
namespace {

// Independent of all other uses of the seed, steps and places in the batch.
Random RandomAt(std::uint64_t seed, std::int64_t step, std::uint32_t place) {
  const auto low = [](std::uint64_t bits) { return static_cast<std::uint32_t>(bits & 0xFFFFFFFFU); };
  const auto bits = static_cast<std::uint64_t>(step);
  std::seed_seq sequence{low(seed), low(seed >> 32U), low(bits), low(bits >> 32U), place};
  return Random(sequence);
}

// The first `count` places of a random order of 0 .. size - 1.
std::vector<std::size_t> Draw(std::size_t size, std::size_t count, Random& random) {
  std::map<std::size_t, std::size_t> moved;  // places of a list 0, 1, 2, ... that hold something else
  std::vector<std::size_t> drawn;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t j = i + random() % (size - i);
    const auto at = [&moved](std::size_t place) { return moved.contains(place) ? moved[place] : place; };
    drawn.push_back(at(j));
    moved[j] = at(i);
  }
  return drawn;
}

void ChoosePeople(const FaceSet& faces, const BatchPlan& plan, Random& random, FaceBatch& batch) {
  const std::size_t count = std::min(faces.people.size(), static_cast<std::size_t>(plan.people));
  for (const std::size_t who : Draw(faces.people.size(), count, random)) {
    const std::vector<std::size_t>& crops = faces.people[who].crops;
    const auto wanted = static_cast<std::size_t>(plan.crops_per_person);
    const std::vector<std::size_t> order = Draw(crops.size(), std::min(crops.size(), wanted), random);
    for (std::size_t i = 0; i < wanted; ++i) {
      batch.crops.push_back(crops[order[i % order.size()]]);
      batch.people.push_back(static_cast<std::int64_t>(who));
    }
  }
}

}  // namespace

FaceBatch MakeBatch(const FaceSet& faces, const BatchPlan& plan, std::int64_t step) {
  CHECK(!faces.learned.empty());
  FaceBatch batch;
  Random choice = RandomAt(plan.seed, step, 0);
  ChoosePeople(faces, plan, choice, batch);
  for (int i = 0; i < plan.free_crops; ++i) batch.crops.push_back(faces.learned[choice() % faces.learned.size()]);
  for (std::size_t i = 0; i < batch.crops.size(); ++i) {
    Random random = RandomAt(plan.seed, step, static_cast<std::uint32_t>(i + 1));
    // Harm is done to a crop, whose face lies where damage.h wants it; a view shows a part of it.
    const Image harmed = RandomlyDamaged(FaceOf(faces.crops, faces.whole, batch.crops[i]), random);
    const Image seen = RandomView(harmed, plan.side, random);
    batch.pixels.insert(batch.pixels.end(), seen.pixels().begin(), seen.pixels().end());
  }
  return batch;
}

BatchQueue::BatchQueue(const FaceSet& faces, const BatchPlan& plan, std::int64_t first_step, int workers)
    : faces_(faces), plan_(plan), most_ahead_(workers + 2), next_to_make_(first_step), next_to_take_(first_step) {
  for (int i = 0; i < std::max(workers, 1); ++i) workers_.emplace_back([this] { Work(); });
}

BatchQueue::~BatchQueue() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
}

void BatchQueue::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return over_ || next_to_make_ < next_to_take_ + most_ahead_; });
    if (over_) return;
    const std::int64_t step = next_to_make_++;
    lock.unlock();
    FaceBatch batch = MakeBatch(faces_, plan_, step);
    lock.lock();
    made_.emplace(step, std::move(batch));
    changed_.notify_all();
  }
}

FaceBatch BatchQueue::Take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return made_.contains(next_to_take_); });
  FaceBatch batch = std::move(made_.extract(next_to_take_++).mapped());
  changed_.notify_all();
  return batch;
}

}  // namespace kinfolder
