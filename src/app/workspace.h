// The composition root: everything a use case works with, made once from the settings and handed down.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "app/lock.h"
#include "app/networks.h"
#include "app/settings.h"
#include "app/walk.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "filing/journal.h"

namespace kinfolder {

// What the data folder holds.
std::filesystem::path CatalogFileIn(const std::filesystem::path& data);
std::filesystem::path LockFileIn(const std::filesystem::path& data);
std::filesystem::path JournalFolderIn(const std::filesystem::path& data);

// The data folder, made when it is missing (for its owner only: faces are nobody else's business).
Result<std::filesystem::path> MakeDataFolder(const Settings& settings);

class Workspace {
 public:
  enum class Access { kRead, kWrite };

  // Opens what is in the data folder (see MakeDataFolder). kWrite takes the lock, in the name of `verb`: kLocked when
  // another run has it.
  static Result<Workspace> Open(const Settings& settings, const Environment& environment, Access access,
                                std::string_view verb);

  const Settings& settings() const { return settings_; }
  Catalog& catalog() { return *catalog_; }
  Journal& journal() { return *journal_; }
  // Looked for at the first call; see Networks::Find.
  Result<Networks*> networks();

  // What no scan of the user's photos enters: Kinfolder's own folders.
  WalkOptions walk_options() const;

 private:
  Workspace(Settings settings, Environment environment)
      : settings_(std::move(settings)), environment_(std::move(environment)) {}

  Settings settings_;
  Environment environment_;
  std::optional<WorkspaceLock> lock_;
  std::unique_ptr<Catalog> catalog_;
  std::optional<Journal> journal_;
  std::unique_ptr<Networks> networks_;
};

}  // namespace kinfolder
