#include "catalog/sqlite_catalog.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "catalog/migrations.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteCatalogTest : public testing::Test {
 protected:
  std::unique_ptr<Catalog> Open() { return OpenSqliteCatalog(file_).value(); }
  Error OpenError() { return OpenSqliteCatalog(file_).error(); }
  // As another program would that writes into the file.
  void Execute(const std::string& sql) {
    SQLite::Database database(file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(sql);
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "catalog.sqlite";
};

TEST_F(SqliteCatalogTest, SaysThatTheFolderIsMissing) {
  file_ = folder_ / "missing" / "catalog.sqlite";
  EXPECT_EQ(OpenError(), (Error{ErrorCode::kNotFound,
                                fmt::format("cannot open the catalogue {}: its folder is not there", file_.string())}));
}

TEST_F(SqliteCatalogTest, RefusesWhatIsNoDatabase) {
  ASSERT_TRUE(WriteFileAtomically(file_, std::string(100'000, 'x')));
  EXPECT_EQ(OpenError().code, ErrorCode::kCorrupt);
  EXPECT_THAT(OpenError().message, HasSubstr(file_.string()));
  EXPECT_EQ(*ReadTextFile(file_, 1'000'000), std::string(100'000, 'x')) << "nothing was written to it";
}

TEST_F(SqliteCatalogTest, RefusesTheDatabaseOfAnotherProgram) {
  Execute("CREATE TABLE song (title TEXT)");
  EXPECT_EQ(OpenError(), (Error{ErrorCode::kCorrupt,
                                fmt::format("{} is a database, but no catalogue of Kinfolder", file_.string())}));
}

TEST_F(SqliteCatalogTest, RefusesTheCatalogueOfANewerKinfolder) {
  Open();
  Execute("PRAGMA user_version = 99");
  EXPECT_EQ(OpenError().code, ErrorCode::kUnsupported);
  EXPECT_THAT(OpenError().message, HasSubstr("is of a newer Kinfolder (schema 99"));
}

TEST_F(SqliteCatalogTest, RefusesAFolderAndABrokenLink) {
  std::filesystem::create_directory(file_);
  EXPECT_EQ(OpenError().code, ErrorCode::kUnsupported);
  std::filesystem::remove(file_);
  std::filesystem::create_symlink(file_, file_);
  EXPECT_FALSE(OpenSqliteCatalog(file_));
}

TEST_F(SqliteCatalogTest, BringsAnEmptyFileToTheNewestSchema) {
  ASSERT_TRUE(WriteFileAtomically(file_, ""));
  Open();
  const SQLite::Database database(file_.string());
  SQLite::Statement version(database, "PRAGMA user_version");
  ASSERT_TRUE(version.executeStep());
  EXPECT_EQ(version.getColumn(0).getInt64(), static_cast<std::int64_t>(Migrations().size()));
}

TEST_F(SqliteCatalogTest, ReferencesOfTheFirstSchemaBecomeDecisions) {
  FaceId face;
  {
    const auto catalog = Open();
    const auto photo = catalog->PutScanned(PhotoOf("a", {FaceAt(1), FaceAt(3)}), FileRole::kPhoto);
    const auto faces = catalog->FacesOf(*photo).value();
    face = faces[0].id;
    const PersonId anna = catalog->AddPerson("Anna", "user")->id;
    ASSERT_TRUE(catalog->AddReference(face, anna, "user"));
    ASSERT_TRUE(catalog->AddReference(faces[1].id, anna, "user"));
    ASSERT_TRUE(catalog->RemoveReference(faces[1].id, "user"));
  }
  Execute(
      "CREATE TABLE reference (fact INTEGER PRIMARY KEY, content BLOB NOT NULL, box BLOB NOT NULL, "
      "person INTEGER REFERENCES person (id), face INTEGER UNIQUE REFERENCES face (id) ON DELETE SET NULL); "
      "INSERT INTO reference SELECT fact, content, box, person, face FROM decision; DROP TABLE decision; "
      "DROP TRIGGER fact_is_kept; ALTER TABLE state DROP COLUMN forgetting; "
      "CREATE TRIGGER fact_is_kept BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END; "
      "PRAGMA user_version = 1");
  const auto references = Open()->References().value();
  ASSERT_THAT(references, SizeIs(1));
  EXPECT_EQ(references[0].face, face);
  EXPECT_TRUE(Open()->Check());
}

TEST_F(SqliteCatalogTest, FactsCanNotBeChangedByAnybody) {
  ASSERT_TRUE(Open()->AddPerson("Anna", "user"));
  EXPECT_THROW(Execute("UPDATE fact SET origin = 'machine'"), SQLite::Exception);
  EXPECT_THROW(Execute("DELETE FROM fact"), SQLite::Exception);
  EXPECT_THROW(Execute("INSERT OR REPLACE INTO fact SELECT * FROM fact"), SQLite::Exception);
  EXPECT_THAT(*Open()->Facts(), SizeIs(1));
}

TEST_F(SqliteCatalogTest, FindsThatPeopleDoNotFollowFromTheFacts) {
  ASSERT_TRUE(Open()->AddPerson("Anna", "user"));
  Execute("UPDATE person SET name = 'Eve'");
  const Status checked = Open()->Check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(checked.error().message, HasSubstr("people or decisions that the facts do not tell of"));
  ASSERT_TRUE(Open()->RebuildFromFacts());
  EXPECT_TRUE(Open()->Check());
  EXPECT_EQ(Open()->People()->at(0).name, "Anna");
}

TEST_F(SqliteCatalogTest, FindsRowsThatSpeakOfMissingOnes) {
  ASSERT_TRUE(Open()->PutScanned(PhotoOf("a", {FaceAt(1)}), FileRole::kPhoto));
  Execute("PRAGMA foreign_keys = OFF; DELETE FROM photo");
  EXPECT_THAT(Open()->Check().error().message, HasSubstr("speaks of a missing row of photo"));
}

TEST_F(SqliteCatalogTest, FindsDamagedPages) {
  {
    const auto catalog = Open();
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(catalog->PutScanned(PhotoOf(std::to_string(i), {FaceAt(1)}), FileRole::kPhoto));
    }
  }
  std::string bytes = ReadTextFile(file_, 100'000'000).value();
  ASSERT_GT(bytes.size(), 100'000U);
  bytes.replace(60'000, 30'000, 30'000, '\x5a');
  ASSERT_TRUE(WriteFileAtomically(file_, bytes));
  const auto catalog = OpenSqliteCatalog(file_);
  const Status checked = catalog ? (*catalog)->Check() : Status(Fail(catalog.error()));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kCorrupt);
}

TEST_F(SqliteCatalogTest, SaysThatAnotherProgramHoldsIt) {
  const auto catalog = Open();
  SQLite::Database other(file_.string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto added = catalog->AddPerson("Anna", "user");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kLocked);
  other.exec("ROLLBACK");
  EXPECT_TRUE(catalog->AddPerson("Anna", "user"));
}

TEST_F(SqliteCatalogTest, AnUnfinishedTransactionLeavesNothing) {
  const auto catalog = Open();
  EXPECT_ANY_THROW((void)catalog->InTransaction([&]() -> Status {
    EXPECT_TRUE(catalog->AddPerson("Anna", "user"));
    throw std::runtime_error("somebody else's bug");
  }));
  EXPECT_THAT(*catalog->Facts(), IsEmpty());
}

}  // namespace
}  // namespace kinfolder
