#include "catalog/sqlite_faces.h"

#include <algorithm>
#include <array>

#include "catalog/face_pairing.h"

namespace kinfolder {
namespace {

constexpr std::size_t kDetectionValues = 15;
constexpr std::size_t kQualityValues = 6;

std::array<float, kDetectionValues> DetectionValues(const Detection& detection) {
  std::array<float, kDetectionValues> values{detection.box.x1, detection.box.y1, detection.box.x2, detection.box.y2,
                                             detection.score};
  std::size_t next = 5;
  for (const Point& point : detection.landmarks) {
    values[next++] = point.x;
    values[next++] = point.y;
  }
  return values;
}

Detection DetectionFrom(const std::array<float, kDetectionValues>& values) {
  Detection detection;
  detection.box = {values[0], values[1], values[2], values[3]};
  detection.score = values[4];
  std::size_t next = 5;
  for (Point& point : detection.landmarks) {
    point.x = values[next++];
    point.y = values[next++];
  }
  return detection;
}

std::array<float, kQualityValues> QualityValues(const Quality& quality) {
  return {quality.width_px,    quality.sharpness,    quality.brightness,
          quality.yaw_degrees, quality.roll_degrees, quality.visible};
}

Quality QualityFrom(const std::array<float, kQualityValues>& values) {
  return {values[0], values[1], values[2], values[3], values[4], values[5]};
}

constexpr char kScannedPhotos[] =
    "SELECT photo.content FROM scan JOIN photo ON photo.id = scan.photo "
    "WHERE scan.detector = (SELECT id FROM model WHERE name = ?) "
    "AND scan.embedder = (SELECT id FROM model WHERE name = ?)";

}  // namespace

CatalogFace ReadFace(const Query& row, int first_column) {
  return {FaceId{row.Int(first_column)}, PhotoId{row.Int(first_column + 1)},
          DetectionFrom(row.FloatArray<kDetectionValues>(first_column + 2)),
          QualityFrom(row.FloatArray<kQualityValues>(first_column + 3))};
}

Box ReadBox(const Query& row, int column) {
  const auto values = row.FloatArray<4>(column);
  return {values[0], values[1], values[2], values[3]};
}

std::array<float, 4> BoxValues(const Box& box) { return {box.x1, box.y1, box.x2, box.y2}; }

std::vector<CatalogFace> SqliteFaces::FacesOf(PhotoId photo) {
  Query query =
      connection_.Prepare(std::string("SELECT ") + kFaceColumns + " FROM face WHERE face.photo = ? ORDER BY face.id");
  query.Bind(photo);
  std::vector<CatalogFace> faces;
  while (query.Next()) faces.push_back(ReadFace(query));
  return faces;
}

std::optional<Embedding> SqliteFaces::EmbeddingOf(FaceId face, const std::string& model) {
  Query query = connection_.Prepare(
      "SELECT vector FROM embedding WHERE face = ? AND model = (SELECT id FROM model WHERE name = ?)");
  if (!query.Run(face, model)) return std::nullopt;
  return Embedding{model, query.Floats(0)};
}

std::vector<std::pair<CatalogFace, Embedding>> SqliteFaces::WithEmbeddings(const std::string& model, FileRole role,
                                                                           const FaceCursor& after, std::size_t count) {
  Query query = connection_.Prepare(std::string("SELECT ") + kFaceColumns +
                                    ", embedding.vector FROM face JOIN embedding ON embedding.face = face.id "
                                    "WHERE embedding.model = (SELECT id FROM model WHERE name = ?) "
                                    "AND EXISTS (SELECT 1 FROM file WHERE file.photo = face.photo AND file.role = ?) "
                                    "AND (face.photo, face.id) > (?, ?) ORDER BY face.photo, face.id LIMIT ?");
  query.Bind(model, static_cast<int>(role), after.photo, after.face, static_cast<std::int64_t>(count));
  std::vector<std::pair<CatalogFace, Embedding>> faces;
  while (query.Next()) faces.emplace_back(ReadFace(query), Embedding{model, query.Floats(kFaceColumnCount)});
  return faces;
}

bool SqliteFaces::IsScanned(const ContentHash& content, const std::string& detector, const std::string& embedder) {
  return connection_.Prepare(std::string(kScannedPhotos) + " AND photo.content = ?").Run(detector, embedder, content);
}

std::vector<ContentHash> SqliteFaces::ScannedContents(const std::string& detector, const std::string& embedder) {
  Query query = connection_.Prepare(kScannedPhotos);
  query.Bind(detector, embedder);
  std::vector<ContentHash> contents;
  while (query.Next()) contents.push_back(query.Digest(0));
  return contents;
}

void SqliteFaces::Put(PhotoId photo, const ScannedPhoto& scanned) {
  const std::vector<AnchoredFace> known = Anchors(scanned.content);
  std::vector<Box> anchors;
  anchors.reserve(known.size());
  for (const AnchoredFace& face : known) anchors.push_back(face.anchor);
  std::vector<Box> found;
  for (const ScannedFace& face : scanned.faces) found.push_back(face.detection.box);

  const std::int64_t embedder = ModelNumber(scanned.embedder);
  std::vector<bool> found_again(known.size());
  bool any_new = false;
  const auto pairs = PairFaces(anchors, found);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!pairs[i] && std::find(anchors.begin(), anchors.end(), found[i]) != anchors.end()) continue;  // given twice
    FaceId face;
    if (pairs[i]) {
      face = known[*pairs[i]].face;
      found_again[*pairs[i]] = true;
      connection_.Prepare("UPDATE face SET detection = ?, quality = ? WHERE id = ?")
          .Run(DetectionValues(scanned.faces[i].detection), QualityValues(scanned.faces[i].quality), face);
    } else {
      face = Insert(photo, scanned.faces[i]);
      anchors.push_back(found[i]);
      any_new = true;
    }
    PutEmbedding(face, embedder, scanned.faces[i].embedding);
  }
  for (std::size_t k = 0; k < known.size(); ++k) {
    if (!found_again[k]) RemoveUnlessSpokenOf(known[k].face);
  }

  // Another detector's faces are gone; a new face has no embedding by another embedder yet.
  const std::int64_t detector = ModelNumber(scanned.detector);
  connection_.Prepare("DELETE FROM scan WHERE photo = ? AND (detector <> ? OR ?)").Run(photo, detector, any_new);
  connection_.Prepare("INSERT OR IGNORE INTO scan (photo, detector, embedder) VALUES (?, ?, ?)")
      .Run(photo, detector, embedder);
}

