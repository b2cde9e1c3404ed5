#include "app/workspace.h"

#include <utility>

#include "base/file.h"
#include "catalog/sqlite_catalog.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

}  // namespace

fs::path CatalogFileIn(const fs::path& data) { return data / "catalog.sqlite"; }
fs::path LockFileIn(const fs::path& data) { return data / "lock"; }
fs::path JournalFolderIn(const fs::path& data) { return data / "journal"; }

Result<fs::path> MakeDataFolder(const Settings& settings) {
  ASSIGN_OR_RETURN(fs::path data, Chosen(settings.data, "data"));
  std::error_code error;
  if (fs::is_directory(data, error)) return data;
  RETURN_IF_ERROR(MakeFolders(data));
  fs::permissions(data, fs::perms::owner_all, error);
  if (error) return Fail(FileError(error.value(), "close to others", data));
  return data;
}

Result<Workspace> Workspace::Open(const Settings& settings, const Environment& environment, Access access,
                                  std::string_view verb) {
  ASSIGN_OR_RETURN(const fs::path data, MakeDataFolder(settings));
  Workspace workspace(settings, environment);
  if (access == Access::kWrite) {
    ASSIGN_OR_RETURN(workspace.lock_, WorkspaceLock::Acquire(LockFileIn(data), verb));
    SweepTemporaryFiles(data, kAbandoned);  // of a restore that was killed; others write here without the lock
  }
  ASSIGN_OR_RETURN(workspace.catalog_, OpenSqliteCatalog(CatalogFileIn(data)));
  ASSIGN_OR_RETURN(workspace.journal_, Journal::Open(JournalFolderIn(data)));
  return workspace;
}

Result<Networks*> Workspace::networks() {
  if (!networks_) {
    ASSIGN_OR_RETURN(networks_, Networks::Find(settings_, environment_));
  }
  return networks_.get();
}

WalkOptions Workspace::walk_options() const {
  WalkOptions options;
  for (const fs::path& folder : {settings_.people, settings_.packs, settings_.known, settings_.data}) {
    if (!folder.empty()) options.excluded.push_back(folder);
  }
  options.ignore = settings_.ignore;
  return options;
}

}  // namespace kinfolder
