// Faces that nobody has, made of two others: a teacher has an opinion about them too, so that a student hears more of
// what the teacher knows than there are pictures. Beyer et al. 2022, "Knowledge distillation: A good teacher is patient
// and consistent", section 3 (function matching).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "image/image.h"

namespace kinfolder {

// The crops that show a photo up to their edges, where others repeat their last row or column because the photo ended
// there (train/black_frame.h).
std::vector<std::size_t> WholeCrops(std::span<const Image> crops);

// Number `index` of the faces made of `count` crops: always of the same two, which may be one and the same. The second
// is one of the `whole` crops more often than not.
struct Parents {
  std::size_t first = 0;
  std::size_t second = 0;
};
Parents ParentsOf(std::size_t index, std::size_t count, std::span<const std::size_t> whole);

// That face: a mixture of both crops that changes from place to place, the second alone where the first has no more
// photo, all bent a little, as faces differ in their proportions. Of the first one's size, to which the second is
// resized; `index` alone decides how.
Image MakeUpFace(const Image& first, const Image& second, std::size_t index);

}  // namespace kinfolder
