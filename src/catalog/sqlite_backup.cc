#include "catalog/sqlite_backup.h"

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/utc_time.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/sqlite_connection.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

fs::path WithEnding(fs::path file, const char* ending) {
  file += ending;
  return file;
}

Status CopyPages(const fs::path& source, const fs::path& copy) {
  try {
    SQLite::Database from(source.string(), SQLite::OPEN_READWRITE);  // or for reading only, where it must be
    if (from.execAndGet("SELECT count(*) FROM sqlite_master").getInt64() == 0) {
      return Fail(ErrorCode::kCorrupt, "{} holds no catalogue", source.string());
    }
    SQLite::Database to(copy.string(), SQLite::OPEN_READWRITE);
    SQLite::Backup backup(to, from);
    if (const int code = backup.executeStep(-1); code != SQLITE_DONE) throw SQLite::Exception(to.getHandle(), code);
    return {};
  } catch (const SQLite::Exception& exception) {
    return Fail(SqliteError(source, exception));
  }
}

// What SQLite keeps beside a file that was written to comes back into it.
Status MakeOneFile(const fs::path& copy, const fs::path& source) {
  try {
    SQLite::Database(copy.string(), SQLite::OPEN_READWRITE).exec("PRAGMA journal_mode = DELETE");
    return {};
  } catch (const SQLite::Exception& exception) {
    return Fail(SqliteError(source, exception));
  }
}

// What SQLite keeps beside a file while it is used goes with the file, also where SQLite fails.
class FilesBeside {
 public:
  explicit FilesBeside(fs::path file) : file_(std::move(file)) {}
  ~FilesBeside() {
    for (const char* ending : {"-wal", "-shm", "-journal"}) ::unlink(WithEnding(file_, ending).c_str());
  }
  FilesBeside(const FilesBeside&) = delete;
  FilesBeside& operator=(const FilesBeside&) = delete;

 private:
  fs::path file_;
};

// To be committed.
Result<AtomicFile> CheckedCopy(const fs::path& source, const fs::path& target) {
  RETURN_IF_ERROR(StampOf(source));
  SweepTemporaryFiles(target.parent_path(), kAbandoned);  // of one that was killed
  ASSIGN_OR_RETURN(AtomicFile copy, AtomicFile::Create(target));
  if (::fchmod(copy.descriptor(), 0600) != 0) return Fail(FileError(errno, "close to others", target));
  const FilesBeside removed_at_last(copy.temporary_path());
  RETURN_IF_ERROR(CopyPages(source, copy.temporary_path()));
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Catalog> catalog, OpenSqliteCatalog(copy.temporary_path(), source));
    RETURN_IF_ERROR(catalog->Check());
  }
  RETURN_IF_ERROR(MakeOneFile(copy.temporary_path(), source));
  return copy;
}

// Puts the last commits from the log beside the catalogue into it, where it is sound enough for that.
void FoldInLog(const fs::path& catalog) {
  try {
    SQLite::Database(catalog.string(), SQLite::OPEN_READWRITE).exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const SQLite::Exception&) {
    return;  // then the log is kept beside it, too
  }
}

// Gives the catalogue a second name, "catalog-20261124-153012-1.sqlite", so that there is one under its own at any
// moment.
Result<fs::path> AddName(const fs::path& catalog) {
  const std::string time = UtcNow("%Y%m%d-%H%M%S");
  for (int number = 1;; ++number) {
    fs::path name = catalog.parent_path() /
                    fmt::format("{}-{}-{}{}", catalog.stem().string(), time, number, catalog.extension().string());
    if (::link(catalog.c_str(), name.c_str()) == 0) return name;
    if (errno == EEXIST) continue;
    RETURN_IF_ERROR(RenameNoReplace(catalog, name));  // a file system without hard links
    return name;
  }
}

// Also takes away the log, which would be taken for the new catalogue's.
Result<fs::path> KeepAside(const fs::path& catalog) {
  FoldInLog(catalog);
  ASSIGN_OR_RETURN(fs::path kept, AddName(catalog));
  std::error_code error;
  const fs::path log = WithEnding(catalog, "-wal");
  if (fs::exists(log, error)) RETURN_IF_ERROR(RenameNoReplace(log, WithEnding(kept, "-wal")));
  fs::remove(WithEnding(catalog, "-shm"), error);
  return kept;
}

}  // namespace

Status BackUpSqliteCatalog(const fs::path& catalog, const fs::path& target) {
  ASSIGN_OR_RETURN(AtomicFile copy, CheckedCopy(catalog, target));
  return copy.Commit(AtomicFile::IfExists::kFail);
}

Result<std::optional<fs::path>> RestoreSqliteCatalog(const fs::path& backup, const fs::path& catalog) {
  ASSIGN_OR_RETURN(AtomicFile copy, CheckedCopy(backup, catalog));
  std::optional<fs::path> kept;
  std::error_code error;
  if (fs::exists(catalog, error)) {
    ASSIGN_OR_RETURN(kept, KeepAside(catalog));
  }
  RETURN_IF_ERROR(copy.Commit());
  return kept;
}

}  // namespace kinfolder
