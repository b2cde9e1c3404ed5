#include "app/recognize.h"

#include <algorithm>
#include <utility>

#include "filing/naming.h"
#include "filing/new_file.h"
#include "image/encode.h"
#include "search/identify.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr int kAnnotatedQuality = 90;
constexpr std::array<std::uint8_t, 3> kKnownColor{46, 160, 67};
constexpr std::array<std::uint8_t, 3> kUnknownColor{219, 109, 40};

std::vector<ScannedFace> LeftToRight(std::vector<ScannedFace> faces) {
  std::sort(faces.begin(), faces.end(), [](const ScannedFace& a, const ScannedFace& b) {
    return a.detection.box.center().x < b.detection.box.center().x;
  });
  return faces;
}

}  // namespace

Result<Recognizer> Recognizer::Make(Workspace& workspace) {
  Recognizer recognizer;
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
  ASSIGN_OR_RETURN(const std::vector<Reference> references,
                   workspace.catalog().ReferencesWithEmbeddings(networks->embedder_id()));
  ASSIGN_OR_RETURN(recognizer.gallery_, Gallery::Make(references));
  ASSIGN_OR_RETURN(const std::vector<Person> people, workspace.catalog().People());
  for (const Person& person : people) recognizer.names_.emplace(person.id, person.name);
  ASSIGN_OR_RETURN(recognizer.scanner_, networks->Scanner());
  recognizer.decode_ = networks->decode_options();
  recognizer.threshold_ = networks->threshold();
  return recognizer;
}

Result<RecognizedPhoto> Recognizer::Recognize(const fs::path& path) const {
  ASSIGN_OR_RETURN(const FoundPhoto file, FindPhotoFile(path));
  ASSIGN_OR_RETURN(ReadPhoto read, ReadPhotoFile(file));
  ASSIGN_OR_RETURN(LoadedPhoto photo, LoadPhoto(std::move(read), decode_));
  ASSIGN_OR_RETURN(ScannedPhoto scanned, scanner_->Scan(photo));
  const std::vector<ScannedFace> faces = LeftToRight(std::move(scanned.faces));
  std::vector<Embedding> embeddings;
  embeddings.reserve(faces.size());
  for (const ScannedFace& face : faces) embeddings.push_back(face.embedding);
  ASSIGN_OR_RETURN(auto distances, gallery_.DistancesToPeople(embeddings));
  std::vector<Match> matches;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    // These faces have no row in the catalogue; their place tells them apart.
    matches.push_back(Decide(FaceId{static_cast<std::int64_t>(i) + 1}, distances[i], threshold_));
    FlagBetweenAlike(gallery_, matches.back());
  }
  FlagRepeatedPeople(matches);
  RecognizedPhoto recognized{std::move(photo), {}};
  for (std::size_t i = 0; i < faces.size(); ++i) {
    recognized.faces.push_back({faces[i], matches[i], std::move(distances[i])});
  }
  return recognized;
}

Result<fs::path> SaveAnnotated(const Recognizer& recognizer, const RecognizedPhoto& photo, const fs::path& folder) {
  const Image& image = photo.photo.image;
  const auto width = static_cast<float>(image.width());
  const auto height = static_cast<float>(image.height());
  std::vector<Annotation> annotations;
  for (const RecognizedFace& face : photo.faces) {
    const bool known = face.match.person.has_value();
    annotations.push_back(
        {Scaled(face.face.detection.box, width, height), Scaled(face.face.detection.landmarks, width, height),
         known ? recognizer.NameOf(*face.match.person) : "unknown", known ? kKnownColor : kUnknownColor});
  }
  ASSIGN_OR_RETURN(const Image annotated, Annotate(image, annotations));
  ASSIGN_OR_RETURN(const std::vector<std::byte> jpeg, EncodeJpeg(annotated, kAnnotatedQuality));
  return WriteNewFile(folder, SafeName(photo.photo.file.path.stem().string()) + ".jpg", jpeg);
}

}  // namespace kinfolder
