#include "train/face_set.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "image/decode.h"
#include "image/resample.h"
#include "train/face_view.h"
#include "train/made_up_face.h"

namespace kinfolder {

Result<std::vector<Image>> DecodeCrops(const CropPack& pack, const ParallelRun& run) {
  std::vector<Image> crops(pack.crops.size());
  RETURN_IF_ERROR(ForEachInParallel(crops.size(), run, [&](std::size_t i) -> Status {
    auto decoded = Decode(pack.picture(pack.crops[i]), {});
    if (!decoded) return Fail(decoded.error().code, "{}: {}", pack.crops[i].source, decoded.error().message);
    crops[i] = std::move(decoded->image);
    return {};
  }));
  return crops;
}

Image FaceOf(std::span<const Image> crops, std::span<const std::size_t> whole, std::size_t number) {
  if (number < crops.size()) return crops[number];
  const std::size_t index = number - crops.size();
  const Parents parents = ParentsOf(index, crops.size(), whole);
  return MakeUpFace(crops[parents.first], crops[parents.second], index);
}

Result<FaceSet> LoadFaces(const CropPack& pack, int side, double validation_share, const ParallelRun& run) {
  FaceSet faces;
  ASSIGN_OR_RETURN(faces.crops, DecodeCrops(pack, run));
  faces.whole = WholeCrops(faces.crops);  // before they are made smaller, as the teacher saw them
  const int enough = static_cast<int>(std::lround(side / kViewedPart));
  for (Image& crop : faces.crops) {
    if (std::min(crop.width(), crop.height()) > enough) crop = ResizeArea(crop, {enough, enough});
  }
  std::map<std::string, FaceSet::Person> people;
  for (std::size_t i = 0; i < pack.crops.size(); ++i) {
    const PackedCrop& crop = pack.crops[i];
    const bool held_out = !crop.person.empty() && IsForValidation(crop.group, validation_share);
    if (!held_out) faces.learned.push_back(i);
    if (crop.person.empty()) continue;
    people[crop.person].group = crop.group;
    people[crop.person].crops.push_back(i);
  }
  for (auto& [name, person] : people) {
    if (person.crops.size() < 2) continue;
    (IsForValidation(person.group, validation_share) ? faces.held_out : faces.people).push_back(std::move(person));
  }
  return faces;
}

void AddMadeUpFaces(FaceSet& faces, std::size_t count) {
  std::vector<bool> is_learned(faces.crops.size());
  for (const std::size_t crop : faces.learned) is_learned[crop] = true;
  for (std::size_t i = 0; i < count; ++i) {
    const Parents parents = ParentsOf(i, faces.crops.size(), faces.whole);
    if (is_learned[parents.first] && is_learned[parents.second]) faces.learned.push_back(faces.crops.size() + i);
  }
}

}  // namespace kinfolder
