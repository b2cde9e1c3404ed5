// Laws that hold after whatever users and scans did, in whichever order.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <ostream>
#include <set>
#include <tuple>

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

// NOLINTNEXTLINE(readability-identifier-naming): rapidcheck looks for this name
void showValue(const Step& step, std::ostream& stream) {
  stream << "{" << step.kind << ", " << step.a << ", " << step.b << "}";
}

rc::Gen<Step> AnyStep() {
  const auto number = rc::gen::inRange(0, 8);
  return rc::gen::build<Step>(rc::gen::set(&Step::kind, rc::gen::inRange(0, 11)), rc::gen::set(&Step::a, number),
                              rc::gen::set(&Step::b, number));
}

rc::Gen<std::vector<Step>> Steps() { return rc::gen::container<std::vector<Step>>(AnyStep()); }

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

template <class T>
Status Outcome(const Result<T>& result) {
  if (!result) return Fail(result.error());
  return {};
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
      done = Outcome(catalog.AddPerson(name, "user"));
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
      if (person && face) done = Outcome(catalog.AddReference(*face, *AnyPerson(catalog, step.b), "user"));
      break;
    case 7:
      if (face) done = Outcome(catalog.RemoveReference(*face, "user"));
      break;
    case 8:
      if (person && face) done = Outcome(catalog.Reject(*face, *AnyPerson(catalog, step.b), "user"));
      break;
    case 9: {
      constexpr std::array kAsides = {Decision::kNotAFace, Decision::kStranger, Decision::kLater};
      if (face) done = Outcome(catalog.SetAside(*face, kAsides[static_cast<std::size_t>(step.b % 3)], "user"));
      break;
    }
    default:  // one of the latest facts
      done = Outcome(catalog.Undo(static_cast<std::int64_t>(catalog.Facts()->size()) - step.a, "user"));
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

// All that the facts say, without their numbers.
using State = std::pair<std::vector<Person>, std::vector<std::tuple<FaceId, Decision, std::optional<PersonId>>>>;

State StateOf(Catalog& catalog) {
  State state{catalog.People().value(), {}};
  const auto all_decisions = catalog.Decisions().value();
  state.second.reserve(all_decisions.size());
  for (const FaceDecision& decision : all_decisions) {
    state.second.emplace_back(decision.face, decision.decision, decision.person);
  }
  return state;
}

RC_GTEST_PROP(CatalogLaws, PeopleAndDecisionsFollowFromTheFacts, ()) {
  const TemporaryFolder folder;
  const auto catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
  for (const Step& step : *Steps()) Do(*catalog, step);
  const Status sound = catalog->Check();
  RC_ASSERT(sound.has_value());
  const State before = StateOf(*catalog);
  RC_ASSERT(catalog->RebuildFromFacts().has_value());
  RC_ASSERT(StateOf(*catalog) == before);
}

// Everybody of whom a step speaks is there from the beginning, so that both catalogues know them by the same numbers.
struct Twins {
  Twins() {
    for (Catalog* catalog : {told.get(), other.get()}) {
      for (const char* const name : {"Anna", "Bob", "Cleo"}) {
        RC_ASSERT(catalog->AddPerson(name, "user").has_value());
      }
      const ScannedPhoto photo = PhotoOf("a", {FaceAt(1), FaceAt(3), FaceAt(5)});
      RC_ASSERT(catalog->PutScanned(photo, FileRole::kPhoto).has_value());
    }
  }

  TemporaryFolder folder;
  std::unique_ptr<Catalog> told = OpenSqliteCatalog(folder / "told.sqlite").value();
  std::unique_ptr<Catalog> other = OpenSqliteCatalog(folder / "other.sqlite").value();
};

// A decision (no scan, nobody new, no undo) on fixed people and faces; its fact, if there is one.
std::optional<std::int64_t> Decide(Catalog& catalog, const Step& step) {
  const PersonId person{1 + step.a % 3};
  const PersonId another{1 + (step.a + 1 + step.b % 2) % 3};
  const FaceId face{1 + step.b % 3};
  const std::size_t before = catalog.Facts()->size();
  Status done;
  switch (step.kind) {
    case 0:
      done = catalog.RenamePerson(person, "Person " + std::to_string(step.b), "user");
      break;
    case 1:
      done = catalog.MergePeople(person, another, "user");
      break;
    case 2:
      done = catalog.RemovePerson(person, "user");
      break;
    case 3:
    case 4:
    case 5:
      done = Outcome(catalog.SetAside(face, step.a % 2 == 0 ? Decision::kStranger : Decision::kLater, "user"));
      break;
    case 6:
    case 7:
      done = Outcome(catalog.Reject(face, person, "user"));
      break;
    default:
      done = Outcome(catalog.AddReference(face, person, "user"));
      break;
  }
  const auto facts = catalog.Facts().value();
  if (!done || facts.size() == before) return std::nullopt;
  return facts.back().number;
}

// What is news to `told` is told to `other` too.
void TellBoth(const Twins& twins, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (Decide(*twins.told, step)) Decide(*twins.other, step);
  }
}

RC_GTEST_PROP(CatalogLaws, AfterUndoAllIsAsIfItHadNeverBeenSaid, ()) {
  const Twins twins;
  const auto law = [&]() -> Status {
    TellBoth(twins, *Steps());
    const auto said = Decide(*twins.told, *AnyStep());
    RC_PRE(said.has_value());
    TellBoth(twins, *Steps());
    const State before = StateOf(*twins.told);
    if (const auto undone = twins.told->Undo(*said, "user"); undone) {
      RC_ASSERT(StateOf(*twins.told) == StateOf(*twins.other));
    } else {
      RC_ASSERT(undone.error().code == ErrorCode::kAlreadyExists);
      RC_ASSERT(StateOf(*twins.told) == before);
    }
    return {};
  };
  // Transactions around it all, for speed alone.
  RC_ASSERT(twins.told->InTransaction([&] { return twins.other->InTransaction(law); }).has_value());
}

RC_GTEST_PROP(CatalogLaws, UndoingAnUndoBringsEverythingBack, ()) {
  const TemporaryFolder folder;
  const auto catalog = OpenSqliteCatalog(folder / "catalog.sqlite").value();
  for (const Step& step : *Steps()) Do(*catalog, step);
  const State before = StateOf(*catalog);
  const auto facts = catalog->Facts().value();
  for (const Fact& fact : facts) {
    const auto undone = catalog->Undo(fact.number, "user");
    if (!undone) {
      RC_ASSERT(undone.error().code == ErrorCode::kAlreadyExists || undone.error().code == ErrorCode::kInvalidArgument);
      continue;
    }
    RC_ASSERT(catalog->Undo(*undone, "user").has_value());
    RC_ASSERT(StateOf(*catalog) == before);
  }
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
