// Every verb that Kinfolder has. A new one: a function in a verb_NAME.cc, a line here and one in verbs.cc.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace kinfolder {

std::vector<Verb> RunVerbs();
std::vector<Verb> ServeVerbs();
std::vector<Verb> PeopleVerbs();
std::vector<Verb> ReviewVerbs();
std::vector<Verb> ScanVerbs();
std::vector<Verb> FilingVerbs();
std::vector<Verb> PackVerbs();
std::vector<Verb> UndoVerbs();
std::vector<Verb> VerifyVerbs();
std::vector<Verb> LabelsVerbs();
std::vector<Verb> MetadataVerbs();
std::vector<Verb> CatalogVerbs();
std::vector<Verb> RecognizeVerbs();
std::vector<Verb> DetectVerbs();
std::vector<Verb> CalibrateVerbs();
std::vector<Verb> EvaluateVerbs();
std::vector<Verb> ModelsVerbs();
std::vector<Verb> ConfigVerbs();
std::vector<Verb> PasswordVerbs();
std::vector<Verb> DoctorVerbs();

// In the order of the help.
std::vector<Verb> AllVerbs();

}  // namespace kinfolder
