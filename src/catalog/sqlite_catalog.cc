#include "catalog/sqlite_catalog.h"

#include <utility>

#include "catalog/decisions.h"
#include "catalog/sqlite_connection.h"
#include "catalog/sqlite_decisions.h"
#include "catalog/sqlite_faces.h"
#include "catalog/sqlite_matches.h"
#include "catalog/sqlite_people.h"
#include "catalog/sqlite_photos.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

class SqliteCatalog final : public Catalog {
 public:
  SqliteCatalog(const fs::path& file, std::unique_ptr<SqliteConnection> connection)
      : file_(file),
        connection_(std::move(connection)),
        photos_(*connection_),
        faces_(*connection_),
        decisions_(*connection_, faces_),
        matches_(*connection_),
        people_(*connection_, decisions_, matches_) {}

  Status InTransaction(const std::function<Status()>& body) override { return connection_->Write(body); }

  // -- Files and photos --

  Result<std::optional<CatalogFile>> FindFile(const fs::path& path) override {
    return Read([&] { return photos_.FindFile(path); });
  }
  Result<std::vector<CatalogFile>> Files() override {
    return Read([&] { return photos_.Files(); });
  }
  Result<std::optional<CatalogPhoto>> FindPhoto(const ContentHash& content) override {
    return Read([&] { return photos_.FindPhoto(content); });
  }
  Result<CatalogPhoto> GetPhoto(PhotoId photo) override {
    ASSIGN_OR_RETURN(std::optional<CatalogPhoto> found, Read([&] { return photos_.FindPhoto(photo); }));
    if (found) return *std::move(found);
    return Fail(ErrorCode::kNotFound, "no photo of the catalogue {} has the number {}", file_.string(), photo.value);
  }
  Result<std::vector<CatalogPhoto>> Photos() override {
    return Read([&] { return photos_.Photos(); });
  }
  Result<bool> IsScanned(const ContentHash& content, const std::string& detector,
                         const std::string& embedder) override {
    return Read([&] { return faces_.IsScanned(content, detector, embedder); });
  }
  Result<std::vector<ContentHash>> ScannedContents(const std::string& detector, const std::string& embedder) override {
    return Read([&] { return faces_.ScannedContents(detector, embedder); });
  }

  Result<PhotoId> PutScanned(const ScannedPhoto& photo, FileRole role) override {
    return connection_->Write([&]() -> Result<PhotoId> {
      const PhotoId id = photos_.PutPhoto(photo.content, photo.info);
      photos_.PutFile({photo.file.path, photo.file.stamp, role, id, std::nullopt});
      faces_.Put(id, photo);
      decisions_.Link(photo.content);
      matches_.Revise();
      return id;
    });
  }
  Status PutFile(const FoundPhoto& file, PhotoId photo, FileRole role) override {
    return PutRow({file.path, file.stamp, role, photo, std::nullopt});
  }
  Result<PhotoId> PutSamePicture(const FoundPhoto& file, const ContentHash& content, PhotoId photo,
                                 FileRole role) override {
    return connection_->Write([&]() -> Result<PhotoId> {
      std::optional<CatalogPhoto> same = photos_.FindPhoto(content);
      if (!same) {
        ASSIGN_OR_RETURN(CatalogPhoto known, GetPhoto(photo));
        known.info.bytes = file.stamp.bytes;
        known.id = photos_.PutPhoto(content, known.info);
        same = known;
      }
      if (same->id != photo && faces_.FacesOf(same->id).empty()) {
        faces_.Copy(photo, same->id);
        decisions_.Link(content);
      }
      photos_.PutFile({file.path, file.stamp, role, same->id, std::nullopt});
      if (same->id != photo && !photos_.HasFile(photo)) faces_.Forget(photo);
      matches_.Revise();
      return same->id;
    });
  }
  Status PutFailure(const FailedPhoto& file, FileRole role) override {
    return PutRow({file.file.path, file.file.stamp, role, std::nullopt, file.error});
  }
  Result<std::vector<fs::path>> FilesOf(PhotoId photo, FileRole role) override {
    return Read([&] { return photos_.FilesOf(photo, role); });
  }
  Status ForgetFile(const fs::path& path) override {
    return connection_->Write([&]() -> Status {
      if (photos_.ForgetFile(path)) matches_.Revise();
      return {};
    });
  }

  // -- Faces --

