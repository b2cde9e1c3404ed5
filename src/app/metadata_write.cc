#include "app/metadata_write.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "app/photo_metadata.h"
#include "app/photo_stages.h"
#include "app/review.h"
#include "base/file.h"
#include "filing/file_operation.h"
#include "image/embed_xmp.h"
#include "image/write_face_tags.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// A file of a photo with confirmed names, as the catalogue has them.
struct FileToName {
  FoundPhoto file;
  CatalogPhoto photo;
  std::vector<TaggedFace> faces;
};

// What was said of each face, and by whom.
struct Word {
  FaceDecision said;
  std::string origin;
};
using WordsByFace = std::map<FaceId, std::vector<Word>>;

Result<WordsByFace> WordsOnFaces(Catalog& catalog) {
  std::map<std::int64_t, std::string> origin_of;
  ASSIGN_OR_RETURN(const std::vector<Fact> facts, catalog.Facts());
  for (const Fact& fact : facts) origin_of[fact.number] = fact.origin;
  WordsByFace words;
  ASSIGN_OR_RETURN(const std::vector<FaceDecision> decisions, catalog.Decisions());
  for (const FaceDecision& said : decisions) words[said.face].push_back({said, origin_of[said.fact]});
  return words;
}

Result<std::vector<FileToName>> FilesToName(Catalog& catalog, const WordsByFace& words) {
  const auto is_claim = [](const Word& word) {
    return word.said.decision == Decision::kConfirmed && word.origin == kMetadataOrigin;
  };
  std::map<PersonId, std::string> names;
  ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
  for (const Person& person : people) names[person.id] = person.name;

  std::map<PhotoId, std::vector<TaggedFace>> faces_of;
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> references, catalog.References());
  for (const CatalogReference& reference : references) {
    if (std::ranges::any_of(words.at(reference.face), is_claim)) continue;
    faces_of[reference.photo].push_back({names[reference.person], reference.detection.box});
  }
  std::vector<FileToName> files;
  ASSIGN_OR_RETURN(const std::vector<CatalogFile> all, catalog.Files());
  for (const CatalogFile& file : all) {
    if (!file.photo || file.role != FileRole::kPhoto || !faces_of.contains(*file.photo)) continue;
    ASSIGN_OR_RETURN(CatalogPhoto photo, catalog.GetPhoto(*file.photo));
    files.push_back({{file.path, file.stamp}, std::move(photo), faces_of[*file.photo]});
  }
  return files;
}

tl::unexpected<Error> NothingWritten(const fs::path& file, const Error& error) {
  return Fail(error.code, "nothing was written into {}: {}", file.string(), error.message);
}

// A change, and what it makes of the file.
struct PreparedChange {
  MetadataChange change;
  std::vector<std::byte> before;  // of the file that is replaced
  std::vector<std::byte> after;

  bool into_photo() const { return change.target == change.photo; }
};

// What is to be written for one file.
class Preparation {
 public:
  Preparation(const FileToName& file, MetadataPlace place)
      : file_(file), place_(place), shape_{file.photo.info.upright_size, file.photo.info.orientation} {}

  Result<std::vector<PreparedChange>> Run() {
    const fs::path& path = file_.file.path;
    ASSIGN_OR_RETURN(ReadPhoto read, ReadPhotoFile(file_.file));
    if (read.content != file_.photo.content) {
      return Fail(ErrorCode::kCorrupt, "{} was changed since it was scanned: scan it again", path.string());
    }
    photo_ = std::move(read.bytes);
    embedded_ = EmbeddedXmp(photo_);
    std::optional<fs::path> sidecar = FindSidecar(path, file_.photo.info.format);
    if (place_ == MetadataPlace::kPhotoFiles) {
      const Status written = IntoPhoto();
      if (!written && written.error().code != ErrorCode::kUnsupported) {
        return NothingWritten(path, written.error());
      }
      if (!written) note_ = written.error().message;
      if (written && !sidecar) return std::move(changes_);
    }
    RETURN_IF_ERROR(IntoSidecar(sidecar));
    return std::move(changes_);
  }

 private:
  Status IntoPhoto() {
    ASSIGN_OR_RETURN(const auto xmp, WithFaceTags(embedded_, "", file_.faces, shape_, XmpForm::kPacket));
    if (!xmp) return {};
    ASSIGN_OR_RETURN(std::vector<std::byte> written, WithEmbeddedXmp(photo_, *xmp));
    RETURN_IF_ERROR(CheckOnlyXmpDiffers(photo_, written));
    RETURN_IF_ERROR(CheckFaceTags(embedded_, EmbeddedXmp(written), "", file_.faces, shape_));
    Add(file_.file.path, false, photo_, std::move(written));
    return {};
  }

