// One connection to the SQLite file of a catalogue: opened, checked and migrated; transactions, statements that are
// prepared once, and SQLite's exceptions as errors. Only the sqlite_*.cc of this folder include this.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/id.h"
#include "base/result.h"

namespace kinfolder {

// A prepared statement in use. Throws SQLite::Exception; so do its columns where a row holds what it never may
// (SQLITE_CORRUPT).
class Query {
 public:
  Query(SQLite::Statement& statement, bool& in_use);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Binds the values to the parameters, from the first; the rows come by Next.
  template <class... Values>
  Query& Bind(const Values&... values) {
    statement_.tryReset();
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }
  // True while there is a row.
  bool Next() { return statement_.executeStep(); }
  // Binds and runs a statement; true when it gave a row.
  template <class... Values>
  bool Run(const Values&... values) {
    return Bind(values...).Next();
  }

  // Columns, from 0.
  bool IsNull(int column) const { return statement_.isColumnNull(column); }
  std::int64_t Int(int column) const { return statement_.getColumn(column).getInt64(); }
  float Float(int column) const { return static_cast<float>(statement_.getColumn(column).getDouble()); }
  std::string Text(int column) const { return statement_.getColumn(column).getString(); }
  Sha256Digest Digest(int column) const;
  // float32 values, as BindOne writes them.
  std::vector<float> Floats(int column) const;
  template <std::size_t kCount>
  std::array<float, kCount> FloatArray(int column) const {
    std::array<float, kCount> values{};
    CopyFloats(column, values);
    return values;
  }
  template <class IdType>
  std::optional<IdType> OptionalId(int column) const {
    if (IsNull(column)) return std::nullopt;
    return IdType{Int(column)};
  }

 private:
  void BindOne(int index, std::int64_t value) { statement_.bind(index, value); }
  void BindOne(int index, int value) { statement_.bind(index, value); }
  void BindOne(int index, bool value) { statement_.bind(index, value ? 1 : 0); }
  void BindOne(int index, float value) { statement_.bind(index, static_cast<double>(value)); }
  void BindOne(int index, const std::string& value) { statement_.bind(index, value); }
  void BindOne(int index, std::string_view value) { statement_.bind(index, std::string(value)); }
  void BindOne(int index, const std::filesystem::path& value);
  void BindOne(int index, const Sha256Digest& value);
  void BindOne(int index, std::span<const float> values);
  template <class Tag>
  void BindOne(int index, Id<Tag> value) {
    statement_.bind(index, value.value);
  }
  template <class Value>
  void BindOne(int index, const std::optional<Value>& value) {
    value ? BindOne(index, *value) : statement_.bind(index);
  }
  void CopyFloats(int column, std::span<float> values) const;

  SQLite::Statement& statement_;
  bool& in_use_;
};

// What SQLite says of the file, in our words.
Error SqliteError(const std::filesystem::path& file, const SQLite::Exception& exception);

class SqliteConnection {
 public:
  // See OpenSqliteCatalog.
  static Result<std::unique_ptr<SqliteConnection>> Open(const std::filesystem::path& file,
                                                        const std::filesystem::path& called);

  // The statement, prepared at its first use; one user at a time.
  Query Prepare(const std::string& sql);
  void Execute(const std::string& sql) { database_.exec(sql); }

  // Runs `body` (which returns a Result) with SQLite's exceptions as errors.
  template <class Body>
  auto Read(const Body& body) -> decltype(body()) {
    try {
      return body();
    } catch (const SQLite::Exception& exception) {
      return Fail(ErrorFrom(exception));
    }
  }
  // The same in a transaction, or in a part of the one that is open; failure rolls back what `body` did.
  template <class Body>
  auto Write(const Body& body) -> decltype(body()) {
    return Read([&]() -> decltype(body()) {
      Transaction transaction(*this);
      auto result = body();
      if (result) transaction.Commit();
      return result;
    });
  }
  // The same, and takes back what `body` did whatever it returns.
  template <class Body>
  auto Try(const Body& body) -> decltype(body()) {
    return Read([&]() -> decltype(body()) {
      const Transaction transaction(*this);
      return body();
    });
  }

 private:
  class Transaction {
   public:
    explicit Transaction(SqliteConnection& connection);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void Commit();

   private:
    SqliteConnection& connection_;
    bool outermost_;
    bool committed_ = false;
  };
  struct PreparedStatement {
    SQLite::Statement statement;
    bool in_use = false;
  };

  SqliteConnection(const std::filesystem::path& file, std::filesystem::path called);
  // Refuses what is no catalogue of ours before anything is written.
  Status CheckOwner();
  Status Migrate();
  std::int64_t Pragma(const std::string& name);
  bool IsInTransaction() const;
  Error ErrorFrom(const SQLite::Exception& exception) const;

  std::filesystem::path file_;  // as errors call it
  SQLite::Database database_;
  std::map<std::string, PreparedStatement> statements_;  // gone before the database is
  int depth_ = 0;
};

}  // namespace kinfolder