std::pair<FaceId, bool> SqliteFaces::Add(const CatalogPhoto& photo, const ScannedFace& face) {
  const std::vector<AnchoredFace> known = Anchors(photo.content);
  std::vector<Box> anchors;
  anchors.reserve(known.size());
  for (const AnchoredFace& anchored : known) anchors.push_back(anchored.anchor);
  if (const auto best = BestFace(anchors, face.detection.box)) return {known[*best].face, false};
  const FaceId id = Insert(photo.id, face);
  const std::int64_t model = ModelNumber(face.embedding.model);
  PutEmbedding(id, model, face.embedding);
  connection_.Prepare("DELETE FROM scan WHERE photo = ? AND embedder <> ?").Run(photo.id, model);
  return {id, true};
}

void SqliteFaces::Copy(PhotoId from, PhotoId to) {
  connection_
      .Prepare(
          "INSERT INTO face (photo, anchor, detection, quality) "
          "SELECT ?2, anchor, detection, quality FROM face WHERE photo = ?1 ORDER BY id")
      .Run(from, to);
  // No photo has two faces of one anchor.
  connection_
      .Prepare(
          "INSERT INTO embedding (face, model, vector) SELECT copy.id, embedding.model, embedding.vector "
          "FROM face JOIN embedding ON embedding.face = face.id "
          "JOIN face AS copy ON copy.photo = ?2 AND copy.anchor = face.anchor WHERE face.photo = ?1")
      .Run(from, to);
  connection_
      .Prepare(
          "INSERT OR IGNORE INTO scan (photo, detector, embedder) SELECT ?2, detector, embedder FROM scan WHERE photo "
          "= ?1")
      .Run(from, to);
}

void SqliteFaces::Forget(PhotoId photo) {
  connection_.Prepare("DELETE FROM scan WHERE photo = ?").Run(photo);
  connection_.Prepare("DELETE FROM face WHERE photo = ?").Run(photo);
}

std::vector<AnchoredFace> SqliteFaces::Anchors(const ContentHash& content) {
  Query query = connection_.Prepare(
      "SELECT face.id, face.anchor FROM face JOIN photo ON photo.id = face.photo WHERE photo.content = ? "
      "ORDER BY face.id");
  query.Bind(content);
  std::vector<AnchoredFace> faces;
  while (query.Next()) faces.push_back({FaceId{query.Int(0)}, ReadBox(query, 1)});
  return faces;
}

std::int64_t SqliteFaces::ModelNumber(const std::string& name) {
  connection_.Prepare("INSERT OR IGNORE INTO model (name) VALUES (?)").Run(name);
  Query query = connection_.Prepare("SELECT id FROM model WHERE name = ?");
  query.Run(name);
  return query.Int(0);
}

FaceId SqliteFaces::Insert(PhotoId photo, const ScannedFace& face) {
  Query insert =
      connection_.Prepare("INSERT INTO face (photo, anchor, detection, quality) VALUES (?, ?, ?, ?) RETURNING id");
  insert.Run(photo, BoxValues(face.detection.box), DetectionValues(face.detection), QualityValues(face.quality));
  return FaceId{insert.Int(0)};
}

void SqliteFaces::PutEmbedding(FaceId face, std::int64_t model, const Embedding& embedding) {
  connection_
      .Prepare(
          "INSERT INTO embedding (face, model, vector) VALUES (?1, ?2, ?3) "
          "ON CONFLICT (face, model) DO UPDATE SET vector = ?3")
      .Run(face, model, std::span<const float>(embedding.values));
}

void SqliteFaces::RemoveUnlessSpokenOf(FaceId face) {
  connection_
      .Prepare(
          "DELETE FROM face WHERE id = ?1 "
          "AND NOT EXISTS (SELECT 1 FROM decision WHERE face = ?1 AND kind > 0) "
          "AND NOT EXISTS (SELECT 1 FROM match WHERE face = ?1 AND decided_by > ?2)")
      .Run(face, static_cast<int>(Decider::kMachine));
}

}  // namespace kinfolder