  Status IntoSidecar(const std::optional<fs::path>& sidecar) {
    std::string before;
    if (sidecar) {
      ASSIGN_OR_RETURN(before, ReadSidecar(*sidecar));
    }
    const fs::path target = sidecar.value_or(NewSidecar(file_.file.path));
    const auto xmp = WithFaceTags(before, embedded_, file_.faces, shape_, XmpForm::kSidecar);
    if (!xmp) return NothingWritten(target, xmp.error());
    if (!*xmp) return {};
    const Status right = CheckFaceTags(before, **xmp, embedded_, file_.faces, shape_);
    if (!right) return NothingWritten(target, right.error());
    const auto old_bytes = AsBytes(before);
    const auto new_bytes = AsBytes(**xmp);
    Add(target, !sidecar, {old_bytes.begin(), old_bytes.end()}, {new_bytes.begin(), new_bytes.end()});
    return {};
  }

  void Add(const fs::path& target, bool is_new, std::vector<std::byte> before, std::vector<std::byte> after) {
    PreparedChange prepared{{file_.file.path, target, is_new, {}, note_}, std::move(before), std::move(after)};
    for (const TaggedFace& face : file_.faces) prepared.change.names.push_back(face.name);
    changes_.push_back(std::move(prepared));
  }

  const FileToName& file_;
  MetadataPlace place_;
  PictureShape shape_;
  std::vector<std::byte> photo_;
  std::string embedded_;
  std::string note_;
  std::vector<PreparedChange> changes_;
};

// The new file beside the old one, with all in it that is to be.
Result<AtomicFile> WriteBeside(const fs::path& target, const PreparedChange& prepared) {
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(target));
  RETURN_IF_ERROR(file.Write(prepared.after));
  if (!prepared.change.is_new) {
    struct stat status {};
    if (::stat(target.c_str(), &status) != 0) return Fail(FileError(errno, "look at", target));
    if ((status.st_mode & S_IWUSR) == 0) {
      return Fail(ErrorCode::kPermissionDenied, "{} is write-protected", target.string());
    }
    RETURN_IF_ERROR(file.TakeAttributesOf(target));
  }
  // A changed sidecar is to be seen as changed by other programs.
  if (prepared.into_photo()) RETURN_IF_ERROR(file.TakeTimesOf(target));
  ASSIGN_OR_RETURN(const std::vector<std::byte> on_disk, ReadFile(file.temporary_path(), prepared.after.size()));
  if (on_disk != prepared.after)
    return Fail(ErrorCode::kIo, "{} can't be written: it reads back otherwise", target.string());
  return file;
}

// At the last moment: nobody else wrote to it.
Status CheckUnchanged(const fs::path& target, const PreparedChange& prepared) {
  if (prepared.change.is_new) return {};  // Commit sees it
  const auto now = ReadFile(target, prepared.before.size());
  if (now && *now == prepared.before) return {};
  if (!now && now.error().code != ErrorCode::kTooLarge) return Fail(now.error());
  return Fail(ErrorCode::kCorrupt, "{} was changed by another program meanwhile: it is left as it is", target.string());
}

class Writer {
 public:
  Writer(Catalog& catalog, const WordsByFace& words) : catalog_(catalog), words_(words) {}