  Result<std::vector<CatalogFace>> FacesOf(PhotoId photo) override {
    return Read([&] { return faces_.FacesOf(photo); });
  }
  Result<FaceId> AddFace(PhotoId photo, const ScannedFace& face) override {
    ASSIGN_OR_RETURN(const CatalogPhoto known, GetPhoto(photo));
    return connection_->Write([&]() -> Result<FaceId> {
      const auto [id, is_new] = faces_.Add(known, face);
      if (!is_new) return id;
      matches_.AddUnknown(id, faces_.ModelNumber(face.embedding.model));
      decisions_.Link(known.content);
      matches_.Revise();
      return id;
    });
  }
  Result<std::vector<std::pair<ContentHash, Box>>> ConfirmedBoxes() override {
    return Read([&] { return decisions_.ConfirmedBoxes(); });
  }
  Result<Embedding> EmbeddingOf(FaceId face, const std::string& model) override {
    ASSIGN_OR_RETURN(std::optional<Embedding> found, Read([&] { return faces_.EmbeddingOf(face, model); }));
    if (found) return *std::move(found);
    return Fail(ErrorCode::kNotFound, "face {} of the catalogue {} has no embedding by {}", face.value, file_.string(),
                model);
  }
  Result<std::vector<std::pair<CatalogFace, Embedding>>> FacesWithEmbeddings(const std::string& model, FileRole role,
                                                                             const FaceCursor& after,
                                                                             std::size_t count) override {
    return Read([&] { return faces_.WithEmbeddings(model, role, after, count); });
  }

  // -- People, decisions and references --

  Result<std::vector<Person>> People() override {
    return Read([&] { return people_.People(); });
  }
  Result<std::optional<Person>> FindPerson(const std::string& name) override {
    return Read([&] { return people_.FindPerson(name); });
  }
  Result<Person> AddPerson(const std::string& name, const std::string& origin) override {
    return connection_->Write([&] { return people_.AddPerson(name, origin); });
  }
  Status RenamePerson(PersonId person, const std::string& name, const std::string& origin) override {
    return connection_->Write([&] { return people_.RenamePerson(person, name, origin); });
  }
  Status MergePeople(PersonId from, PersonId into, const std::string& origin) override {
    return connection_->Write([&] { return people_.MergePeople(from, into, origin); });
  }
  Status RemovePerson(PersonId person, const std::string& origin) override {
    return connection_->Write([&] { return people_.RemovePerson(person, origin); });
  }
  Result<Forgotten> ForgetPerson(PersonId person, const std::string& origin) override {
    RETURN_IF_ERROR(connection_->Read([&]() -> Status {
      connection_->Execute("PRAGMA secure_delete = ON");
      return {};
    }));
    ASSIGN_OR_RETURN(const Forgotten forgotten,
                     connection_->Write([&] { return people_.ForgetPerson(person, origin); }));
    const Status rewritten = connection_->Read([&]() -> Status {
      connection_->Execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
      return {};
    });
    if (rewritten) return forgotten;
    return Fail(rewritten.error().code, "they are forgotten, but the file may still hold traces: {}",
                rewritten.error().message);
  }
  Result<std::int64_t> AddReference(FaceId face, PersonId person, const std::string& origin) override {
    return connection_->Write([&] { return people_.AddReference(face, person, origin); });
  }
  Result<std::int64_t> RemoveReference(FaceId face, const std::string& origin) override {
    return connection_->Write([&] { return people_.RemoveReference(face, origin); });
  }
  Result<std::int64_t> Reject(FaceId face, PersonId person, const std::string& origin) override {
    return connection_->Write([&] { return people_.Reject(face, person, origin); });
  }
  Result<std::int64_t> SetAside(FaceId face, Decision decision, const std::string& origin) override {
    return connection_->Write([&] { return people_.SetAside(face, decision, origin); });
  }
  Result<std::vector<FaceDecision>> Decisions() override {
    return Read([&] { return decisions_.All(); });
  }
  Result<std::vector<CatalogReference>> References() override {
    return Read([&] { return decisions_.References(); });
  }
  Result<std::vector<Reference>> ReferencesWithEmbeddings(const std::string& model) override {
    return Read([&] { return decisions_.ReferencesWithEmbeddings(model); });
  }

  // -- Matches --

