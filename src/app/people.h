// People and their reference photos: added one by one, or taken in from a folder with a folder for each person.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/references.h"
#include "app/workspace.h"
#include "base/progress.h"
#include "base/result.h"
#include "domain/face.h"

namespace kinfolder {

// Makes the photos references of `name`, who is added when nobody is called so. `face` as in ChooseReference.
Result<IntakeResult> AddReferences(Workspace& workspace, const std::string& name,
                                   const std::vector<std::filesystem::path>& photos, std::optional<int> face,
                                   const ProgressFunction& progress, const StopFlag& stop);

// The folder below `known`, the folder of known people, for photos of this person: where their references lie, else a
// new one, or an empty one, that is named after them.
Result<std::filesystem::path> KnownFolderOf(Catalog& catalog, const std::filesystem::path& known, const Person& person);

// As AddReferences, of one photo that was looked at: fails, and leaves the catalogue as it was, where it can't be a
// reference.
Status AddReferencePhoto(Catalog& catalog, const Person& person, const ScannedPhoto& photo);

// Scans `folder`, then ReferencesFromFolder.
Result<IntakeResult> TakeInPeople(Workspace& workspace, const std::filesystem::path& folder, Intake intake,
                                  const ProgressFunction& progress, const StopFlag& stop);

// The person of this name, or a sentence that says how to see who there is.
Result<Person> RequirePerson(Catalog& catalog, const std::string& name);

struct ForgottenPerson {
  Person person;
  Forgotten erased;
  // What of theirs lies in the user's folders and can only be deleted by hand: their folder of reference photos, their
  // folder of results, their archive.
  std::vector<std::filesystem::path> left;
};

// See Catalog::ForgetPerson. Pictures that were made for the screen go, too, of everybody; nothing in the user's
// folders is touched.
Result<ForgottenPerson> ForgetPerson(Workspace& workspace, const Person& person);

// Two people whom recognition may mix up.
struct AlikePeople {
  Person a;
  Person b;            // the later one
  float distance = 0;  // of their two most alike references
};

// Everybody of whom two references are less apart than the threshold, the most alike first. `model` and `threshold` as
// in IdentifyFaces.
Result<std::vector<AlikePeople>> FindAlikePeople(Catalog& catalog, const std::string& model, float threshold);

struct PersonSummary {
  Person person;
  int references = 0;
  int photos = 0;  // that show the person, by the latest identification
};

Result<std::vector<PersonSummary>> ListPeople(Catalog& catalog);

}  // namespace kinfolder