  Status Write(const FileToName& file, const PreparedChange& prepared) {
    // Behind a symbolic link is the file that is meant.
    std::error_code error;
    fs::path target = prepared.change.is_new ? prepared.change.target : fs::canonical(prepared.change.target, error);
    if (error) return Fail(FileError(error.value(), "look at", prepared.change.target));
    if (swept_.insert(target.parent_path()).second) SweepTemporaryFiles(target.parent_path(), kAbandoned);
    ASSIGN_OR_RETURN(AtomicFile made, WriteBeside(target, prepared));
    RETURN_IF_ERROR(CheckUnchanged(target, prepared));
    if (!prepared.into_photo()) {
      return made.Commit(prepared.change.is_new ? AtomicFile::IfExists::kFail : AtomicFile::IfExists::kReplace);
    }
    // The catalogue knows the new content before it is there: a kill in between loses no name. A stamp that no file
    // has makes the next scan look which of both contents the file has.
    const ContentHash content = Sha256Of(prepared.after);
    ASSIGN_OR_RETURN(const PhotoId same, Keep(file, content, {prepared.after.size(), -1}));
    Status replaced = made.Commit();
    // The new file may have its name though that could not be put on the disk.
    const bool is_new = replaced || CheckContent(target, content, StopFlag());
    const ContentHash& now = is_new ? content : file.photo.content;
    ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(file.file.path));
    const auto known = catalog_.PutSamePicture({file.file.path, stamp}, now, same, FileRole::kPhoto);
    if (replaced && !known) return Fail(known.error());
    return replaced;
  }

 private:
  // The photo under its new content, with all that was said of its faces.
  Result<PhotoId> Keep(const FileToName& file, const ContentHash& content, const FileStamp& stamp) {
    PhotoId same;
    const Status kept = catalog_.InTransaction([&]() -> Status {
      ASSIGN_OR_RETURN(const std::vector<CatalogFace> before, catalog_.FacesOf(file.photo.id));
      ASSIGN_OR_RETURN(const std::optional<CatalogPhoto> known, catalog_.FindPhoto(content));
      ASSIGN_OR_RETURN(same,
                       catalog_.PutSamePicture({file.file.path, stamp}, content, file.photo.id, FileRole::kPhoto));
      if (known) return {};  // a copy was written before
      ASSIGN_OR_RETURN(const std::vector<CatalogFace> faces, catalog_.FacesOf(same));
      for (std::size_t i = 0; i < before.size(); ++i) {
        const auto words = words_.find(before[i].id);
        if (words == words_.end()) continue;
        for (const auto& [said, origin] : words->second) {
          // The folder of known people knows nothing of this content; the user had the names written into it.
          const std::string by = origin == kKnownFolderOrigin ? kUserOrigin : origin;
          RETURN_IF_ERROR(DecideFaces(catalog_, std::array{faces[i].id}, said.decision, said.person, by));
        }
      }
      return {};
    });
    RETURN_IF_ERROR(kept);
    return same;
  }

  Catalog& catalog_;
  const WordsByFace& words_;
  std::set<fs::path> swept_;  // of what a killed one left
};

// Prepares each file, and hands what is to change to `keep`.
template <class Keep>
Result<MetadataOutcome> ForEachChange(Catalog& catalog, const WordsByFace& words, MetadataPlace place,
                                      const ProgressFunction& progress, const StopFlag& stop, Keep keep) {
  ASSIGN_OR_RETURN(const std::vector<FileToName> files, FilesToName(catalog, words));
  MetadataOutcome outcome;
  std::uint64_t done = 0;
  for (const FileToName& file : files) {
    if (stop.stopped()) {
      return Fail(ErrorCode::kInterrupted, "interrupted after {} of {} photos; what is written stays", done,
                  files.size());
    }
    Result<std::vector<PreparedChange>> prepared = Preparation(file, place).Run();
    Status kept;
    if (prepared) {
      if (prepared->empty()) ++outcome.up_to_date;
      for (PreparedChange& change : *prepared) {
        kept = keep(file, change);
        if (!kept) break;
        outcome.changes.push_back(std::move(change.change));
      }
    }
    if (!prepared || !kept) outcome.failed.push_back({file.file, prepared ? kept.error() : prepared.error()});
    if (progress) progress({++done, files.size(), outcome.failed.size(), file.file.path.string()});
  }
  return outcome;
}

}  // namespace

Result<MetadataOutcome> PlanMetadata(Catalog& catalog, MetadataPlace place, const ProgressFunction& progress,
                                     const StopFlag& stop) {
  ASSIGN_OR_RETURN(const WordsByFace words, WordsOnFaces(catalog));
  return ForEachChange(catalog, words, place, progress, stop,
                       [](const FileToName&, const PreparedChange&) -> Status { return {}; });
}

Result<MetadataOutcome> WriteMetadata(Catalog& catalog, MetadataPlace place, const ProgressFunction& progress,
                                      const StopFlag& stop) {
  ASSIGN_OR_RETURN(const WordsByFace words, WordsOnFaces(catalog));
  Writer writer(catalog, words);
  return ForEachChange(
      catalog, words, place, progress, stop,
      [&](const FileToName& file, const PreparedChange& change) { return writer.Write(file, change); });
}

}  // namespace kinfolder
