// Faces: where one is, how good its picture is, and what the recogniser makes of it.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "domain/geometry.h"
#include "domain/photo.h"

namespace kinfolder {

struct FaceTag;
using FaceId = Id<FaceTag>;

// What a detector found. Box and landmarks in fractions (0 to 1) of the upright photo's width and height; a box may
// reach a little beyond the picture where the face is cut by the border.
struct Detection {
  Box box;
  Landmarks landmarks{};
  float score = 0;  // 0 to 1

  bool operator==(const Detection&) const = default;
};

// How good a face's picture is for recognition.
struct Quality {
  float width_px = 0;      // box width in pixels of the upright photo as stored
  float sharpness = 0;     // 0 (blurred) to 1; see faces/quality.h
  float brightness = 0;    // mean luma of the face, 0 (black) to 1 (white)
  float yaw_degrees = 0;   // estimated from the landmarks: 0 frontal, positive when the face looks to its left
  float roll_degrees = 0;  // in-plane rotation of the line through the eyes
  float visible = 1;       // fraction of the box inside the photo

  bool operator==(const Quality&) const = default;
};

// A unit vector that knows which model made it: only embeddings of one model can be compared.
struct Embedding {
  std::string model;  // ModelPackage id, e.g. "facenet-vggface2"
  std::vector<float> values;

  bool operator==(const Embedding&) const = default;
};

// One face of a photo on its way into the catalogue.
struct ScannedFace {
  Detection detection;
  Quality quality;
  Embedding embedding;
};

// What a scan found out about one photo: everything the catalogue keeps of it.
struct ScannedPhoto {
  FoundPhoto file;
  ContentHash content;
  PhotoInfo info;
  std::string detector;  // detector id with the settings that change what it finds, e.g. "mtcnn/normal/min20"
  std::string embedder;  // model id of the embeddings
  std::vector<ScannedFace> faces;
};

// A file that could not be read, and why, in one sentence.
struct FailedPhoto {
  FoundPhoto file;
  Error error;
};

}  // namespace kinfolder
