#include "catalog/sqlite_photos.h"

#include <sqlite3.h>

#include <string_view>
#include <utility>

#include "base/error_name.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

ErrorCode CodeNamed(std::string_view name) {
  const std::optional<ErrorCode> code = ErrorCodeNamed(name);
  if (!code) throw SQLite::Exception("a file's failure has an unknown code", SQLITE_CORRUPT);
  return *code;
}

constexpr char kFileColumns[] = "SELECT path, bytes, modified_ns, role, photo, failure_code, failure FROM file ";

CatalogFile ReadFile(const Query& row) {
  CatalogFile file;
  file.path = row.Text(0);
  file.stamp = {static_cast<std::uint64_t>(row.Int(1)), row.Int(2)};
  file.role = row.Int(3) == 0 ? FileRole::kPhoto : FileRole::kReference;
  file.photo = row.OptionalId<PhotoId>(4);
  if (!row.IsNull(6)) file.failure = Error{CodeNamed(row.Text(5)), row.Text(6)};
  return file;
}

constexpr char kPhotoColumns[] =
    "SELECT id, content, bytes, format, width, height, orientation, taken_at, taken_from, camera FROM photo ";

CatalogPhoto ReadPhoto(const Query& row) {
  CatalogPhoto photo{PhotoId{row.Int(0)}, row.Digest(1), {}};
  photo.info.bytes = static_cast<std::uint64_t>(row.Int(2));
  photo.info.format = row.Text(3);
  photo.info.upright_size = {static_cast<int>(row.Int(4)), static_cast<int>(row.Int(5))};
  photo.info.orientation = static_cast<int>(row.Int(6));
  if (!row.IsNull(7)) photo.info.taken_at = ParseLocalTime(row.Text(7));
  photo.info.taken_from = row.Text(8);
  photo.info.camera = row.Text(9);
  return photo;
}

template <class Key>
std::optional<CatalogPhoto> FindPhotoBy(SqliteConnection& connection, const char* condition, const Key& key) {
  Query query = connection.Prepare(kPhotoColumns + std::string(condition));
  if (!query.Run(key)) return std::nullopt;
  return ReadPhoto(query);
}

}  // namespace

std::optional<CatalogFile> SqlitePhotos::FindFile(const fs::path& path) {
  Query query = connection_.Prepare(std::string(kFileColumns) + "WHERE path = ?");
  if (!query.Run(path)) return std::nullopt;
  return ReadFile(query);
}

std::vector<CatalogFile> SqlitePhotos::Files() {
  Query query = connection_.Prepare(std::string(kFileColumns) + "ORDER BY path");
  std::vector<CatalogFile> files;
  while (query.Next()) files.push_back(ReadFile(query));
  return files;
}

std::vector<fs::path> SqlitePhotos::FilesOf(PhotoId photo, FileRole role) {
  Query query = connection_.Prepare("SELECT path FROM file WHERE photo = ? AND role = ? ORDER BY path");
  query.Bind(photo, static_cast<int>(role));
  std::vector<fs::path> paths;
  while (query.Next()) paths.emplace_back(query.Text(0));
  return paths;
}

std::optional<CatalogPhoto> SqlitePhotos::FindPhoto(const ContentHash& content) {
  return FindPhotoBy(connection_, "WHERE content = ?", content);
}

std::optional<CatalogPhoto> SqlitePhotos::FindPhoto(PhotoId photo) {
  return FindPhotoBy(connection_, "WHERE id = ?", photo);
}

std::vector<CatalogPhoto> SqlitePhotos::Photos() {
  Query query = connection_.Prepare(std::string(kPhotoColumns) + "ORDER BY id");
  std::vector<CatalogPhoto> photos;
  while (query.Next()) photos.push_back(ReadPhoto(query));
  return photos;
}

PhotoId SqlitePhotos::PutPhoto(const ContentHash& content, const PhotoInfo& info) {
  const std::optional<std::string> taken_at = info.taken_at ? std::optional(ToString(*info.taken_at)) : std::nullopt;
  Query put = connection_.Prepare(
      "INSERT INTO photo (content, bytes, format, width, height, orientation, taken_at, taken_from, camera) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (content) DO UPDATE SET bytes = ?2, format = ?3, "
      "width = ?4, height = ?5, orientation = ?6, taken_at = ?7, taken_from = ?8, camera = ?9 RETURNING id");
  put.Run(content, static_cast<std::int64_t>(info.bytes), info.format, info.upright_size.width,
          info.upright_size.height, info.orientation, taken_at, info.taken_from, info.camera);
  return PhotoId{put.Int(0)};
}

bool SqlitePhotos::PutFile(const CatalogFile& file) {
  const std::optional<CatalogFile> before = FindFile(file.path);
  std::optional<std::string_view> code;
  std::optional<std::string> reason;
  if (file.failure) {
    code = NameOf(file.failure->code);
    reason = file.failure->message;
  }
  connection_
      .Prepare(
          "INSERT OR REPLACE INTO file (path, bytes, modified_ns, role, photo, failure_code, failure) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)")
      .Run(file.path, static_cast<std::int64_t>(file.stamp.bytes), file.stamp.modified_ns, static_cast<int>(file.role),
           file.photo, code, reason);
  if (!before) return file.photo.has_value();
  return before->photo != file.photo || (file.photo && before->role != file.role);
}

bool SqlitePhotos::HasFile(PhotoId photo) {
  return connection_.Prepare("SELECT 1 FROM file WHERE photo = ?").Run(photo);
}

bool SqlitePhotos::ForgetFile(const fs::path& path) {
  Query forget = connection_.Prepare("DELETE FROM file WHERE path = ? RETURNING photo");
  return forget.Run(path) && !forget.IsNull(0);
}

}  // namespace kinfolder
