// The catalogue's faces: detections, their embeddings, and with which models a photo was looked at. Throws
// SQLite::Exception; runs inside SqliteConnection's Read and Write.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/sqlite_connection.h"

namespace kinfolder {

// The columns that ReadFace takes, of a table or join that has `face`.
inline constexpr char kFaceColumns[] = "face.id, face.photo, face.detection, face.quality";
inline constexpr int kFaceColumnCount = 4;
CatalogFace ReadFace(const Query& row, int first_column = 0);

Box ReadBox(const Query& row, int column);
std::array<float, 4> BoxValues(const Box& box);

// A face as facts name it.
struct AnchoredFace {
  FaceId face;
  Box anchor;
};

class SqliteFaces {
 public:
  explicit SqliteFaces(SqliteConnection& connection) : connection_(connection) {}

  std::vector<CatalogFace> FacesOf(PhotoId photo);
  std::optional<Embedding> EmbeddingOf(FaceId face, const std::string& model);
  std::vector<std::pair<CatalogFace, Embedding>> WithEmbeddings(const std::string& model, FileRole role,
                                                                const FaceCursor& after, std::size_t count);
  bool IsScanned(const ContentHash& content, const std::string& detector, const std::string& embedder);
  std::vector<ContentHash> ScannedContents(const std::string& detector, const std::string& embedder);

  // See Catalog::PutScanned.
  void Put(PhotoId photo, const ScannedPhoto& scanned);

  // See Catalog::AddFace; whether it is a new one, too.
  std::pair<FaceId, bool> Add(const CatalogPhoto& photo, const ScannedFace& face);

  // See Catalog::PutSamePicture; `to` has no faces yet.
  void Copy(PhotoId from, PhotoId to);

  // The photo's faces, and that it was scanned.
  void Forget(PhotoId photo);

  // In the order in which the faces were first found.
  std::vector<AnchoredFace> Anchors(const ContentHash& content);

  // The number of this detector or embedder, given at its first use.
  std::int64_t ModelNumber(const std::string& name);

 private:
  FaceId Insert(PhotoId photo, const ScannedFace& face);
  void PutEmbedding(FaceId face, std::int64_t model, const Embedding& embedding);
  // Unless a user (or an imported tag) says what it is.
  void RemoveUnlessSpokenOf(FaceId face);

  SqliteConnection& connection_;
};

}  // namespace kinfolder