  Status ReplaceMatches(const std::string& model, const std::vector<Match>& matches) override {
    return connection_->Write([&]() -> Status {
      matches_.Replace(faces_.ModelNumber(model), matches);
      return {};
    });
  }
  Result<std::vector<MatchedFace>> Matches() override {
    return Read([&] {
      std::vector<MatchedFace> matches = matches_.All();
      ApplyDecisions(decisions_.All(), matches);
      return matches;
    });
  }
  Result<std::int64_t> Revision() override {
    return Read([&] { return matches_.Revision(); });
  }
  Result<std::string> MatchState() override {
    return Read([&] { return matches_.MadeFrom(); });
  }
  Status SetMatchState(const std::string& state) override {
    return connection_->Write([&]() -> Status {
      matches_.SetMadeFrom(state);
      return {};
    });
  }

  // -- The whole --

  Result<std::vector<Fact>> Facts() override {
    return Read([&] { return people_.Facts(); });
  }
  Result<std::vector<std::int64_t>> UndoAll(const std::vector<std::int64_t>& facts,
                                            const std::string& origin) override {
    return connection_->Write([&] { return people_.UndoAll(facts, origin); });
  }
  Status RebuildFromFacts() override {
    return connection_->Write([&] { return people_.Rebuild(); });
  }
  Result<CatalogCounts> Counts() override {
    return Read([&] {
      constexpr char kPhotosThere[] = "(SELECT photo FROM file WHERE role = 0 AND photo IS NOT NULL)";
      CatalogCounts counts;
      counts.photos = Count(fmt::format("photo WHERE id IN {}", kPhotosThere));
      counts.files = Count("file WHERE role = 0");
      counts.failures = Count("file WHERE failure IS NOT NULL");
      counts.faces = Count(fmt::format("face WHERE photo IN {}", kPhotosThere));
      counts.people = Count("person");
      counts.references = Count("decision WHERE kind = 1 AND face IS NOT NULL");
      return counts;
    });
  }
  Status Check() override {
    RETURN_IF_ERROR(connection_->Read([&] { return CheckFile(); }));
    return connection_->Try([&]() -> Status {
      const std::vector<std::string> before = people_.Derived();
      const Status rebuilt = people_.Rebuild();
      if (!rebuilt) return Fail(ErrorCode::kCorrupt, "the catalogue {}: {}", file_.string(), rebuilt.error().message);
      if (people_.Derived() == before) return {};
      return Fail(ErrorCode::kCorrupt, "the catalogue {} has people or decisions that the facts do not tell of",
                  file_.string());
    });
  }

 private:
  template <class Body>
  auto Read(const Body& body) -> Result<decltype(body())> {
    return connection_->Read([&]() -> Result<decltype(body())> { return body(); });
  }

  Status PutRow(const CatalogFile& file) {
    return connection_->Write([&]() -> Status {
      if (photos_.PutFile(file)) matches_.Revise();
      return {};
    });
  }

  std::int64_t Count(const std::string& rows) {
    Query query = connection_->Prepare("SELECT count(*) FROM " + rows);
    query.Next();
    return query.Int(0);
  }

  // SQLite's own word on the file, and whether every row that speaks of another has it.
  Status CheckFile() {
    Query sound = connection_->Prepare("PRAGMA integrity_check(1)");
    sound.Next();
    if (const std::string answer = sound.Text(0); answer != "ok") {
      const std::string last_line = answer.substr(answer.rfind('\n') + 1);
      // So SQLite speaks of a page that the disk does not give.
      if (last_line.find("unable to get the page") != std::string::npos ||
          last_line.find("failed to get page") != std::string::npos) {
        return Fail(ErrorCode::kIo, "cannot read the catalogue {}: disk I/O error ({})", file_.string(), last_line);
      }
      return Fail(ErrorCode::kCorrupt, "the catalogue {} is damaged: {}", file_.string(), last_line);
    }
    Query dangling = connection_->Prepare("PRAGMA foreign_key_check");
    if (!dangling.Next()) return {};
    return Fail(ErrorCode::kCorrupt, "the catalogue {} is damaged: a row of {} speaks of a missing row of {}",
                file_.string(), dangling.Text(0), dangling.Text(2));
  }

  fs::path file_;
  std::unique_ptr<SqliteConnection> connection_;
  SqlitePhotos photos_;
  SqliteFaces faces_;
  SqliteDecisions decisions_;
  SqliteMatches matches_;
  SqlitePeople people_;
};

}  // namespace

Result<std::unique_ptr<Catalog>> OpenSqliteCatalog(const fs::path& file, const fs::path& called) {
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> connection, SqliteConnection::Open(file, called));
  return std::make_unique<SqliteCatalog>(called.empty() ? file : called, std::move(connection));
}

}  // namespace kinfolder
