// The catalogue: what is known of photos, faces and people, behind one interface.
//
// Two kinds of rows. Facts are what the user said; they are appended, never changed (erased only when somebody is to be
// forgotten), and name a face by photo content and box, so that no rescan, model change or loss of row numbers can harm
// them. All else is derived, and can be thrown away and made again: photos and faces from the files, people and
// references from the facts, matches from both.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/face.h"
#include "domain/match.h"
#include "domain/person.h"
#include "domain/photo.h"

namespace kinfolder {

// Whether a file is one of the user's photos, or lies in the folder of known people and only teaches who they are.
enum class FileRole { kPhoto, kReference };

struct CatalogFile {
  std::filesystem::path path;
  FileStamp stamp;
  FileRole role = FileRole::kPhoto;
  std::optional<PhotoId> photo;  // absent for a file that could not be read,
  std::optional<Error> failure;  // whose reason is here
};

struct CatalogPhoto {
  PhotoId id;
  ContentHash content;
  PhotoInfo info;
};

struct CatalogFace {
  FaceId id;
  PhotoId photo;
  Detection detection;
  Quality quality;
};

// A place among faces ordered by photo, then by id; before the first unless said otherwise.
struct FaceCursor {
  PhotoId photo{0};
  FaceId face{0};
};

struct CatalogReference {
  FaceId face;
  PersonId person;
  PhotoId photo;
  Detection detection;
  Quality quality;
};

// What the user said of a face that is there, and has not taken back.
struct FaceDecision {
  FaceId face;
  Decision decision = Decision::kNone;
  std::optional<PersonId> person = {};  // who it is (kConfirmed), or is not (kRejected)
  std::int64_t fact = 0;                // the number of the fact that says so
};

// A photo's face and what recognition or the user says of it, joined for filing and lists.
struct MatchedFace {
  CatalogFace face;
  Match match;                          // where the user decided who it is, or that it is nobody, decided_by says so
  Decision decision = Decision::kNone;  // never kRejected: who was rejected is not in the match

  // Has no name, and may get one.
  bool IsUnknown() const { return !match.person && (!IsAside(decision) || decision == Decision::kLater); }
};

// Where facts come from.
inline constexpr char kUserOrigin[] = "user";
inline constexpr char kKnownFolderOrigin[] = "known-folder";
inline constexpr char kImportOrigin[] = "import";
inline constexpr char kMetadataOrigin[] = "metadata";  // what other programs wrote into photos; gives way to all others

// One line of the history of decisions; catalog/fact_details.h reads and writes `kind` and `details`.
struct Fact {
  std::int64_t number = 0;        // rising
  std::int64_t milliseconds = 0;  // since 1970, UTC
  std::string origin;
  std::string kind;     // "person-added", "reference-added", ...
  std::string details;  // a JSON object
  bool undone = false;  // a later fact takes it back
};

// What forgetting somebody erased.
struct Forgotten {
  int faces = 0;  // their embeddings, by whichever model
  int facts = 0;  // that spoke of the person
};

struct CatalogCounts {
  std::int64_t photos = 0;  // of the user, that have a file; so of their files and faces
  std::int64_t files = 0;
  std::int64_t failures = 0;
  std::int64_t faces = 0;
  std::int64_t people = 0;
  std::int64_t references = 0;
};

// One writer at a time (the caller holds the workspace lock); every call is a transaction of its own unless it runs
// inside InTransaction. Errors name the catalogue's file. Not thread-safe: one thread at a time.
class Catalog {
 public:
  virtual ~Catalog() = default;

  // Runs `body`; its failure rolls everything back, and is returned.
  virtual Status InTransaction(const std::function<Status()>& body) = 0;

