#include "app/catalog_backup.h"

#include "app/lock.h"
#include "app/workspace.h"
#include "base/file.h"
#include "catalog/sqlite_backup.h"
#include "filing/space.h"

namespace kinfolder {

Status BackUpCatalog(const Settings& settings, const std::filesystem::path& target) {
  ASSIGN_OR_RETURN(const std::filesystem::path data, Chosen(settings.data, "data"));
  const std::filesystem::path catalog = CatalogFileIn(data);
  ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(catalog));
  RETURN_IF_ERROR(CheckFreeSpace(target.parent_path(), stamp.bytes, "copying the catalogue"));
  return BackUpSqliteCatalog(catalog, target);
}

Result<std::optional<std::filesystem::path>> RestoreCatalog(const Settings& settings,
                                                            const std::filesystem::path& backup,
                                                            std::string_view verb) {
  ASSIGN_OR_RETURN(const std::filesystem::path data, MakeDataFolder(settings));
  ASSIGN_OR_RETURN(const WorkspaceLock lock, WorkspaceLock::Acquire(LockFileIn(data), verb));
  ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(backup));
  RETURN_IF_ERROR(CheckFreeSpace(data, stamp.bytes, "restoring the catalogue"));
  return RestoreSqliteCatalog(backup, CatalogFileIn(data));
}

}  // namespace kinfolder
