// References: which faces of scanned photos become the known faces of whom. Works on the catalogue alone.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace kinfolder {

struct IntakeResult {
  std::vector<std::string> new_people;
  int added = 0;                     // references
  int already = 0;                   // photos that are references, or were and the user decided otherwise since
  std::vector<FailedPhoto> refused;  // photos that can't be references, with the reason
  std::vector<std::string> notes;    // a sentence each, for the user to know
};

// A file whose photo the catalogue has.
struct ReferencePhoto {
  std::filesystem::path path;
  PhotoId photo;
};

// The chosen face (ChooseReference) of each file becomes a reference of `name`, who is added when nobody is called so
// and there is such a face. What happens is added to `result`.
Status MakeReferences(Catalog& catalog, const std::string& name, const std::vector<ReferencePhoto>& files,
                      std::optional<int> face, IntakeResult& result);

enum class Intake {
  kAsked,   // the user asks for these people: whoever was removed comes back
  kRepeat,  // the folder is looked through once more: only photos that never were references count
};

// Takes in what the catalogue has of `folder`/NAME/ (any depth below NAME). A photo is a reference once, whatever it is
// called: a person who was renamed or merged keeps the folder's photos, and gets the new ones in it. What such a folder
// said of photos that are in none any more is taken back, with the same origin; what anybody else said stays.
Result<IntakeResult> ReferencesFromFolder(Catalog& catalog, const std::filesystem::path& folder, Intake intake);

}  // namespace kinfolder