  // -- Files and photos ------------------------------------------------------------------------------------------
  virtual Result<std::optional<CatalogFile>> FindFile(const std::filesystem::path& path) = 0;
  // All files, by path.
  virtual Result<std::vector<CatalogFile>> Files() = 0;
  virtual Result<std::optional<CatalogPhoto>> FindPhoto(const ContentHash& content) = 0;
  virtual Result<CatalogPhoto> GetPhoto(PhotoId photo) = 0;
  // All photos, by id.
  virtual Result<std::vector<CatalogPhoto>> Photos() = 0;
  // Was this content last looked at with this detector, and its faces embedded with this embedder?
  virtual Result<bool> IsScanned(const ContentHash& content, const std::string& detector,
                                 const std::string& embedder) = 0;
  // All contents for which IsScanned is true; for a scan that asks about every file.
  virtual Result<std::vector<ContentHash>> ScannedContents(const std::string& detector,
                                                           const std::string& embedder) = 0;
  // Stores photo, file, faces and embeddings. Faces that the photo has already (any detector; their first box overlaps
  // by 0.5 and more, best first) keep their id and take the new detection; others are added, a box that is given twice
  // only once; faces that are gone lose their derived rows, unless they are references or a user decided who they are.
  // References whose face was not there find it again.
  virtual Result<PhotoId> PutScanned(const ScannedPhoto& photo, FileRole role) = 0;
  // A file whose content is known already: only where it lies.
  virtual Status PutFile(const FoundPhoto& file, PhotoId photo, FileRole role) = 0;
  // A file with the picture of `photo` in other bytes, as when only its metadata changed: its faces, embeddings and
  // scans count for the new content as well, in the order of FacesOf; what was said of the faces is not said again.
  // A content that is known already keeps the faces that it has. Where `photo` has no file any more its faces go, so
  // that none counts twice; should it come back, what was said of them finds them again.
  virtual Result<PhotoId> PutSamePicture(const FoundPhoto& file, const ContentHash& content, PhotoId photo,
                                         FileRole role) = 0;
  virtual Status PutFailure(const FailedPhoto& file, FileRole role) = 0;
  // Where this photo lies, by path.
  virtual Result<std::vector<std::filesystem::path>> FilesOf(PhotoId photo, FileRole role) = 0;
  // The file is no longer there (fine when it never was); its photo, faces and facts stay.
  virtual Status ForgetFile(const std::filesystem::path& path) = 0;

  // -- Faces -----------------------------------------------------------------------------------------------------
  virtual Result<std::vector<CatalogFace>> FacesOf(PhotoId photo) = 0;
  // Adds a face that the detector did not find, so that something can be said of it; gives the face of this photo that
  // overlaps it by 0.5 and more where there is one. It stays as long as what is said of it.
  virtual Result<FaceId> AddFace(PhotoId photo, const ScannedFace& face) = 0;
  // Where faces are that the user says are somebody, by photo: a scan embeds them, found or not.
  virtual Result<std::vector<std::pair<ContentHash, Box>>> ConfirmedBoxes() = 0;
  // The face's embedding by this model; kNotFound when it has none.
  virtual Result<Embedding> EmbeddingOf(FaceId face, const std::string& model) = 0;
  // The faces of photos that have a file of this role, with their embeddings by `model`, ordered by photo, then face:
  // the first `count` of those after `after`. All of a large library would take hundreds of megabytes at once.
  virtual Result<std::vector<std::pair<CatalogFace, Embedding>>> FacesWithEmbeddings(const std::string& model,
                                                                                     FileRole role,
                                                                                     const FaceCursor& after,
                                                                                     std::size_t count) = 0;

