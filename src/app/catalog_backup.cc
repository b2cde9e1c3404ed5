#include "app/catalog_backup.h"

#include "app/lock.h"
#include "app/workspace.h"
#include "catalog/sqlite_backup.h"

namespace kinfolder {

Status BackUpCatalog(const Settings& settings, const std::filesystem::path& target) {
  ASSIGN_OR_RETURN(const std::filesystem::path data, Chosen(settings.data, "data"));
  return BackUpSqliteCatalog(CatalogFileIn(data), target);
}

Result<std::optional<std::filesystem::path>> RestoreCatalog(const Settings& settings,
                                                            const std::filesystem::path& backup,
                                                            std::string_view verb) {
  ASSIGN_OR_RETURN(const std::filesystem::path data, MakeDataFolder(settings));
  ASSIGN_OR_RETURN(const WorkspaceLock lock, WorkspaceLock::Acquire(LockFileIn(data), verb));
  return RestoreSqliteCatalog(backup, CatalogFileIn(data));
}

}  // namespace kinfolder
