#include "app/library.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "faces/quality.h"

namespace kinfolder {
namespace {

// Newest first, then by path.
bool ComesBefore(const LibraryPhoto& a, const LibraryPhoto& b) {
  const auto& a_time = a.photo.info.taken_at;
  const auto& b_time = b.photo.info.taken_at;
  if (a_time != b_time) return b_time < a_time;  // nullopt is less than any time
  return a.files.front() < b.files.front();
}

}  // namespace

Result<std::shared_ptr<const Library>> Library::Read(Catalog& catalog) {
  const auto library = std::make_shared<Library>();
  ASSIGN_OR_RETURN(const std::vector<CatalogPhoto> photos, catalog.Photos());
  ASSIGN_OR_RETURN(const std::vector<CatalogFile> files, catalog.Files());
  ASSIGN_OR_RETURN(std::vector<MatchedFace> faces, catalog.Matches());
  ASSIGN_OR_RETURN(const std::vector<Person> people, catalog.People());
  ASSIGN_OR_RETURN(const std::vector<CatalogReference> references, catalog.References());
  library->AddPhotos(photos, files);
  library->AddFaces(std::move(faces));
  library->AddPeople(people, references);
  library->CountPeople();
  return library;
}

std::span<const MatchedFace> Library::FacesOf(const LibraryPhoto& photo) const {
  return std::span(faces_).subspan(photo.first_face, photo.face_count);
}

const LibraryPhoto* Library::FindPhoto(PhotoId photo) const {
  const auto found = photo_index_.find(photo.value);
  return found == photo_index_.end() ? nullptr : &photos_[found->second];
}

const LibraryPerson* Library::FindPerson(PersonId person) const {
  const auto found = person_index_.find(person.value);
  return found == person_index_.end() ? nullptr : &people_[found->second];
}

void Library::AddPhotos(const std::vector<CatalogPhoto>& photos, const std::vector<CatalogFile>& files) {
  std::unordered_map<std::int64_t, std::vector<std::filesystem::path>> files_of;
  for (const CatalogFile& file : files) {
    if (file.photo && file.role == FileRole::kPhoto) files_of[file.photo->value].push_back(file.path);
  }
  for (const CatalogPhoto& photo : photos) {
    const auto found = files_of.find(photo.id.value);
    if (found == files_of.end()) continue;
    LibraryPhoto& added = photos_.emplace_back();
    added.photo = photo;
    added.files = std::move(found->second);
  }
  std::sort(photos_.begin(), photos_.end(), ComesBefore);
  for (std::size_t i = 0; i < photos_.size(); ++i) photo_index_.emplace(photos_[i].photo.id.value, i);
}

void Library::AddFaces(std::vector<MatchedFace> faces) {
  const auto index = [this](const MatchedFace& face) { return photo_index_.at(face.face.photo.value); };
  std::erase_if(faces, [this](const MatchedFace& face) { return !photo_index_.contains(face.face.photo.value); });
  std::stable_sort(faces.begin(), faces.end(),
                   [&](const MatchedFace& a, const MatchedFace& b) { return index(a) < index(b); });
  faces_ = std::move(faces);
  for (std::size_t i = 0; i < faces_.size(); ++i) {
    LibraryPhoto& photo = photos_[index(faces_[i])];
    if (photo.face_count == 0) photo.first_face = i;
    ++photo.face_count;
    if (faces_[i].IsUnknown()) ++photo.unknown;
    if (faces_[i].match.needs_review) ++photo.uncertain;
  }
}

void Library::AddPeople(const std::vector<Person>& people, const std::vector<CatalogReference>& references) {
  for (const Person& person : people) {
    person_index_.emplace(person.id.value, people_.size());
    people_.emplace_back().person = person;
  }
  for (const CatalogReference& reference : references) {
    people_[person_index_.at(reference.person.value)].references.push_back(reference);
  }
}

void Library::CountPeople() {
  std::vector<std::set<std::int64_t>> photos(people_.size());
  std::vector<float> best(people_.size(), 0);
  const auto offer_cover = [&](std::size_t person, const FaceOnPhoto& face, const Quality& quality) {
    if (people_[person].cover && Worth(quality) <= best[person]) return;
    people_[person].cover = face;
    best[person] = Worth(quality);
  };
  for (std::size_t i = 0; i < people_.size(); ++i) {
    for (const CatalogReference& reference : people_[i].references)
      offer_cover(i, {reference.face, reference.photo}, reference.quality);
  }
  for (const MatchedFace& face : faces_) {
    if (!face.match.person) continue;
    const std::size_t index = person_index_.at(face.match.person->value);
    LibraryPerson& person = people_[index];
    if (face.match.needs_review) {
      ++person.uncertain;
      continue;
    }
    ++person.faces;
    photos[index].insert(face.face.photo.value);
    if (person.references.empty()) offer_cover(index, {face.face.id, face.face.photo}, face.face.quality);
  }
  for (std::size_t i = 0; i < people_.size(); ++i) people_[i].photos = static_cast<int>(photos[i].size());
}

Result<std::string> LibraryState(Catalog& catalog) {
  ASSIGN_OR_RETURN(const std::int64_t revision, catalog.Revision());
  ASSIGN_OR_RETURN(const std::string matches, catalog.MatchState());
  return fmt::format("{} {}", revision, matches);
}

}  // namespace kinfolder