  // -- People: each call appends its facts and updates what is derived from them -----------------------------------
  virtual Result<std::vector<Person>> People() = 0;                               // by name
  virtual Result<std::optional<Person>> FindPerson(const std::string& name) = 0;  // without regard to case
  // kAlreadyExists when somebody has the name; kInvalidArgument for one that shows nothing or breaks the line.
  virtual Result<Person> AddPerson(const std::string& name, const std::string& origin) = 0;
  virtual Status RenamePerson(PersonId person, const std::string& name, const std::string& origin) = 0;
  // All that is `from`'s becomes `into`'s.
  virtual Status MergePeople(PersonId from, PersonId into, const std::string& origin) = 0;
  virtual Status RemovePerson(PersonId person, const std::string& origin) = 0;
  // Erases the person: every fact that speaks of them (or of who was merged into them), and the embeddings of all faces
  // that are theirs by the user's word or by the latest matches. Of these faces it is said that they are kForgotten, so
  // that they get no embedding again. Can't be undone, and leaves no trace in the catalogue's file, which is rewritten;
  // so it can't be a part of InTransaction. When that last step fails the error says so, and the person is gone all the
  // same.
  virtual Result<Forgotten> ForgetPerson(PersonId person, const std::string& origin) = 0;

  // -- Decisions on faces: each gives the number of the fact that says so. Nothing is appended when it is so already.
  // -- "This face is this person": it confirms who a face is, and makes it a reference. Of a face the latest word
  // holds: that it is somebody, or what SetAside or RemoveReference says.
  virtual Result<std::int64_t> AddReference(FaceId face, PersonId person, const std::string& origin) = 0;
  // "Nobody says who this is". kNotFound when the face is nobody's reference.
  virtual Result<std::int64_t> RemoveReference(FaceId face, const std::string& origin) = 0;
  // "This face is not this person", until a later word says that it is.
  virtual Result<std::int64_t> Reject(FaceId face, PersonId person, const std::string& origin) = 0;
  // kNotAFace, kStranger, kLater, or kForgotten, which erases the face's embeddings; kInvalidArgument for others.
  virtual Result<std::int64_t> SetAside(FaceId face, Decision decision, const std::string& origin) = 0;
  // By face, then decision, then person.
  virtual Result<std::vector<FaceDecision>> Decisions() = 0;

  // -- References ------------------------------------------------------------------------------------------------
  virtual Result<std::vector<CatalogReference>> References() = 0;  // by person, then face
  virtual Result<std::vector<Reference>> ReferencesWithEmbeddings(const std::string& model) = 0;

  // -- Matches ---------------------------------------------------------------------------------------------------
  // Replaces every machine match by these, made with `model`; what a user decided stays.
  virtual Status ReplaceMatches(const std::string& model, const std::vector<Match>& matches) = 0;
  // By photo, then face; what the user decided since the matches were made counts at once.
  virtual Result<std::vector<MatchedFace>> Matches() = 0;
  // A value that changes whenever people, references, the faces of any photo, or which photos have files do: matches
  // made at one value need not be made again at the same.
  virtual Result<std::int64_t> Revision() = 0;
  // What the matches were last made from, as the caller wrote it (model, threshold, revision); "" at first.
  virtual Result<std::string> MatchState() = 0;
  virtual Status SetMatchState(const std::string& state) = 0;

  // -- The whole -------------------------------------------------------------------------------------------------
  virtual Result<std::vector<Fact>> Facts() = 0;
  // Takes facts back, whatever was said after them: all is as if they had never been said, and words on a person who is
  // then not there say nothing. Gives the numbers of the facts that say so, which can be taken back as any other. All
  // or none: kNotFound; kInvalidArgument when one is taken back already; kAlreadyExists when two people would have one
  // name. Where a face is not to be forgotten any more its photo counts as not scanned, so that it gets its embedding.
  virtual Result<std::vector<std::int64_t>> UndoAll(const std::vector<std::int64_t>& facts,
                                                    const std::string& origin) = 0;
  Result<std::int64_t> Undo(std::int64_t fact, const std::string& origin) {
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> undone, UndoAll({fact}, origin));
    return undone.front();
  }
  // Throws away people and decisions and derives them again from the facts: nothing changes in a sound catalogue.
  virtual Status RebuildFromFacts() = 0;
  virtual Result<CatalogCounts> Counts() = 0;
  // kCorrupt with what is wrong.
  virtual Status Check() = 0;
};

}  // namespace kinfolder
