// Recognize: who is on a photo, without the catalogue being changed. Shows every distance, so that the answer can be
// judged.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "app/photo_stages.h"
#include "app/workspace.h"
#include "base/result.h"
#include "domain/match.h"
#include "search/gallery.h"

namespace kinfolder {

struct RecognizedFace {
  ScannedFace face;
  Match match;
  std::vector<PersonDistance> distances;  // to everybody known, nearest first
};

struct RecognizedPhoto {
  LoadedPhoto photo;
  std::vector<RecognizedFace> faces;  // left to right
};

class Recognizer {
 public:
  // Reads the references of the catalogue and loads the networks.
  static Result<Recognizer> Make(Workspace& workspace);

  Result<RecognizedPhoto> Recognize(const std::filesystem::path& photo) const;

  const std::string& NameOf(PersonId person) const { return names_.at(person); }
  bool knows_nobody() const { return gallery_.empty(); }
  const std::string& model() const { return scanner_->embedder().id(); }

 private:
  Recognizer() = default;

  const FaceScanner* scanner_ = nullptr;  // of the workspace
  DecodeOptions decode_;
  float threshold_ = 0;
  Gallery gallery_;
  std::map<PersonId, std::string> names_;
};

// A copy of the photo with boxes and names in `folder` (made when missing), as JPEG; never over an existing file.
// Returns where it is.
Result<std::filesystem::path> SaveAnnotated(const Recognizer& recognizer, const RecognizedPhoto& photo,
                                            const std::filesystem::path& folder);

}  // namespace kinfolder
