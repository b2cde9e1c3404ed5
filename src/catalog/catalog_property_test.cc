// Laws that hold after whatever users and scans did, in whichever order.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/temporary_folder.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/test_catalog.h"

namespace kinfolder {
namespace {

// One of the things that happen to a catalogue; numbers choose among what is there.
struct Step {
  int kind = 0;
  int a = 0;
  int b = 0;
};

rc::Gen<std::vector<Step>> Steps() {
  const auto number = rc::gen::inRange(0, 8);
  return rc::gen::container<std::vector<Step>>(rc::gen::build<Step>(
      rc::gen::set(&Step::kind, number), rc::gen::set(&Step::a, number), rc::gen::set(&Step::b, number)));
}

std::string PhotoName(int number) { return std::string(1, static_cast<char>('a' + number % 3)); }

std::optional<PersonId> AnyPerson(Catalog& catalog, int number) {
  const auto people = catalog.People().value();
  if (people.empty()) return std::nullopt;
  return people[static_cast<std::size_t>(number) % people.size()].id;
}

std::optional<FaceId> AnyFace(Catalog& catalog, int photo, int number) {
  const auto found = catalog.FindPhoto(ContentOf(PhotoName(photo))).value();
  if (!found) return std::nullopt;
  const auto faces = catalog.FacesOf(found->id).value();
  if (faces.empty()) return std::nullopt;
  return faces[static_cast<std::size_t>(number) % faces.size()].id;
}

// What can't be done (a name that is taken, a face that is nobody's) must change nothing; that is checked, too.
void Do(Catalog& catalog, const Step& step) {
  const auto person = AnyPerson(catalog, step.a);
  const auto face = AnyFace(catalog, step.a, step.b);
  const std::string name = "Person " + std::to_string(step.b);
  Status done;
  switch (step.kind) {
    case 0:  // a scan finds some faces, some of them a little elsewhere
    case 1: {
      std::vector<ScannedFace> faces;
      for (int column = 0; column < 4; ++column) {
        if ((step.b >> (column % 3) & 1) != 0) faces.push_back(FaceAt(2 * column, 0.01F * static_cast<float>(step.a)));
      }
      RC_ASSERT(catalog.PutScanned(PhotoOf(PhotoName(step.a), faces), FileRole::kPhoto).has_value());
      return;
    }
    case 2:
      if (const auto added = catalog.AddPerson(name, "user"); !added) done = Fail(added.error());
      break;
    case 3:
      if (person) done = catalog.RenamePerson(*person, name, "user");
      break;
    case 4:
      if (person) done = catalog.MergePeople(*person, *AnyPerson(catalog, step.b), "user");
      break;
    case 5:
      if (person) done = catalog.RemovePerson(*person, "user");
      break;
    case 6:
      if (person && face) done = catalog.AddReference(*face, *AnyPerson(catalog, step.b), "user");
      break;
    default:
      if (face) done = catalog.RemoveReference(*face, "user");
      break;
  }
  if (!done) {
    RC_ASSERT(done.error().code == ErrorCode::kAlreadyExists || done.error().code == ErrorCode::kNotFound ||
              done.error().code == ErrorCode::kInvalidArgument);
  }
}

std::vector<std::pair<FaceId, PersonId>> Holders(Catalog& catalog) {
  std::vector<std::pair<FaceId, PersonId>> holders;
  const auto all_references = catalog.References().value();
  holders.reserve(all_references.size());
  for (const CatalogReference& reference : all_references) {
    holders.emplace_back(reference.face, reference.person);
  }
  return holders;
}

RC_GTEST_PROP(CatalogLaws, PeopleAndReferencesFollowFromTheFacts, ()) {
  const TemporaryFolder folder;
  const auto catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
  for (const Step& step : *Steps()) Do(*catalog, step);
  const Status sound = catalog->Check();
  RC_ASSERT(sound.has_value());
  const auto people = catalog->People().value();
  const auto holders = Holders(*catalog);
  RC_ASSERT(catalog->RebuildFromFacts().has_value());
  RC_ASSERT(catalog->People().value() == people);
  RC_ASSERT(Holders(*catalog) == holders);
}

RC_GTEST_PROP(CatalogLaws, FactsAreOnlyAppended, ()) {
  const TemporaryFolder folder;
  const auto catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
  std::vector<std::string> before;
  for (const Step& step : *Steps()) {
    Do(*catalog, step);
    std::vector<std::string> after;
    const auto all_facts = catalog->Facts().value();
    after.reserve(all_facts.size());
    for (const Fact& fact : all_facts) after.push_back(fact.kind + fact.details);
    RC_ASSERT(after.size() >= before.size());
    RC_ASSERT(std::equal(before.begin(), before.end(), after.begin()));
    before = std::move(after);
  }
}

RC_GTEST_PROP(CatalogLaws, NoScanTakesAReferenceAway, ()) {
  const TemporaryFolder folder;
  const auto catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
  for (const Step& step : *Steps()) Do(*catalog, step);
  const auto before = Holders(*catalog);
  for (Step step : *Steps()) {
    step.kind = 0;
    Do(*catalog, step);
  }
  const auto after = Holders(*catalog);
  const std::set<std::pair<FaceId, PersonId>> kept(after.begin(), after.end());
  for (const auto& holder : before) RC_ASSERT(kept.contains(holder));
}

}  // namespace
}  // namespace kinfolder
