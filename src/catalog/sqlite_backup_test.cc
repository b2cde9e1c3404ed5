#include "catalog/sqlite_backup.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class SqliteBackupTest : public testing::Test {
 protected:
  std::unique_ptr<Catalog> Open(const fs::path& file) { return OpenSqliteCatalog(file).value(); }
  // Many pages, so that one can be damaged.
  void Fill(Catalog& catalog) {
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(catalog.PutScanned(PhotoOf(std::to_string(i), {FaceAt(1)}), FileRole::kPhoto));
    }
    ASSERT_TRUE(catalog.AddPerson("Anna", kUserOrigin));
  }
  std::vector<std::string> NamesIn(const fs::path& file) {
    std::vector<std::string> names;
    const auto people = Open(file)->People().value();
    names.reserve(people.size());
    for (const Person& person : people) names.push_back(person.name);
    return names;
  }
  std::vector<std::string> FilesIn(const fs::path& folder) {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path().filename());
    std::sort(files.begin(), files.end());
    return files;
  }
  static void Damage(const fs::path& file) {
    std::string bytes = ReadTextFile(file, 100'000'000).value();
    ASSERT_GT(bytes.size(), 100'000U);
    bytes.replace(60'000, 30'000, 30'000, '\x5a');
    ASSERT_TRUE(WriteFileAtomically(file, bytes));
  }

  TemporaryFolder folder_;
  fs::path data_ = folder_ / "data";
  fs::path file_ = data_ / "catalog.sqlite";
  fs::path backup_ = folder_ / "backup.sqlite";
  bool made_ = fs::create_directory(data_);
};

TEST_F(SqliteBackupTest, IsOneFileForItsOwner) {
  const auto catalog = Open(file_);
  Fill(*catalog);  // and is open still, with its last commits in the log
  ASSERT_TRUE(BackUpSqliteCatalog(file_, backup_));
  EXPECT_THAT(FilesIn(folder_.path()), ElementsAre("backup.sqlite", "data"));
  struct stat status {};
  ASSERT_EQ(::stat(backup_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_THAT(NamesIn(backup_), ElementsAre("Anna"));
  EXPECT_EQ(Open(backup_)->Counts()->faces, 50);
}

TEST_F(SqliteBackupTest, ReplacesNoFile) {
  Open(file_);
  ASSERT_TRUE(WriteFileAtomically(backup_, "mine"));
  EXPECT_EQ(BackUpSqliteCatalog(file_, backup_).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(*ReadTextFile(backup_, 10), "mine");
  EXPECT_THAT(FilesIn(folder_.path()), ElementsAre("backup.sqlite", "data"));
}

TEST_F(SqliteBackupTest, OfADamagedCatalogueIsNone) {
  Fill(*Open(file_));
  Damage(file_);
  const Status status = BackUpSqliteCatalog(file_, backup_);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(status.error().message, HasSubstr(file_.string()));
  EXPECT_THAT(FilesIn(folder_.path()), ElementsAre("data"));
  EXPECT_EQ(BackUpSqliteCatalog(folder_ / "none", backup_).error().code, ErrorCode::kNotFound);
}

TEST_F(SqliteBackupTest, ComesBackAndKeepsTheOther) {
  Fill(*Open(file_));
  ASSERT_TRUE(BackUpSqliteCatalog(file_, backup_));
  const std::string before = ReadTextFile(backup_, 100'000'000).value();
  ASSERT_TRUE(Open(file_)->AddPerson("Ben", kUserOrigin));
  const auto kept = RestoreSqliteCatalog(backup_, file_);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_THAT(NamesIn(file_), ElementsAre("Anna"));
  EXPECT_THAT(NamesIn(kept->value()), ElementsAre("Anna", "Ben"));
  EXPECT_THAT(FilesIn(data_), ElementsAre((*kept)->filename().string(), "catalog.sqlite"));
  EXPECT_THAT((*kept)->filename().string(), testing::MatchesRegex("catalog-20......-......-1\\.sqlite"));
  EXPECT_EQ(*ReadTextFile(backup_, 100'000'000), before);
}

TEST_F(SqliteBackupTest, TakesNoLogOfTheOther) {
  Fill(*Open(file_));
  ASSERT_TRUE(BackUpSqliteCatalog(file_, backup_));
  const auto open = Open(file_);  // as by the window
  ASSERT_TRUE(open->AddPerson("Ben", kUserOrigin));
  const auto kept = RestoreSqliteCatalog(backup_, file_);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_THAT(NamesIn(file_), ElementsAre("Anna"));
  EXPECT_TRUE(Open(file_)->Check());
  EXPECT_THAT(NamesIn(kept->value()), ElementsAre("Anna", "Ben"));
}

TEST_F(SqliteBackupTest, TakesThePlaceOfADamagedOne) {
  Fill(*Open(file_));
  ASSERT_TRUE(BackUpSqliteCatalog(file_, backup_));
  Damage(file_);
  const std::string damaged = ReadTextFile(file_, 100'000'000).value();
  const auto kept = RestoreSqliteCatalog(backup_, file_);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_TRUE(Open(file_)->Check());
  EXPECT_EQ(*ReadTextFile(kept->value(), 100'000'000), damaged);
  ASSERT_TRUE(WriteFileAtomically(file_, "no database"));
  fs::remove(kept->value());
  ASSERT_TRUE(RestoreSqliteCatalog(backup_, file_));
  EXPECT_THAT(NamesIn(file_), ElementsAre("Anna"));
}

TEST_F(SqliteBackupTest, ComesBackWhereNoneIs) {
  Fill(*Open(file_));
  ASSERT_TRUE(BackUpSqliteCatalog(file_, backup_));
  fs::remove(file_);
  EXPECT_EQ(*RestoreSqliteCatalog(backup_, file_), std::nullopt);
  EXPECT_THAT(NamesIn(file_), ElementsAre("Anna"));
}

TEST_F(SqliteBackupTest, WhatIsNoSoundCatalogueChangesNothing) {
  Fill(*Open(file_));
  ASSERT_TRUE(BackUpSqliteCatalog(file_, backup_));
  Damage(backup_);
  const fs::path text = folder_ / "text";
  const fs::path empty = folder_ / "empty";
  const fs::path songs = folder_ / "songs.sqlite";
  const fs::path newer = folder_ / "newer.sqlite";
  ASSERT_TRUE(WriteFileAtomically(text, std::string(100'000, 'x')));
  ASSERT_TRUE(WriteFileAtomically(empty, ""));
  SQLite::Database(songs.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE song (title TEXT)");
  ASSERT_TRUE(BackUpSqliteCatalog(file_, newer));
  SQLite::Database(newer.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  const std::string before = ReadTextFile(file_, 100'000'000).value();
  const auto refusal = [&](const fs::path& backup) {
    const auto restored = RestoreSqliteCatalog(backup, file_);
    EXPECT_FALSE(restored);
    return restored ? Error() : restored.error();
  };
  EXPECT_EQ(refusal(backup_).code, ErrorCode::kCorrupt);
  EXPECT_THAT(refusal(backup_).message, HasSubstr(backup_.string()));
  EXPECT_EQ(refusal(text).code, ErrorCode::kCorrupt);
  EXPECT_EQ(refusal(empty).message, empty.string() + " holds no catalogue");
  EXPECT_EQ(refusal(songs).message, songs.string() + " is a database, but no catalogue of Kinfolder");
  EXPECT_THAT(refusal(newer).message, HasSubstr(newer.string() + " is of a newer Kinfolder"));
  EXPECT_EQ(refusal(folder_ / "missing").code, ErrorCode::kNotFound);
  EXPECT_EQ(*ReadTextFile(file_, 100'000'000), before);
  EXPECT_THAT(FilesIn(data_), ElementsAre("catalog.sqlite"));
}

}  // namespace
}  // namespace kinfolder
