#include "app/drawn_face.h"

#include <filesystem>
#include <utility>
#include <vector>

namespace kinfolder {
namespace {

Result<ReadPhoto> ReadFirstOf(const CatalogPhoto& photo, const std::vector<std::filesystem::path>& files) {
  for (const std::filesystem::path& file : files) {
    const Result<FoundPhoto> found = FindPhotoFile(file);
    if (!found) continue;
    Result<ReadPhoto> read = ReadPhotoFile(*found);
    if (read && read->content == photo.content) return read;
  }
  return Fail(ErrorCode::kNotFound, "no file of this photo is as it was when it was scanned; scan it again first");
}

}  // namespace

Result<ScannedFace> LookAtDrawnFace(Catalog& catalog, Networks& networks, PhotoId photo, const Box& box) {
  ASSIGN_OR_RETURN(const CatalogPhoto known, catalog.GetPhoto(photo));
  ASSIGN_OR_RETURN(std::vector<std::filesystem::path> files, catalog.FilesOf(photo, FileRole::kPhoto));
  ASSIGN_OR_RETURN(const auto references, catalog.FilesOf(photo, FileRole::kReference));
  files.insert(files.end(), references.begin(), references.end());
  ASSIGN_OR_RETURN(ReadPhoto read, ReadFirstOf(known, files));
  ASSIGN_OR_RETURN(const LoadedPhoto loaded, LoadPhoto(std::move(read), networks.decode_options()));
  ASSIGN_OR_RETURN(const FaceScanner* const scanner, networks.Scanner());
  return scanner->LookAt(loaded, box);
}

Result<DrawnFace> AddDrawnFace(Catalog& catalog, PhotoId photo, const ScannedFace& face, PersonId person) {
  DrawnFace named;
  const Status said = catalog.InTransaction([&]() -> Status {
    ASSIGN_OR_RETURN(named.face, catalog.AddFace(photo, face));
    ASSIGN_OR_RETURN(named.fact, catalog.AddReference(named.face, person, kUserOrigin));
    return {};
  });
  RETURN_IF_ERROR(said);
  return named;
}

}  // namespace kinfolder
