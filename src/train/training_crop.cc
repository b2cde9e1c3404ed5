#include "train/training_crop.h"

#include "app/subject.h"
#include "train/black_frame.h"

namespace kinfolder {

Result<std::optional<FaceCrop>> CutTrainingCrop(const Mtcnn& detector, const Image& picture) {
  const Image freed = WithoutBlackFrame(picture);
  ASSIGN_OR_RETURN(const SubjectPlace place, FindSubject(detector, freed));
  if (!place.detected) return std::optional<FaceCrop>();
  return std::optional(CutFaceCrop(freed, place.detection));
}

}  // namespace kinfolder
