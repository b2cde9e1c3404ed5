// Photos and faces made up for tests of catalogues.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "domain/face.h"

namespace kinfolder {

inline constexpr char kDetectorId[] = "mtcnn/normal/min20";
inline constexpr char kModel[] = "facenet";

inline ContentHash ContentOf(const std::string& text) { return Sha256Of(AsBytes(text)); }

// A face in a square of a tenth of the photo, `column` tenths from the left and `shift` beside that.
inline ScannedFace FaceAt(int column, float shift = 0, const std::string& model = kModel) {
  ScannedFace face;
  const float left = static_cast<float>(column) / 10 + shift;
  face.detection.box = {left, 0.25F, left + 0.1F, 0.35F};
  for (std::size_t i = 0; i < face.detection.landmarks.size(); ++i) {
    face.detection.landmarks[i] = {left + 0.01F * static_cast<float>(i), 0.3F};
  }
  face.detection.score = 0.9F + shift;
  face.quality = {100 + shift, 0.5F, 0.4F, -3, 2, 1};
  face.embedding = {model, {left, 1, static_cast<float>(column)}};
  return face;
}

// The photo of content `content` in a file of its own.
inline ScannedPhoto PhotoOf(const std::string& content, std::vector<ScannedFace> faces) {
  ScannedPhoto photo;
  photo.file = {"/photos/" + content + ".jpg", {10, 20}};
  photo.content = ContentOf(content);
  photo.info = {10, "jpeg", {400, 300}, 6, LocalTime{2019, 5, 4, 12, 30, 0}, "Exif.Photo.DateTimeOriginal", "Canon"};
  photo.detector = kDetectorId;
  photo.embedder = kModel;
  photo.faces = std::move(faces);
  return photo;
}

}  // namespace kinfolder
