// The catalogue's files and photos. Throws SQLite::Exception; runs inside SqliteConnection's Read and Write.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/sqlite_connection.h"

namespace kinfolder {

class SqlitePhotos {
 public:
  explicit SqlitePhotos(SqliteConnection& connection) : connection_(connection) {}

  std::optional<CatalogFile> FindFile(const std::filesystem::path& path);
  std::vector<CatalogFile> Files();
  std::vector<std::filesystem::path> FilesOf(PhotoId photo, FileRole role);
  std::optional<CatalogPhoto> FindPhoto(const ContentHash& content);
  std::optional<CatalogPhoto> FindPhoto(PhotoId photo);
  std::vector<CatalogPhoto> Photos();

  // Adds the photo, or takes what was read of it last.
  PhotoId PutPhoto(const ContentHash& content, const PhotoInfo& info);
  // These return whether the photos that have files, or the roles of those, may be others now.
  bool PutFile(const CatalogFile& file);
  bool HasFile(PhotoId photo);  // in any role
  bool ForgetFile(const std::filesystem::path& path);

 private:
  SqliteConnection& connection_;
};

}  // namespace kinfolder
