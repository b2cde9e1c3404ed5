// What a teacher makes of every crop of a pack, and of faces made up of them: computed once, and kept in a file beside
// the pack.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "faces/embedder.h"
#include "train/crop_pack.h"

namespace kinfolder {

inline constexpr std::size_t kMostMadeUp = 100'000'000;

struct TeacherVectors {
  std::string teacher;  // model id
  int dimension = 0;
  std::size_t made_up = 0;    // how many faces that train/made_up_face.h makes of the pack's crops
  std::vector<float> values;  // unit vectors: one a crop of the pack, in its order, then those of the faces made up

  std::span<const float> of(std::size_t crop) const {
    const auto size = static_cast<std::size_t>(dimension);
    return std::span(values).subspan(crop * size, size);
  }
};

// The teacher sees the middle of the clean crop (train/face_view.h), and of `made_up` faces made of the crops. Fails
// with the first crop that can't be read.
Result<TeacherVectors> AskTeacher(const Embedder& teacher, const CropPack& pack, std::size_t made_up,
                                  const ParallelRun& run);

// In half precision.
Status WriteTeacherVectors(const TeacherVectors& vectors, const CropPack& pack, const std::filesystem::path& target);

// kCorrupt for a damaged file, kInvalidArgument for one that was made of another pack.
Result<TeacherVectors> ReadTeacherVectors(const std::filesystem::path& path, const CropPack& pack);

}  // namespace kinfolder
