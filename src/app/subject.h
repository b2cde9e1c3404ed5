// The face that a picture of one person is of.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <span>

#include "app/photo_stages.h"
#include "base/parallel.h"
#include "base/result.h"
#include "domain/face.h"

namespace kinfolder {

// The largest face, but less so the farther it is from the middle: area - 2 * (distance of the centres)^2 in pixels,
// the rule by which the aligned LFW images of davidsandberg/facenet (align_dataset_mtcnn.py) were chosen. `size` is the
// picture's; nullptr for no detections.
const Detection* ChooseSubject(std::span<const Detection> detections, Size size);

// Where the face of an LFW picture is: the means of what MTCNN finds on the deep-funneled images. Score 0.
Detection UsualSubject();

struct SubjectPlace {
  Detection detection;
  bool detected = false;  // false: where the face of an LFW picture usually is
};

// kCorrupt when the detector's networks fail.
Result<SubjectPlace> FindSubject(const Mtcnn& detector, const Image& photo);

struct Subject {
  Embedding embedding;
  bool detected = false;  // false: embedded from where the face of an LFW picture usually is
};

Result<Subject> EmbedSubject(const FaceScanner& scanner, const Image& photo);

// The subject of each of `pictures`, which are paths below `folder`. Fails with the first that can't be read, by name.
Result<std::map<std::filesystem::path, Subject>> EmbedSubjects(const FaceScanner& scanner, const DecodeOptions& decode,
                                                               const std::filesystem::path& folder,
                                                               const std::set<std::filesystem::path>& pictures,
                                                               const ParallelRun& run);

}  // namespace kinfolder
