#include "train/face_set.h"

#include <map>
#include <utility>

#include "image/decode.h"

namespace kinfolder {

Result<FaceSet> LoadFaces(const CropPack& pack, double validation_share, const ParallelRun& run) {
  FaceSet faces;
  faces.crops.resize(pack.crops.size());
  RETURN_IF_ERROR(ForEachInParallel(pack.crops.size(), run, [&](std::size_t i) -> Status {
    auto decoded = Decode(pack.picture(pack.crops[i]), {});
    if (!decoded) return Fail(decoded.error().code, "{}: {}", pack.crops[i].source, decoded.error().message);
    faces.crops[i] = std::move(decoded->image);
    return {};
  }));
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

}  // namespace kinfolder
