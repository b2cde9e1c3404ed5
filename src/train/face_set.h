// The crops of a pack in memory, sorted into those that a network learns from and those that it is measured with.
#pragma once

#include <string>
#include <vector>

#include "app/parallel.h"
#include "image/image.h"
#include "train/crop_pack.h"

namespace kinfolder {

// Crops are numbered as in the pack.
struct FaceSet {
  struct Person {
    std::string group;
    std::vector<std::size_t> crops;
  };

  std::vector<Image> crops;
  std::vector<Person> people;        // to learn from, with two crops or more
  std::vector<std::size_t> learned;  // all crops to learn from, those of nobody known among them
  std::vector<Person> held_out;      // of groups that nothing is learned from, with two crops or more
};

// Decodes everything. `validation_share` as IsForValidation. Fails with the first crop that can't be read.
Result<FaceSet> LoadFaces(const CropPack& pack, double validation_share, const ParallelRun& run);

}  // namespace kinfolder
