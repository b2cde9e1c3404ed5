#include "app/subject.h"

#include <utility>
#include <vector>

#include "faces/align.h"

namespace kinfolder {

const Detection* ChooseSubject(std::span<const Detection> detections, Size size) {
  const auto width = static_cast<float>(size.width);
  const auto height = static_cast<float>(size.height);
  const Detection* chosen = nullptr;
  float highest = 0;
  for (const Detection& detection : detections) {
    const Box box = Scaled(detection.box, width, height);
    const float dx = box.center().x - width / 2;
    const float dy = box.center().y - height / 2;
    const float weight = box.area() - 2 * (dx * dx + dy * dy);
    if (chosen != nullptr && weight <= highest) continue;
    chosen = &detection;
    highest = weight;
  }
  return chosen;
}

Detection UsualSubject() {
  return {{0.31F, 0.27F, 0.69F, 0.76F},
          {{{0.42F, 0.46F}, {0.58F, 0.46F}, {0.50F, 0.56F}, {0.43F, 0.65F}, {0.57F, 0.65F}}},
          0};
}

Result<SubjectPlace> FindSubject(const Mtcnn& detector, const Image& photo) {
  ASSIGN_OR_RETURN(const std::vector<Detection> detections, detector.Detect(photo));
  const Detection* found = ChooseSubject(detections, photo.size());
  return SubjectPlace{found != nullptr ? *found : UsualSubject(), found != nullptr};
}

Result<Subject> EmbedSubject(const FaceScanner& scanner, const Image& photo) {
  ASSIGN_OR_RETURN(const SubjectPlace place, FindSubject(scanner.detector(), photo));
  const Image crop = CropFace(photo, place.detection, scanner.embedder().crop_rule());
  ASSIGN_OR_RETURN(std::vector<Embedding> embeddings, scanner.embedder().Embed({&crop, 1}));
  return Subject{std::move(embeddings.front()), place.detected};
}

Result<std::map<std::filesystem::path, Subject>> EmbedSubjects(const FaceScanner& scanner, const DecodeOptions& decode,
                                                               const std::filesystem::path& folder,
                                                               const std::set<std::filesystem::path>& pictures,
                                                               const ParallelRun& run) {
  std::map<std::filesystem::path, Subject> subjects;
  for (const std::filesystem::path& picture : pictures) subjects.try_emplace(picture);
  std::vector<std::pair<const std::filesystem::path, Subject>*> places;
  places.reserve(subjects.size());
  for (auto& place : subjects) places.push_back(&place);
  RETURN_IF_ERROR(ForEachInParallel(places.size(), run, [&](std::size_t i) -> Status {
    const std::filesystem::path path = folder / places[i]->first;
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(path, decode));
    Result<Subject> subject = EmbedSubject(scanner, photo.image);
    if (!subject) return Fail(subject.error().code, "{}: {}", path.string(), subject.error().message);
    places[i]->second = *std::move(subject);
    return {};
  }));
  return subjects;
}

}  // namespace kinfolder
