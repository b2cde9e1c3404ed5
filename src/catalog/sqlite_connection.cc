#include "catalog/sqlite_connection.h"

#include <sqlite3.h>

#include <bit>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/file.h"
#include "catalog/migrations.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "the file holds little-endian floats, copied as they are");

constexpr std::int64_t kApplicationId = 0x4b696e66;  // "Kinf"; what `file` and we tell a catalogue by
constexpr int kBusyMilliseconds = 5000;              // another program (a backup, a viewer) reads or checkpoints

// Fifteen embeddings of 512 float32 fit into a page of 32 KiB, one into SQLite's usual 4 KiB: half the file.
constexpr char kPageSize[] = "PRAGMA page_size = 32768";

// After a commit the operating system has the data, so a kill loses nothing; a power cut may lose the last commits
// but damages nothing (sqlite.org/pragma.html#pragma_synchronous). A hostile file gets no functions to call.
constexpr char kSettings[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; "
    "PRAGMA cell_size_check = ON; PRAGMA cache_size = -32000; PRAGMA journal_size_limit = 64000000";

ErrorCode CodeOf(int sqlite_code) {
  switch (sqlite_code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorrupt;
    case SQLITE_FULL:
      return ErrorCode::kNoSpace;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kLocked;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return ErrorCode::kPermissionDenied;
    case SQLITE_CONSTRAINT:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kIo;
  }
}

// What SQLite would report less clearly, or open with surprises.
Status CheckPlace(const fs::path& file) {
  std::error_code error;
  if (!fs::is_directory(file.parent_path(), error)) {
    if (error && !IsMissing(error)) {
      return Fail(FileError(error.value(), "open the catalogue", file));
    }
    return Fail(ErrorCode::kNotFound, "cannot open the catalogue {}: its folder is not there", file.string());
  }
  const auto stamp = StampOf(file);
  if (!stamp && stamp.error().code != ErrorCode::kNotFound) return Fail(stamp.error());
  return {};
}

}  // namespace

Error SqliteError(const fs::path& file, const SQLite::Exception& exception) {
  return {CodeOf(exception.getErrorCode()),
          fmt::format("cannot use the catalogue {}: {}", file.string(), exception.what())};
}

Query::Query(SQLite::Statement& statement, bool& in_use) : statement_(statement), in_use_(in_use) {
  CHECK(!in_use_);
  in_use_ = true;
}

Query::~Query() {
  statement_.tryReset();
  in_use_ = false;
}

void Query::BindOne(int index, const fs::path& value) {
  statement_.bind(index, value.c_str(), static_cast<int>(value.native().size()));
}

void Query::BindOne(int index, const Sha256Digest& value) {
  statement_.bind(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
}

void Query::BindOne(int index, std::span<const float> values) {
  // A null pointer would be NULL, not an empty blob.
  statement_.bind(index, values.empty() ? "" : static_cast<const void*>(values.data()),
                  static_cast<int>(values.size_bytes()));
}

Sha256Digest Query::Digest(int column) const {
  const SQLite::Column value = statement_.getColumn(column);
  Sha256Digest digest;
  if (value.getBytes() != static_cast<int>(digest.bytes.size())) {
    throw SQLite::Exception("a content hash has the wrong size", SQLITE_CORRUPT);
  }
  std::memcpy(digest.bytes.data(), value.getBlob(), digest.bytes.size());
  return digest;
}

std::vector<float> Query::Floats(int column) const {
  std::vector<float> values(static_cast<std::size_t>(statement_.getColumn(column).getBytes()) / sizeof(float));
  CopyFloats(column, values);
  return values;
}

void Query::CopyFloats(int column, std::span<float> values) const {
  const SQLite::Column value = statement_.getColumn(column);
  if (static_cast<std::size_t>(value.getBytes()) != values.size_bytes()) {
    throw SQLite::Exception("a row of numbers has the wrong size", SQLITE_CORRUPT);
  }
  if (!values.empty()) std::memcpy(values.data(), value.getBlob(), values.size_bytes());
}

SqliteConnection::SqliteConnection(const fs::path& file, fs::path called)
    : file_(std::move(called)),
      database_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMilliseconds) {}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const fs::path& file, const fs::path& called) {
  std::error_code ignored;
  const fs::path absolute = fs::absolute(file, ignored);  // so that no name is taken for a URI
  RETURN_IF_ERROR(CheckPlace(absolute));
  try {
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(absolute, called.empty() ? absolute : called));
    RETURN_IF_ERROR(connection->CheckOwner());
    connection->Execute(kPageSize);  // heeded only by a file that has no page yet
    connection->Execute(kSettings);
    RETURN_IF_ERROR(connection->Migrate());
    return connection;
  } catch (const SQLite::Exception& exception) {
    return Fail(SqliteError(called.empty() ? absolute : called, exception));
  }
}

