#include "train/training_face.h"

#include <utility>

#include "app/subject.h"
#include "train/black_frame.h"

namespace kinfolder {

Result<std::optional<TrainingFace>> FindTrainingFace(const Mtcnn& detector, const Image& picture) {
  Image freed = WithoutBlackFrame(picture);
  ASSIGN_OR_RETURN(const SubjectPlace place, FindSubject(detector, freed));
  if (!place.detected) return std::optional<TrainingFace>();
  return std::optional(TrainingFace{std::move(freed), place.detection});
}

}  // namespace kinfolder
