// The crops of a pack in memory, sorted into those that a network learns from and those that it is measured with, and
// faces made up of them.
#pragma once

#include <string>
#include <vector>

#include "base/parallel.h"
#include "image/image.h"
#include "train/crop_pack.h"

namespace kinfolder {

// Crops are numbered as in the pack; after them come the faces made up (train/made_up_face.h).
struct FaceSet {
  struct Person {
    std::string group;
    std::vector<std::size_t> crops;
  };

  std::vector<Image> crops;
  std::vector<std::size_t> whole;    // WholeCrops of them
  std::vector<Person> people;        // to learn from, with two crops or more
  std::vector<std::size_t> learned;  // all crops and faces to learn from, those of nobody known among them
  std::vector<Person> held_out;      // of groups that nothing is learned from, with two crops or more
};

// All crops of a pack, in its order. Fails with the first that can't be read.
Result<std::vector<Image>> DecodeCrops(const CropPack& pack, const ParallelRun& run);

// The crop of this number, or the face made up of the crops, of which `whole` are WholeCrops.
Image FaceOf(std::span<const Image> crops, std::span<const std::size_t> whole, std::size_t number);

// Decodes everything, for views of `side` pixels: larger crops are made no larger than such a view of them needs.
// `validation_share` as IsForValidation. Fails with the first crop that can't be read.
Result<FaceSet> LoadFaces(const CropPack& pack, int side, double validation_share, const ParallelRun& run);

// The first `count` faces made up of the crops: they are learned from as well, but for those with a part of somebody
// who is held out.
void AddMadeUpFaces(FaceSet& faces, std::size_t count);

}  // namespace kinfolder
