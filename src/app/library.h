// The library as windows show it: photos with their faces and names, people with their counts, read from the catalogue
// at once and never changed after, so that lists of any part of it come without asking the catalogue again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

struct LibraryPhoto {
  CatalogPhoto photo;
  std::vector<std::filesystem::path> files;  // at least one, by path
  std::size_t first_face = 0;                // of Library::faces()
  std::size_t face_count = 0;
  int unknown = 0;    // faces without a name,
  int uncertain = 0;  // and such whose name the user should look at
};

struct FaceOnPhoto {
  FaceId face;
  PhotoId photo;

  bool operator==(const FaceOnPhoto&) const = default;
};

struct LibraryPerson {
  Person person;
  std::vector<CatalogReference> references;
  int photos = 0;  // of the user, that show the person for sure
  int faces = 0;
  int uncertain = 0;
  std::optional<FaceOnPhoto> cover;  // the reference, or else the face, that shows the person best
};

class Library {
 public:
  static Result<std::shared_ptr<const Library>> Read(Catalog& catalog);

  // Newest first; those of which no time is known come last, by path.
  const std::vector<LibraryPhoto>& photos() const { return photos_; }
  const std::vector<LibraryPerson>& people() const { return people_; }  // by name
  // Of the photo, as recognition or the user decided, in the catalogue's order.
  std::span<const MatchedFace> FacesOf(const LibraryPhoto& photo) const;
  std::span<const MatchedFace> faces() const { return faces_; }

  const LibraryPhoto* FindPhoto(PhotoId photo) const;  // nullptr where there is none
  const LibraryPerson* FindPerson(PersonId person) const;

 private:
  void AddPhotos(const std::vector<CatalogPhoto>& photos, const std::vector<CatalogFile>& files);
  void AddFaces(std::vector<MatchedFace> faces);
  void AddPeople(const std::vector<Person>& people, const std::vector<CatalogReference>& references);
  void CountPeople();

  std::vector<LibraryPhoto> photos_;
  std::vector<MatchedFace> faces_;  // of the photos, in their order
  std::vector<LibraryPerson> people_;
  std::unordered_map<std::int64_t, std::size_t> photo_index_;
  std::unordered_map<std::int64_t, std::size_t> person_index_;
};

// A value that is another whenever Library::Read would give something else.
Result<std::string> LibraryState(Catalog& catalog);

}  // namespace kinfolder
