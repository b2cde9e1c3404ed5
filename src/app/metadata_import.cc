#include "app/metadata_import.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "app/photo_metadata.h"
#include "app/photo_stages.h"
#include "base/parallel.h"
#include "catalog/person_name.h"

namespace kinfolder {
namespace {

// A file and what the catalogue has of its photo.
struct FileToRead {
  FoundPhoto file;
  CatalogPhoto photo;
  std::vector<Box> faces;  // in fractions
};

Result<std::vector<FileToRead>> FilesToRead(Catalog& catalog) {
  std::vector<FileToRead> files;
  ASSIGN_OR_RETURN(const std::vector<CatalogFile> all, catalog.Files());
  for (const CatalogFile& file : all) {
    if (!file.photo || file.role != FileRole::kPhoto) continue;
    ASSIGN_OR_RETURN(CatalogPhoto photo, catalog.GetPhoto(*file.photo));
    ASSIGN_OR_RETURN(const std::vector<CatalogFace> faces, catalog.FacesOf(*file.photo));
    FileToRead& added = files.emplace_back(FileToRead{{file.path, file.stamp}, std::move(photo), {}});
    for (const CatalogFace& face : faces) added.faces.push_back(face.detection.box);
  }
  return files;
}

Result<PhotoMetadataTags> ReadTags(const FileToRead& file) {
  ASSIGN_OR_RETURN(const ReadPhoto read, ReadPhotoFile(file.file));
  if (read.content != file.photo.content) {
    return Fail(ErrorCode::kCorrupt, "{} was changed since it was scanned: scan it again", file.file.path.string());
  }
  return ReadPhotoMetadata(file.file.path, read.bytes, file.photo.info);
}

// For each region the index of its face, one to one, best overlap first.
std::vector<std::optional<std::size_t>> FacesOfRegions(const std::vector<FaceRegion>& regions,
                                                       const std::vector<Box>& faces) {
  std::vector<std::tuple<float, std::size_t, std::size_t>> candidates;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    for (std::size_t f = 0; f < faces.size(); ++f) {
      if (!IsSameFace(regions[r].box, faces[f])) continue;
      candidates.emplace_back(-IntersectionOverUnion(regions[r].box, faces[f]), r, f);
    }
  }
  std::ranges::sort(candidates);
  std::vector<std::optional<std::size_t>> face_of(regions.size());
  std::set<std::size_t> taken;
  for (const auto& [overlap, region, face] : candidates) {
    if (!face_of[region] && taken.insert(face).second) face_of[region] = face;
  }
  return face_of;
}

// "" where nobody can be called so.
std::string Folded(const std::string& name) {
  const Result<PersonName> parsed = ParsePersonName(name);
  return parsed ? parsed->folded : "";
}

class LabelCollector {
 public:
  void Add(const FileToRead& file, const FaceTags& tags) {
    ++found_.photos;
    found_.unplaced += tags.unplaced;
    const auto face_of = FacesOfRegions(tags.regions, file.faces);
    for (std::size_t i = 0; i < tags.regions.size(); ++i) {
      AddLabel(file, tags.regions[i].name, face_of[i] ? file.faces[*face_of[i]] : tags.regions[i].box);
    }
    if (tags.regions.empty()) AddName(file, tags);
  }

  MetadataLabels found() && { return std::move(found_); }

 private:
  void AddName(const FileToRead& file, const FaceTags& tags) {
    std::map<std::string, std::string> names;  // by folded name
    for (const NameWithoutBox& name : tags.names) names.emplace(Folded(name.name), name.name);
    names.erase("");
    if (names.empty()) return;
    if (names.size() > 1 || file.faces.size() != 1 || tags.unplaced > 0) {
      ++found_.ambiguous;
      return;
    }
    AddLabel(file, names.begin()->second, file.faces.front());
  }

  // Copies of a photo say the same once.
  void AddLabel(const FileToRead& file, const std::string& name, const Box& box) {
    const std::string folded = Folded(name);
    if (folded.empty()) return;
    if (!said_.insert({file.photo.id.value, folded, box.x1, box.y1}).second) return;
    const Size size = file.photo.info.upright_size;
    found_.labels.faces.push_back({Decision::kConfirmed, name, file.photo.content, size,
                                   Scaled(box, static_cast<float>(size.width), static_cast<float>(size.height)), "",
                                   kMetadataOrigin});
  }

  MetadataLabels found_;
  std::set<std::tuple<std::int64_t, std::string, float, float>> said_;
};

}  // namespace

Result<MetadataLabels> LabelsInMetadata(Catalog& catalog, int jobs, const ProgressFunction& progress,
                                        const StopFlag& stop) {
  ASSIGN_OR_RETURN(const std::vector<FileToRead> files, FilesToRead(catalog));
  std::vector<Result<PhotoMetadataTags>> read(files.size());
  RETURN_IF_ERROR(ForEachInParallel(files.size(), {jobs, progress, &stop}, [&](std::size_t i) -> Status {
    read[i] = ReadTags(files[i]);
    return {};
  }));
  LabelCollector collector;
  std::vector<FailedPhoto> failed;
  std::set<std::string> told;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (read[i]) {
      collector.Add(files[i], read[i]->Together());
      const auto& error = read[i]->picasa_error;
      if (error && told.insert(error->message).second) failed.push_back({files[i].file, *error});
    } else {
      failed.push_back({files[i].file, read[i].error()});
    }
  }
  MetadataLabels found = std::move(collector).found();
  found.failed = std::move(failed);
  return found;
}

}  // namespace kinfolder
