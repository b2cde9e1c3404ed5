#include "train/labelled_faces.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "app/photo_stages.h"
#include "base/file.h"
#include "train/training_crop.h"

namespace kinfolder {
namespace {

struct Listed {
  std::filesystem::path picture;
  std::string person;
};

Result<std::vector<Listed>> ListPictures(const std::filesystem::path& folder) {
  std::vector<Listed> pictures;
  std::error_code error;
  for (std::filesystem::directory_iterator person(folder, error), end; !error && person != end;
       person.increment(error)) {
    if (!person->is_directory(error)) continue;
    for (std::filesystem::directory_iterator picture(person->path(), error); !error && picture != end;
         picture.increment(error)) {
      if (picture->is_regular_file(error)) pictures.push_back({picture->path(), person->path().filename().string()});
    }
  }
  if (error) return Fail(FileError(error.value(), "list", folder));
  if (pictures.empty()) {
    return Fail(ErrorCode::kNotFound, "no pictures in folders of people below {}", folder.string());
  }
  std::ranges::sort(pictures, {}, &Listed::picture);
  return pictures;
}

}  // namespace

Result<std::vector<LabelledFace>> LoadLabelledFaces(const Mtcnn& detector, const std::filesystem::path& folder,
                                                    const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<Listed> pictures, ListPictures(folder));
  std::vector<std::optional<LabelledFace>> loaded(pictures.size());
  RETURN_IF_ERROR(ForEachInParallel(pictures.size(), run, [&](std::size_t i) -> Status {
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(pictures[i].picture, {}));
    ASSIGN_OR_RETURN(std::optional<FaceCrop> face, CutTrainingCrop(detector, photo.image));
    if (face) loaded[i] = LabelledFace{*std::move(face), pictures[i].person};
    return {};
  }));
  std::vector<LabelledFace> faces;
  for (std::optional<LabelledFace>& face : loaded) {
    if (face) faces.push_back(std::move(*face));
  }
  return faces;
}

}  // namespace kinfolder