Status SqliteConnection::CheckOwner() {
  const bool is_empty = database_.execAndGet("SELECT count(*) FROM sqlite_master").getInt64() == 0;
  if (!is_empty && Pragma("application_id") != kApplicationId) {
    return Fail(ErrorCode::kCorrupt, "{} is a database, but no catalogue of Kinfolder", file_.string());
  }
  const auto newest = static_cast<std::int64_t>(Migrations().size());
  if (const std::int64_t version = Pragma("user_version"); version > newest) {
    return Fail(ErrorCode::kUnsupported,
                "the catalogue {} is of a newer Kinfolder (schema {}, this one reads up to {})", file_.string(),
                version, newest);
  }
  return {};
}

Status SqliteConnection::Migrate() {
  const auto newest = static_cast<std::int64_t>(Migrations().size());
  while (Pragma("user_version") < newest) {
    RETURN_IF_ERROR(Write([&]() -> Status {
      const std::int64_t version = Pragma("user_version");  // again: somebody else may have migrated meanwhile
      if (version >= newest) return {};
      Execute(Migrations()[static_cast<std::size_t>(version)]);
      Execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, version + 1));
      return {};
    }));
  }
  return {};
}

std::int64_t SqliteConnection::Pragma(const std::string& name) {
  return database_.execAndGet("PRAGMA " + name).getInt64();
}

Query SqliteConnection::Prepare(const std::string& sql) {
  auto prepared = statements_.find(sql);
  if (prepared == statements_.end()) {
    prepared = statements_.emplace(sql, PreparedStatement{SQLite::Statement(database_, sql)}).first;
  }
  return {prepared->second.statement, prepared->second.in_use};
}

bool SqliteConnection::IsInTransaction() const { return sqlite3_get_autocommit(database_.getHandle()) == 0; }

Error SqliteConnection::ErrorFrom(const SQLite::Exception& exception) const { return SqliteError(file_, exception); }

SqliteConnection::Transaction::Transaction(SqliteConnection& connection)
    : connection_(connection), outermost_(connection.depth_ == 0) {
  // A full disk ends SQLite's transaction by itself: what comes after must not be written one by one.
  if (!outermost_ && !connection_.IsInTransaction()) {
    throw SQLite::Exception("the transaction was given up after an earlier error", SQLITE_ABORT);
  }
  connection_.Execute(outermost_ ? "BEGIN IMMEDIATE" : "SAVEPOINT part");
  ++connection_.depth_;
}

SqliteConnection::Transaction::~Transaction() {
  --connection_.depth_;
  if (committed_ || !connection_.IsInTransaction()) return;
  connection_.database_.tryExec(outermost_ ? "ROLLBACK" : "ROLLBACK TO part; RELEASE part");
}

void SqliteConnection::Transaction::Commit() {
  connection_.Execute(outermost_ ? "COMMIT" : "RELEASE part");
  committed_ = true;
}

}  // namespace kinfolder
