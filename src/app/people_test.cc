#include "app/people.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

TEST(FindAlikePeople, ListsWhoseReferencesAreNearerThanTheThreshold) {
  const TemporaryFolder folder;
  const auto catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
  const auto photo = catalog->PutScanned(PhotoOf("a", {FaceAt(1), FaceAt(2), FaceAt(4), FaceAt(8)}), FileRole::kPhoto);
  const auto faces = catalog->FacesOf(photo.value()).value();
  const auto add = [&](const char* name, std::initializer_list<std::size_t> of) {
    const Person person = catalog->AddPerson(name, "user").value();
    for (const std::size_t i : of) EXPECT_TRUE(catalog->AddReference(faces[i].id, person.id, "user"));
  };
  add("Zoe", {0, 2});  // 1.005 from Tim (her first face), 2.01 (her second)
  add("Tim", {1});
  add("Una", {3});  // 4.02 from Zoe's second face
  const auto alike = FindAlikePeople(*catalog, kModel, 4.1F).value();
  ASSERT_EQ(alike.size(), 2U);
  EXPECT_EQ(alike[0].a.name, "Zoe");
  EXPECT_EQ(alike[0].b.name, "Tim");
  EXPECT_NEAR(alike[0].distance, 1.005, 0.001);
  EXPECT_EQ(alike[1].b.name, "Una");
  EXPECT_NEAR(alike[1].distance, 4.02, 0.001);
  EXPECT_THAT(*FindAlikePeople(*catalog, kModel, 1.0F), testing::IsEmpty());
}

}  // namespace
}  // namespace kinfolder
