// People and their reference photos: added one by one, or taken in from a folder with a folder for each person.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/workspace.h"
#include "base/progress.h"
#include "base/result.h"
#include "domain/face.h"

namespace kinfolder {

struct IntakeResult {
  std::vector<std::string> new_people;
  int added = 0;                     // references
  int already = 0;                   // photos that are references, or were and the user decided otherwise since
  std::vector<FailedPhoto> refused;  // photos that can't be references, with the reason
  std::vector<std::string> notes;    // a sentence each, for the user to know
};

// Makes the photos references of `name`, who is added when nobody is called so. `face` as in ChooseReference.
Result<IntakeResult> AddReferences(Workspace& workspace, const std::string& name,
                                   const std::vector<std::filesystem::path>& photos, std::optional<int> face,
                                   const ProgressFunction& progress, const StopFlag& stop);

enum class Intake {
  kAsked,   // the user asks for these people: whoever was removed comes back
  kRepeat,  // the folder is looked through once more: only photos that never were references count
};

// Takes in `folder`/NAME/*.jpg (any depth below NAME). A photo is a reference once, whatever it is called: a person who
// was renamed or merged keeps the folder's photos, and gets the new ones in it.
Result<IntakeResult> TakeInPeople(Workspace& workspace, const std::filesystem::path& folder, Intake intake,
                                  const ProgressFunction& progress, const StopFlag& stop);

// The person of this name, or a sentence that says how to see who there is.
Result<Person> RequirePerson(Catalog& catalog, const std::string& name);

struct PersonSummary {
  Person person;
  int references = 0;
  int photos = 0;  // that show the person, by the latest identification
};

Result<std::vector<PersonSummary>> ListPeople(Catalog& catalog);

}  // namespace kinfolder
