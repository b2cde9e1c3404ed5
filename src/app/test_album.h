// For tests: a folder of painted photos, scanned as if faces were found in them.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/photo_stages.h"
#include "app/review.h"
#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"
#include "image/painted_photos.h"

namespace kinfolder {

class TestAlbum {
 public:
  TestAlbum() { EXPECT_TRUE(InitializeImageLibrary("test")); }

  std::filesystem::path PathOf(const std::string& name) const { return folder / name; }

  // A photo of 400 x 300 pixels with a face in each of these columns (see FaceAt); `suffix` as libvips takes it. The
  // number makes its bytes its own.
  void Add(const std::string& name, const std::vector<int>& columns, const char* suffix, int number = 0) {
    Image image = PaintQuarters(400, 300);
    for (int y = 0; y < 16; ++y) {
      for (int i = 0; i < 3 * 16; ++i)
        image.row(y)[i] = static_cast<std::uint8_t>((number * (53 + 44 * (i % 3))) % 256);
    }
    ASSERT_TRUE(WriteFileAtomically(PathOf(name), Save(image, suffix)));
    Scan(name, columns);
  }

  // As the file is now.
  void Scan(const std::string& name, const std::vector<int>& columns) {
    const FoundPhoto found = FindPhotoFile(PathOf(name)).value();
    const ReadPhoto read = ReadPhotoFile(found).value();
    std::vector<ScannedFace> faces;
    faces.reserve(columns.size());
    for (const int column : columns) faces.push_back(FaceAt(column));
    ScannedPhoto photo = PhotoOf(name, std::move(faces));
    photo.file = found;
    photo.content = read.content;
    photo.info = LoadPhoto(read, {}).value().info;
    ASSERT_TRUE(catalog->PutScanned(photo, FileRole::kPhoto));
  }

  PhotoId PhotoAt(const std::string& name) { return *catalog->FindFile(PathOf(name)).value().value().photo; }

  FaceId FaceIn(const std::string& name, std::size_t face) { return catalog->FacesOf(PhotoAt(name)).value()[face].id; }

  void Say(const std::string& name, std::size_t face, const std::string& person,
           const std::string& origin = kUserOrigin) {
    const auto known = catalog->FindPerson(person).value();
    const PersonId id = known ? known->id : catalog->AddPerson(person, origin).value().id;
    ASSERT_TRUE(DecideFaces(*catalog, std::array{FaceIn(name, face)}, Decision::kConfirmed, id, origin));
  }

  // Who is confirmed on the photo, by face; "" for none.
  std::vector<std::string> NamesOn(const std::string& name) {
    std::vector<std::string> names;
    const auto faces = catalog->FacesOf(PhotoAt(name)).value();
    const auto references = catalog->References().value();
    const auto people = catalog->People().value();
    for (const CatalogFace& face : faces) {
      std::string& on_face = names.emplace_back();
      for (const CatalogReference& reference : references) {
        for (const Person& person : people) {
          if (reference.face == face.id && person.id == reference.person) on_face = person.name;
        }
      }
    }
    return names;
  }

  TemporaryFolder folder;
  std::unique_ptr<Catalog> catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
};

}  // namespace kinfolder
